using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <summary>
/// Reads one text into an object of assignments. After a problem it goes on behind the line, or behind the brackets that the line opens, so that all
/// problems of a file are found at once.
/// </summary>
internal sealed partial class HoconParser
{
    private readonly SourceText source;
    private readonly string text;
    private readonly HoconLimits limits;
    private readonly HoconProblems problems;
    private readonly IHoconIncluder includer;

    /// <summary>The path of the field that is being read, from the root of the whole document.</summary>
    private readonly List<string> path;

    private readonly int included;
    private int at;
    private int nesting;
    private int lists;

    /// <summary>Whether closing brackets may have been passed over, in a text that isn't closed or in what is nested too deep: nothing can be said of the opened ones then.</summary>
    private bool lostClosing;

    /// <summary>Whether the text ended before all brackets were closed: what they hold was read further than it is meant to go.</summary>
    private bool isUnclosed;

    /// <summary>The first comment that begins within a text and has closing brackets in it; -1 when there is none.</summary>
    private int lostTo = -1;

    /// <summary>Whether opening brackets may have been passed over, so that nothing can be said of those that close.</summary>
    private bool lostOpening;

    /// <param name="source">The text.</param>
    /// <param name="prefix">Where in the whole document the text is included; empty at its root.</param>
    /// <param name="includer">Loads what it includes.</param>
    /// <param name="limits">How deep it may be nested.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public HoconParser(SourceText source, IReadOnlyList<string> prefix, IHoconIncluder includer, HoconLimits limits, HoconProblems problems)
    {
        this.source = source;
        text = source.Text;
        path = [.. prefix];
        included = prefix.Count;
        this.includer = includer;
        this.limits = limits;
        this.problems = problems;
    }

    /// <summary>Whether anything in the text is a substitution.</summary>
    public bool HasSubstitutions { get; private set; }

    /// <summary>Reads the whole text.</summary>
    public ObjectNode Parse()
    {
        var root = new ObjectNode(source.PlaceOf(0));
        string comment = SkipToContent(out _);
        if (Current == '[')
        {
            Report(ProblemCodes.NotAnObject, at, "the document is a list", "Settings are an object at the top; give the list a name: name = [ ... ].");
            return root;
        }

        if (Current != '{')
        {
            ParseFields(root, opened: -1, comment);
            return root;
        }

        int opened = at++;
        ParseFields(root, opened, "");
        SkipToContent(out _);
        if (Current is '}' or ']') ReportStray();
        else if (!AtEnd) Report(ProblemCodes.Stray, at, "there is more after the } that ends the document", "Take it out, or move it into the braces.");
        return root;
    }

    /// <summary>Reads one assignment and nothing else.</summary>
    public ObjectNode ParseAssignment()
    {
        var root = new ObjectNode(source.PlaceOf(0));
        SkipToContent(out _);
        if (AtEnd) Report(ProblemCodes.KeyWithoutValue, at, "there is nothing to set", "Write key=value.");
        else ParseField(root, "");
        SkipToContent(out _);
        if (!AtEnd && problems.IsEmpty) Report(ProblemCodes.BadSeparator, at, "there is more than one setting", "Give each a --set of its own.");
        return root;
    }

    private char Current => at < text.Length ? text[at] : '\0';

    private char Next => at + 1 < text.Length ? text[at + 1] : '\0';

    private bool AtEnd => at >= text.Length;

    private bool AtComment => Current == '#' || (Current == '/' && Next == '/');

    private void Report(string code, int index, string what, string remedy) => problems.Add(source.Problem(code, index, what, remedy));

    /// <summary>Reads fields up to the closing brace, or to the end of a text without outer braces.</summary>
    /// <param name="target">Takes the fields.</param>
    /// <param name="opened">Where the brace was opened; -1 when there is none.</param>
    /// <param name="comment">The comment above the first field.</param>
    private void ParseFields(ObjectNode target, int opened, string comment)
    {
        bool separated = true;
        bool comma = true;
        while (true)
        {
            string above = SkipToContent(out bool newLine);
            if (above.Length > 0) comment = above;
            separated |= newLine;
            switch (Current)
            {
                case '\0':
                    if (opened >= 0) ReportUnclosed(opened);
                    return;
                case '}' when opened >= 0:
                    at++;
                    return;
                case ']' when opened >= 0 && lists > 0:
                    // The bracket ends the list around the object, so the object's own end is what is missing.
                    Report(ProblemCodes.Unclosed, opened, "the { opened here is not closed before the ] that ends the list around it", "Write } where its object ends.");
                    return;
                case ']' when opened >= 0 && BeginsLine(at):
                    Report(ProblemCodes.Stray, at, $"this ] stands where the {{ opened at {source.PlaceOf(opened)} should be closed", "Write } in its place.");
                    at++;
                    return;
                case '}' or ']':
                    ReportStray();
                    at++;
                    continue;
                case ',':
                    if (comma) ReportComma();
                    at++;
                    separated = comma = true;
                    continue;
            }

            if (!separated)
            {
                Report(ProblemCodes.BadSeparator, at, "nothing separates this from the field before it", "Put a comma between them, or begin a new line.");
            }

            int start = at;
            ParseField(target, comment);
            if (at == start) at++;
            comment = "";
            separated = comma = false;
        }
    }

    private void ReportUnclosed(int opened)
    {
        if (lostClosing) return;
        isUnclosed = true;
        if (lostTo >= 0) Report(ProblemCodes.ForbiddenCharacter, lostTo, "// begins a comment, and what closes the brackets before it is in it", QuoteIt);
        else Report(ProblemCodes.Unclosed, opened, $"the {text[opened]} opened here is never closed", text[opened] == '{' ? "Write } where its object ends." : "Write ] where its list ends.");
    }

    private void ReportStray()
    {
        if (!lostOpening) Report(ProblemCodes.Stray, at, $"this {Current} closes nothing", $"Take it out, or add the {(Current == '}' ? '{' : '[')} that it closes.");
    }

    /// <summary>Whether nothing but space stands before an index on its line.</summary>
    private bool BeginsLine(int index)
    {
        while (index > 0 && HoconText.IsSpace(text[index - 1])) index--;
        return index == 0 || text[index - 1] == '\n';
    }

    private void ReportComma() => Report(
        ProblemCodes.BadSeparator, at, "this comma separates nothing",
        "One comma stands between two values, and one may follow the last; take this one out.");

    private void ParseField(ObjectNode target, string comment)
    {
        int start = at;
        if (AtInclude)
        {
            ParseInclude(target);
            CheckEndOfValue();
            return;
        }

        if (Current == '/' && Next == '*')
        {
            Report(ProblemCodes.ForbiddenCharacter, at, "/* begins no comment", "A comment begins with # or // and goes to the end of its line.");
            SkipLine();
            return;
        }

        if (ParsePath(PathUse.Key) is not { } key)
        {
            SkipLine();
            return;
        }

        int keyEnd = at;
        SkipToContent(out bool newLine);
        bool append = Current == '+' && Next == '=';
        if (append) at += 2;
        else if (Current is '=' or ':') at++;
        else if (Current != '{')
        {
            ReportNoValue(start, keyEnd);
            if (newLine) at = keyEnd;
            else if (Current is not (',' or '}' or ']')) SkipLine();
            return;
        }

        int separatorEnd = at;
        SkipToContent(out newLine);
        if (AtEnd || Current is ',' or '}' or ']')
        {
            ReportNoValue(start, keyEnd);
            return;
        }

        path.AddRange(key);
        if (path.Count > limits.NestingMax) ReportDepth(start);
        HoconNode? value = path.Count > limits.NestingMax ? SkipDeep() : ParseValue();
        path.RemoveRange(path.Count - key.Length, key.Length);
        if (newLine && Current is '=' or ':' && value is ScalarNode)
        {
            // What was taken for the value is the next key.
            ReportNoValue(start, keyEnd);
            at = separatorEnd;
            return;
        }

        if (value is null || !CheckEndOfValue()) return;
        if (append) Append(target, key, value, source.PlaceOf(start), comment);
        else target.Assign(key, value, source.PlaceOf(start), comment);
    }

    private void ReportNoValue(int key, int keyEnd) =>
        Report(
            ProblemCodes.KeyWithoutValue, key, $"the key {Shown(text[key..keyEnd].TrimEnd())} has no value",
            "Write key = value; an empty text is \"\", and null is nothing.");

    /// <summary>A value is followed by a separator or by the end of what it is in.</summary>
    private bool CheckEndOfValue()
    {
        SkipSpace();
        if (AtEnd || AtComment || Current is '\n' or ',' or '}' or ']') return true;
        if (Current is '=' or ':')
        {
            Report(
                ProblemCodes.ForbiddenCharacter, at, $"{Current} can't stand in a text without quotes",
                "Quote the value if it belongs to it; if a new key begins before it, put a comma or a new line between the two.");
        }
        else
        {
            Report(ProblemCodes.BadSeparator, at, $"{Shown(Current)} can't follow this", "Put a comma or a new line between two fields.");
        }

        SkipLine();
        return false;
    }

    /// <summary><c>a += b</c> is <c>a = ${?a} [b]</c>. Where the list before is known as it is, or is itself one of these, b is its next item.</summary>
    private void Append(ObjectNode target, string[] key, HoconNode item, SourcePlace keyPlace, string comment)
    {
        if (item is ScalarNode && Find(target, key)?.Top?.Value switch
            {
                ArrayNode array => array,
                ConcatenationNode { Pieces: [SubstitutionNode { IsAppended: true }, ArrayNode array] } => array,
                _ => null,
            }
            is { } list)
        {
            list.Items.Add(item);
            return;
        }

        HasSubstitutions = true;
        var self = new SubstitutionNode([.. path, .. key], included, keyPlace) { IsOptional = true, IsSelf = true, IsAppended = true };
        target.Assign(key, new ConcatenationNode([self, new ArrayNode([item], item.Place)]), keyPlace, comment);
    }

    private static FieldNode? Find(ObjectNode target, ReadOnlySpan<string> key)
    {
        FieldNode? field = null;
        for (int n = 0; n < key.Length; n++)
        {
            if (!target.TryGet(key[n], out field)) return null;
            if (n == key.Length - 1) break;
            if (field.Top is not { Value: ObjectNode next }) return null;
            target = next;
        }

        return field;
    }
}
