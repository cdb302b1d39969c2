using System.Buffers;
using System.Globalization;
using System.Text;

namespace StreamEngine.Records.Data;

/// <summary>Reads paths as users write them.</summary>
/// <param name="text">The path.</param>
internal ref struct DataPathParser(ReadOnlySpan<char> text)
{
    private const int LengthMax = 1024;

    private readonly ReadOnlySpan<char> text = text;
    private readonly List<DataPathStep> steps = [];
    private int at;

    /// <summary>What a name can't have in it unless it is quoted.</summary>
    public static SearchValues<char> Special { get; } = SearchValues.Create(".[]\"`\\ \t\r\n");

    /// <summary>Reads all of it.</summary>
    /// <param name="problem">What is wrong with it; null when nothing is.</param>
    public List<DataPathStep> Read(out string? problem)
    {
        problem = text.Length > LengthMax ? $"a path of {text.Length} characters is too long, {LengthMax} may be" : ReadSteps();
        return steps;
    }

    private string? ReadSteps()
    {
        if (ReadName() is { } wrong) return wrong;
        while (at < text.Length)
        {
            char c = text[at++];
            string? problem = c switch
            {
                '.' => ReadName(),
                '[' => ReadBracket(),
                _ => $"'{c}' at character {at} is no part of a path",
            };
            if (problem is not null) return problem;
            if (steps.Count > DataPath.StepsMax) return $"a path has at most {DataPath.StepsMax} steps";
        }

        return null;
    }

    private string? ReadName()
    {
        if (at < text.Length && text[at] is '"' or '`') return ReadQuoted();
        int length = text[at..].IndexOfAny(Special);
        if (length < 0) length = text.Length - at;
        if (length == 0) return at < text.Length ? $"'{text[at]}' at character {at + 1} is no name of a field" : "the name of a field is missing at the end";
        steps.Add(DataPathStep.Field(text.Slice(at, length).ToString()));
        at += length;
        return null;
    }

    private string? ReadBracket()
    {
        if (at < text.Length && text[at] is '"' or '`')
        {
            if (ReadQuoted() is { } wrong) return wrong;
        }
        else
        {
            int length = Math.Max(text[at..].IndexOf(']'), 0);
            if (!int.TryParse(text.Slice(at, length), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            {
                return $"behind '[' at character {at} comes the number of an item, from 0, or a quoted name";
            }

            steps.Add(DataPathStep.Item(index));
            at += length;
        }

        return at < text.Length && text[at++] == ']' ? null : $"']' is missing at character {at}";
    }

    private string? ReadQuoted()
    {
        char quote = text[at++];
        int from = at;
        var name = new StringBuilder();
        for (; at < text.Length; at++)
        {
            char c = text[at];
            if (c == quote)
            {
                at++;
                steps.Add(DataPathStep.Field(name.ToString()));
                return null;
            }

            if (c == '\\' && quote == '"' && at + 1 < text.Length) c = text[++at];
            name.Append(c);
        }

        return $"the quote at character {from} isn't closed";
    }
}
