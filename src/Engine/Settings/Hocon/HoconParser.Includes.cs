using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <content>Includes.</content>
internal sealed partial class HoconParser
{
    private const string Word = "include";

    /// <summary>Whether an include begins here: the word alone, without quotes.</summary>
    private bool AtInclude => string.CompareOrdinal(text, at, Word, 0, Word.Length) == 0 && EndsWord(at + Word.Length);

    private bool EndsWord(int index) =>
        index >= text.Length || text[index] == '\n' || HoconText.IsForbidden(text[index]) || HoconText.IsSpace(text[index])
        || (text[index] == '/' && index + 1 < text.Length && text[index + 1] == '/');

    private void ParseInclude(ObjectNode target)
    {
        int start = at;
        at += Word.Length;
        bool isRequired = false;
        IncludeKind kind = IncludeKind.Plain;
        int brackets = 0;
        SkipToContent(out _);
        while (Current != '"')
        {
            int word = at;
            while (char.IsAsciiLetter(Current)) at++;
            string function = text[word..at];
            if (function is "url" or "classpath")
            {
                Report(
                    ProblemCodes.BadInclude, word, $"{function}() is not supported: settings are included from files",
                    "Save it as a file beside this one and include that: include \"file.conf\".");
                SkipLine();
                return;
            }

            if (Current != '(' || !Enter(function, ref isRequired, ref kind, brackets))
            {
                ReportInclude(start);
                return;
            }

            at++;
            brackets++;
            SkipToContent(out _);
        }

        if (ParseQuoted() is not { } name)
        {
            SkipLine();
            return;
        }

        for (; brackets > 0; brackets--)
        {
            SkipToContent(out _);
            if (Current != ')')
            {
                Report(ProblemCodes.BadInclude, start, "a bracket of this include isn't closed", "Write ) behind the name of the file.");
                SkipLine();
                return;
            }

            at++;
        }

        ObjectNode included = includer.Load(new Include(name, kind, isRequired, source, start), lists > 0 ? [] : path, out bool hasSubstitutions);
        HasSubstitutions |= hasSubstitutions;
        if (lists > 0 && hasSubstitutions)
        {
            Report(
                ProblemCodes.BadInclude, start, "a file with substitutions is included inside a list, where they have no path to start from",
                "Include it outside of the list, under a key, and substitute that.");
            return;
        }

        target.MergedWith(included);
    }

    private static bool Enter(string function, ref bool isRequired, ref IncludeKind kind, int depth)
    {
        switch (function)
        {
            case "required" when depth == 0:
                return isRequired = true;
            case "file" when kind == IncludeKind.Plain:
                kind = IncludeKind.File;
                return true;
            default:
                return false;
        }
    }

    private void ReportInclude(int start)
    {
        Report(
            ProblemCodes.BadInclude, start, "this include names no file in quotes",
            "Write include \"file.conf\", include file(\"file.conf\") or include required(\"file.conf\"); a key of that name stands in quotes: \"include\".");
        SkipLine();
    }
}
