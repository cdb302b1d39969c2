using System.Globalization;
using System.Text;
using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <summary>Reads <c>.properties</c> files: lines of names and texts. Each dot in a name begins a new element of its path, and an object wins over a text of the same name.</summary>
internal sealed class PropertiesParser
{
    private readonly SourceText source;
    private readonly string text;
    private readonly HoconProblems problems;
    private int at;

    private PropertiesParser(SourceText source, HoconProblems problems)
    {
        this.source = source;
        text = source.Text;
        this.problems = problems;
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="depth">How deep in the document it is included.</param>
    /// <param name="limits">How many elements a path may have.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static ObjectNode Parse(SourceText source, int depth, HoconLimits limits, HoconProblems problems)
    {
        var parser = new PropertiesParser(source, problems);
        var root = new ObjectNode(source.PlaceOf(0));
        while (parser.SkipToName())
        {
            int start = parser.at;
            string[] path = parser.Read(isName: true).Split('.');
            parser.SkipSeparator();
            string value = parser.Read(isName: false);
            if (depth + path.Length > limits.NestingMax)
            {
                problems.Add(source.Problem(ProblemCodes.TooDeep, start, $"this name has more than {limits.NestingMax} parts", "Each dot begins a part; shorten the name."));
            }
            else
            {
                Set(root, path, value, source.PlaceOf(start));
            }
        }

        return root;
    }

    /// <summary>Sets a text at a path, unless there is an object; a text on the way gives way to one.</summary>
    public static void Set(ObjectNode root, string[] path, string value, SourcePlace place)
    {
        if (!IsObject(root, path)) root.Assign(path, new ScalarNode(new HoconScalar(HoconKind.Text, value, place)), place);
    }

    private static bool IsObject(ObjectNode root, string[] path)
    {
        ObjectNode? at = root;
        foreach (string name in path)
        {
            at = at.TryGet(name, out FieldNode? field) ? field.Top?.Value as ObjectNode : null;
            if (at is null) return false;
        }

        return true;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\f';

    /// <summary>Goes to the next name, over blank lines and comments; false at the end.</summary>
    private bool SkipToName()
    {
        while (at < text.Length)
        {
            if (IsBlank(text[at]) || text[at] is '\n' or '\r') at++;
            else if (text[at] is '#' or '!') at = EndOfLine();
            else return true;
        }

        return false;
    }

    private int EndOfLine()
    {
        int length = text.AsSpan(at).IndexOfAny('\n', '\r');
        return length < 0 ? text.Length : at + length;
    }

    private void SkipSeparator()
    {
        SkipBlanks();
        if (at >= text.Length || text[at] is not ('=' or ':')) return;
        at++;
        SkipBlanks();
    }

    private void SkipBlanks()
    {
        while (at < text.Length && (IsBlank(text[at]) || SkipContinuation()))
        {
            if (IsBlank(text[at])) at++;
            if (at >= text.Length) return;
        }
    }

    /// <summary>Goes over a backslash at the end of a line, and the blanks that the next one begins with.</summary>
    private bool SkipContinuation()
    {
        if (text[at] != '\\' || at + 1 >= text.Length || text[at + 1] is not ('\n' or '\r')) return false;
        at += text[at + 1] == '\r' && at + 2 < text.Length && text[at + 2] == '\n' ? 3 : 2;
        while (at < text.Length && IsBlank(text[at])) at++;
        return true;
    }

    /// <summary>Reads a name up to its separator, or a value up to the end of its line.</summary>
    private string Read(bool isName)
    {
        var read = new StringBuilder();
        while (at < text.Length && text[at] is not ('\n' or '\r'))
        {
            char c = text[at];
            if (isName && (c is '=' or ':' || IsBlank(c))) break;
            if (SkipContinuation()) continue;
            at++;
            read.Append(c == '\\' && at < text.Length ? Escaped() : c);
        }

        return read.ToString();
    }

    private char Escaped()
    {
        char c = text[at++];
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'r': return '\r';
            case 'f': return '\f';
            case not 'u': return c;
        }

        if (at + 4 <= text.Length && ushort.TryParse(text.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
        {
            at += 4;
            return (char)code;
        }

        problems.Add(source.Problem(ProblemCodes.BadEscape, at - 2, "\\u is not followed by four hexadecimal digits", "Write four, or double the backslash."));
        return c;
    }
}
