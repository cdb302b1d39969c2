using System.Text;
using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <content>Path expressions, quoted texts, and what is skipped.</content>
internal sealed partial class HoconParser
{
    /// <summary>Where a path expression stands, which says what ends it.</summary>
    private enum PathUse
    {
        /// <summary>Before a separator.</summary>
        Key,

        /// <summary>In a substitution.</summary>
        Substitution,
    }

    /// <summary>Reads a path expression up to what ends it; null when it isn't one, which is reported.</summary>
    private string[]? ParsePath(PathUse use)
    {
        int start = at;
        var names = new List<string>();
        StringBuilder? name = null;
        string? only = null;
        bool quoted = false;
        while (true)
        {
            int from = at;
            SkipSpace();
            if (IsPathEnd(use)) break;
            if (at > from && (names.Count > 0 || only is not null)) Take(text[from..at]);
            if (Current == '.')
            {
                if (!EndName()) return null;
                at++;
            }
            else if (Current == '"')
            {
                if (ParseQuoted() is not { } part) return null;
                Take(part);
                quoted = true;
            }
            else if (HoconText.IsForbidden(Current))
            {
                string where = use == PathUse.Key ? "a key" : "the path of a substitution";
                Report(
                    ProblemCodes.BadPath, at, $"{Shown(Current)} can't stand in {where} without quotes",
                    use == PathUse.Substitution && Current == '?' ? "What may be missing is ${?path}, with the ? directly behind the brace." : "Put the name that it belongs to in double quotes.");
                return null;
            }
            else
            {
                int word = at;
                while (!AtEnd && Current is not ('.' or '\n') && !AtComment && !HoconText.IsForbidden(Current) && !HoconText.IsSpace(Current)) at++;
                Take(text[word..at]);
            }
        }

        if (names.Count == 0 && only is null)
        {
            ReportNoPath(use, start);
            return null;
        }

        return EndName() ? [.. names] : null;

        void Take(string part)
        {
            if (only is null) only = part;
            else (name ??= new StringBuilder(only)).Append(part);
        }

        bool EndName()
        {
            string whole = name?.ToString() ?? only ?? "";
            if (whole.Length == 0 && !quoted)
            {
                Report(ProblemCodes.BadPath, at, "a name between dots is empty", "Take out the dot; a name that is meant to be empty is \"\".");
                return false;
            }

            names.Add(whole);
            (name, only, quoted) = (null, null, false);
            return true;
        }
    }

    private bool IsPathEnd(PathUse use) => AtEnd || AtComment || Current == '\n' || (use == PathUse.Key
        ? Current is '=' or ':' or '{' or '}' or ',' or ']' || (Current == '+' && Next == '=')
        : Current == '}' || (Current == '[' && Next == ']'));

    private void ReportNoPath(PathUse use, int start)
    {
        if (use == PathUse.Key) Report(ProblemCodes.BadPath, start, $"there is no key before {Shown(Current)}", "Write key = value.");
        else if (Current == '}') Report(ProblemCodes.BadSubstitution, start, "this substitution names nothing", "Write the path of a value: ${path}.");
        else Report(ProblemCodes.BadSubstitution, start - 2, "the ${ opened here is not closed on its line", "Write the path of a value and }: ${path}.");
    }

    /// <summary>Reads a text in quotes, or in three of them; null when it isn't closed or holds what it can't, which is reported.</summary>
    private string? ParseQuoted()
    {
        if (string.CompareOrdinal(text, at, "\"\"\"", 0, 3) == 0) return ParseTripleQuoted();
        int opened = at++;
        StringBuilder? unescaped = null;
        bool bad = false;
        int from = at;
        while (true)
        {
            int length = text.AsSpan(at).IndexOfAny('"', '\\', '\n');
            if (length < 0 || text[at + length] == '\n')
            {
                Report(
                    ProblemCodes.UnclosedText, opened, "the \" opened here is not closed on its line",
                    "Write the closing \"; a text of several lines stands in three quotes: \"\"\"...\"\"\".");
                at = length < 0 ? text.Length : at + length;
                lostClosing |= text.AsSpan(opened..at).ContainsAny('}', ']');
                lostOpening |= text.AsSpan(opened..at).ContainsAny('{', '[');
                return null;
            }

            int control = text.AsSpan(at, length).IndexOfAnyInRange('\0', '\x1F');
            if (control >= 0)
            {
                ReportEscape(
                    ref bad, at + control, $"{Shown(text[at + control])} can't stand in a text in quotes as it is",
                    "Write its escape, like \\t or \\u001f, or put the text in three quotes.");
            }

            at += length;
            if (text[at] == '"')
            {
                string rest = text[from..at++];
                return bad ? null : unescaped is null ? rest : unescaped.Append(rest).ToString();
            }

            (unescaped ??= new StringBuilder()).Append(text, from, at - from);
            if (ParseEscape(ref bad) is { } escaped) unescaped.Append(escaped);
            from = at;
        }
    }

    private string? ParseTripleQuoted()
    {
        int opened = at;
        int from = at + 3;
        int end = text.IndexOf("\"\"\"", from, StringComparison.Ordinal);
        if (end < 0)
        {
            Report(ProblemCodes.UnclosedText, opened, "the \"\"\" opened here is never closed", "Write the closing \"\"\".");
            at = text.Length;
            lostClosing = true;
            return null;
        }

        // Of more than three quotes at the end, the last three close the text.
        while (end + 3 < text.Length && text[end + 3] == '"') end++;
        at = end + 3;
        return text[from..end];
    }

    /// <summary>Says what is wrong in a text once: where one backslash is taken for itself, all are.</summary>
    private void ReportEscape(ref bool isSaid, int index, string what, string remedy)
    {
        if (!isSaid) Report(ProblemCodes.BadEscape, index, what, remedy);
        isSaid = true;
    }

    private char? ParseEscape(ref bool isSaid)
    {
        int start = at;
        at += 2;
        switch (start + 1 < text.Length ? text[start + 1] : '\0')
        {
            case var same and ('"' or '\\' or '/'): return same;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when at + 4 <= text.Length && ushort.TryParse(text.AsSpan(at, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out ushort code):
                at += 4;
                return (char)code;
            default:
                at = Math.Min(at, text.Length);
                char escaped = start + 1 < text.Length ? text[start + 1] : '\0';
                if (escaped == '\n') at--;
                ReportEscape(
                    ref isSaid, start, escaped == 'u' ? "\\u is not followed by four hexadecimal digits" : $"a backslash before {Shown(escaped)} is no escape",
                    "Escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits; a backslash itself is \\\\.");
                return null;
        }
    }

    private void SkipSpace()
    {
        while (at < text.Length && HoconText.IsSpace(text[at])) at++;
    }

    /// <summary>Skips white space, new lines and comments. Returns the comment that stands directly above what follows.</summary>
    /// <param name="newLine">Whether a line ended on the way.</param>
    private string SkipToContent(out bool newLine)
    {
        StringBuilder? comment = null;
        newLine = false;
        bool lineIsEmpty = at == 0;
        while (true)
        {
            SkipSpace();
            if (Current == '\n')
            {
                at++;
                newLine = true;
                if (lineIsEmpty) comment = null;
                lineIsEmpty = true;
            }
            else if (AtComment)
            {
                int from = at + (Current == '#' ? 1 : 2);
                int end = text.IndexOf('\n', from);
                at = end < 0 ? text.Length : end;
                if (lineIsEmpty) comment = (comment is null ? new StringBuilder() : comment.Append('\n')).Append(Uncommented(text.AsSpan(from..at)));
                lineIsEmpty = false;
            }
            else
            {
                return comment?.ToString() ?? "";
            }
        }
    }

    private static ReadOnlySpan<char> Uncommented(ReadOnlySpan<char> line) => (line.StartsWith(' ') ? line[1..] : line).TrimEnd();

    /// <summary>Skips the rest of a line after a problem, and what it opens up to where that is closed; it stops before a bracket that closes what is around.</summary>
    private void SkipLine()
    {
        int depth = 0;
        for (; at < text.Length; at++)
        {
            switch (Current)
            {
                case '\n' when depth == 0: return;
                case '}' or ']' when depth-- == 0: return;
                case '{' or '[': depth++; break;
                case '"': SkipQuoted(); break;
                case '#' or '/' when AtComment:
                    int end = text.IndexOf('\n', at);
                    at = (end < 0 ? text.Length : end) - 1;
                    break;
            }
        }
    }

    /// <summary>Goes to the quote that closes a text; to the end of the line when there is none.</summary>
    private void SkipQuoted()
    {
        if (string.CompareOrdinal(text, at, "\"\"\"", 0, 3) == 0)
        {
            int close = text.IndexOf("\"\"\"", at + 3, StringComparison.Ordinal);
            at = close < 0 ? text.Length - 1 : close + 2;
            return;
        }

        for (at++; at < text.Length && text[at] is not ('\n' or '"'); at++)
        {
            if (text[at] == '\\' && Next != '\n') at++;
        }

        if (Current == '\n') at--;
    }

    private static string Shown(char c) => c switch
    {
        '\0' => "the end",
        '\n' => "the end of the line",
        '\t' => "a tab",
        _ when char.IsControl(c) => FormattableString.Invariant($"the control character U+{(int)c:X4}"),
        _ => c.ToString(),
    };

    private static string Shown(string written) => written.Length > 60 ? written[..60] + "…" : written;
}
