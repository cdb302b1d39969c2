using System.Text;
using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <content>Values: single ones, and those beside each other on a line.</content>
internal sealed partial class HoconParser
{
    private const string QuoteIt = "Put the text in double quotes.";

    /// <summary>Reads a value up to what ends it; null when it isn't one, which is reported, with the rest of it skipped.</summary>
    private HoconNode? ParseValue()
    {
        HoconNode? first = null;
        List<HoconNode>? pieces = null;
        int spaceFrom = -1;
        while (!AtEnd && !AtComment && Current is not ('\n' or ',' or '}' or ']' or '=' or ':'))
        {
            if (HoconText.IsSpace(Current))
            {
                spaceFrom = at;
                SkipSpace();
                continue;
            }

            int start = at;
            if (ParsePiece() is not { } piece)
            {
                SkipLine();
                return null;
            }

            if (first is null)
            {
                first = piece;
            }
            else
            {
                pieces ??= [first];
                if (spaceFrom >= 0) pieces.Add(new SpaceNode(text[spaceFrom..start], source.PlaceOf(spaceFrom)));
                pieces.Add(piece);
            }

            spaceFrom = -1;
        }

        if (pieces is not null) return Join(pieces);
        if (first is null)
        {
            Report(
                ProblemCodes.ForbiddenCharacter, at, $"{Shown(Current)} can't begin a value",
                Current is '=' or ':' ? "One = or : stands between a key and its value; take one out, or put the text in double quotes." : QuoteIt);
            SkipLine();
        }

        return first;
    }

    private HoconNode? ParsePiece()
    {
        int start = at;
        switch (Current)
        {
            case '{': return nesting >= limits.NestingMax ? SkipTooDeep() : ParseObject();
            case '[': return nesting >= limits.NestingMax ? SkipTooDeep() : ParseArray();
            case '"': return ParseQuoted() is { } quoted ? Scalar(HoconKind.Text, quoted, start) : null;
            case '$' when Next == '{': return ParseSubstitution();
            case var c when HoconText.IsForbidden(c):
                Report(
                    ProblemCodes.ForbiddenCharacter, at, $"{Shown(c)} can't stand in a text without quotes", c == '$' ? "A substitution is ${path}; otherwise put the text in double quotes." : QuoteIt);
                return null;
        }

        ReadOnlySpan<char> unquoted = ReadUnquoted();
        return Scalar(HoconText.KindOf(unquoted), unquoted.ToString(), start);
    }

    private ScalarNode Scalar(HoconKind kind, string value, int start) => new(new HoconScalar(kind, value, source.PlaceOf(start)));

    /// <summary>The longest text without quotes from here on; a number may have a plus in its exponent.</summary>
    private ReadOnlySpan<char> ReadUnquoted()
    {
        int start = at;
        while (at < text.Length && text[at] is var c && c != '\n' && !HoconText.IsForbidden(c) && !HoconText.IsSpace(c) && !AtComment) at++;
        if (lostTo < 0 && Current == '/' && AtComment && text.AsSpan(at, LengthOfLine(at)).ContainsAny('}', ']')) lostTo = at;
        if (Current == '+' && at - start > 1 && text[at - 1] is 'e' or 'E')
        {
            int end = at + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (HoconText.IsNumber(text.AsSpan(start..end))) at = end;
        }

        return text.AsSpan(start..at);
    }

    private int LengthOfLine(int from) => text.IndexOf('\n', from) is >= 0 and var end ? end - from : text.Length - from;

    private ObjectNode ParseObject()
    {
        int opened = at++;
        var fields = new ObjectNode(source.PlaceOf(opened));
        nesting++;
        ParseFields(fields, opened, "");
        nesting--;
        return fields;
    }

    private ArrayNode ParseArray()
    {
        int opened = at++;
        var items = new List<HoconNode>();
        nesting++;
        lists++;
        ParseItems(items, opened);
        lists--;
        nesting--;
        return new ArrayNode(items, source.PlaceOf(opened));
    }

    private void ParseItems(List<HoconNode> items, int opened)
    {
        bool separated = true;
        bool comma = true;
        while (true)
        {
            int before = at;
            SkipToContent(out bool newLine);
            separated |= newLine;
            if (newLine && AtField())
            {
                Report(ProblemCodes.Unclosed, opened, $"the [ opened here is not closed before the next field, at {source.PlaceOf(at)}", "Write ] where its list ends.");
                lostOpening = true;
                at = before;
                return;
            }

            switch (Current)
            {
                case '\0':
                    ReportUnclosed(opened);
                    return;
                case ']':
                    at++;
                    return;
                case '}':
                    // The brace ends the object around the list, so the list's own end is what is missing.
                    Report(ProblemCodes.Unclosed, opened, "the [ opened here is not closed before the } that ends the object around it", "Write ] where its list ends.");
                    return;
                case ',':
                    if (comma) ReportComma();
                    at++;
                    separated = comma = true;
                    continue;
            }

            if (!separated) Report(ProblemCodes.BadSeparator, at, "nothing separates this from the item before it", "Put a comma between them, or begin a new line.");
            int start = at;
            if (ParseValue() is { } item && CheckEndOfValue()) items.Add(item);
            if (at == start) at++;
            separated = comma = false;
        }
    }

    /// <summary>Whether a field begins here, as none can in a list: a name without quotes, and what stands between it and its value.</summary>
    private bool AtField()
    {
        int end = at;
        while (end < text.Length && text[end] != '\n' && !HoconText.IsForbidden(text[end]) && !HoconText.IsSpace(text[end])) end++;
        if (end == at) return false;
        while (end < text.Length && HoconText.IsSpace(text[end])) end++;
        return end < text.Length && text[end] is '=' or ':' or '{';
    }

    /// <summary>Makes one value of several beside each other, now where nothing has to be substituted.</summary>
    private HoconNode? Join(List<HoconNode> pieces)
    {
        bool hasText = pieces.Exists(piece => piece is ScalarNode);
        bool hasArray = pieces.Exists(piece => piece is ArrayNode);
        bool hasObject = pieces.Exists(piece => piece is ObjectNode);
        if (hasText && (hasArray || hasObject))
        {
            HoconNode odd = pieces.Find(piece => piece is ArrayNode or ObjectNode)!;
            if (!isUnclosed) problems.Add(Problems.Mixed(odd.Place, odd is ArrayNode ? "a list" : "an object", "a text") with { SourceLine = source.LineAt(odd.Place) });
            return null;
        }

        if (pieces.Exists(piece => piece is SubstitutionNode) || (hasArray && hasObject)) return new ConcatenationNode(pieces);
        if (hasArray) return new ArrayNode([.. pieces.OfType<ArrayNode>().SelectMany(array => array.Items)], pieces[0].Place);
        if (hasObject) return pieces.OfType<ObjectNode>().Aggregate((under, over) => under.MergedWith(over));
        var joined = new StringBuilder();
        foreach (HoconNode piece in pieces) joined.Append(piece is ScalarNode scalar ? scalar.Value.Text : ((SpaceNode)piece).Text);
        return new ScalarNode(new HoconScalar(HoconKind.Text, joined.ToString(), pieces[0].Place));
    }

    private SubstitutionNode? ParseSubstitution()
    {
        int start = at;
        at += 2;
        bool isOptional = Current == '?';
        if (isOptional) at++;
        if (ParsePath(PathUse.Substitution) is not { } names)
        {
            SkipSubstitution(start);
            return null;
        }

        bool isList = Current == '[' && Next == ']';
        if (isList)
        {
            at += 2;
            SkipSpace();
        }

        if (Current != '}')
        {
            Report(ProblemCodes.BadSubstitution, start, $"the {text[start..(start + 2)]} opened here is not closed on its line", "Write } behind the path: ${path}.");
            return null;
        }

        at++;
        HasSubstitutions = true;
        return new SubstitutionNode([.. path[..included], .. names], included, source.PlaceOf(start))
        {
            IsOptional = isOptional,
            IsList = isList,
            IsSelf = names.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(path)[included..]),
        };
    }

    /// <summary>Goes behind the brace that closes a substitution; to the end of the line when there is none.</summary>
    private void SkipSubstitution(int start)
    {
        int depth = 0;
        for (at = start; !AtEnd && Current != '\n'; at++)
        {
            if (Current == '{') depth++;
            else if (Current == '}' && --depth == 0)
            {
                at++;
                return;
            }
        }
    }

    private void ReportDepth(int index) =>
        Report(ProblemCodes.TooDeep, index, $"this is nested more than {limits.NestingMax} deep", "Look for a bracket that is opened again and again.");

    private ObjectNode? SkipTooDeep()
    {
        ReportDepth(at);
        return SkipDeep();
    }

    /// <summary>Skips what is nested too deep, and then the rest of its line.</summary>
    private ObjectNode? SkipDeep()
    {
        SkipLine();
        lostClosing |= AtEnd;
        return null;
    }
}
