using System.Globalization;
using System.Text;
using StreamEngine.Contracts.Catalogue;

namespace StreamEngine.Hosting.Catalogue;

/// <summary>A component's definition as a page of text.</summary>
internal static class ComponentText
{
    private const int Width = 100;
    private const string Indent = "  ";

    /// <summary>The page: what it does, its options, an example.</summary>
    public static string Of(ComponentDefinition component)
    {
        var text = new StringBuilder();
        text.Append(component.Kind).Append(' ').Append(component.Name).Append('\n');
        Paragraph(text, component.Summary, Indent);
        foreach (string paragraph in component.Description.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append('\n');
            Paragraph(text, paragraph, Indent);
        }

        if (component.Options.Count > 0) text.Append('\n').Append(Indent).Append("options\n");
        Options(text, component.Options, Indent + Indent);
        text.Append('\n').Append(Indent).Append("example\n");
        foreach (string line in component.Example.Split('\n')) text.Append(Indent).Append(Indent).Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>What an option holds, in a few words: <c>duration, at least 1ms, default 10s</c>.</summary>
    public static string Describe(OptionDefinition option)
    {
        var words = new List<string> { TypeOf(option) };
        if (Limits(option) is { } limits) words.Add(limits);
        if (option.IsRequired) words.Add("required");
        if (option.IsSecret) words.Add("secret");
        if (option.Default is { } otherwise) words.Add($"default {otherwise}");
        if (option.Deprecated is { } instead) words.Add($"deprecated: {instead}");
        return string.Join(", ", words);
    }

    private static void Options(StringBuilder text, IReadOnlyList<OptionDefinition> options, string indent)
    {
        foreach (OptionDefinition option in options.OrderByDescending(option => option.Importance))
        {
            text.Append(indent).Append(option.Name).Append(" (").Append(Describe(option)).Append(")\n");
            Paragraph(text, option.Meaning, indent + Indent);
            Options(text, option.Options.Count > 0 ? option.Options : option.Item?.Options ?? [], indent + Indent + Indent);
        }
    }

    private static string TypeOf(OptionDefinition option)
    {
        if (option.Choices.Count > 0) return string.Join(" | ", option.Choices);
        if (option.Type is not (OptionType.List or OptionType.Map)) return option.Type == OptionType.Object ? "block" : option.Type.ToString().ToLowerInvariant();

        // An item that may be written as a value alone has that as an item of its own.
        OptionDefinition item = option.Item!;
        string items = item is { Type: OptionType.Object, Item: { } alone } ? $"{Grouped(alone)}, or blocks" : Grouped(item);
        return $"{option.Type.ToString().ToLowerInvariant()} of {items}";
    }

    private static string Grouped(OptionDefinition option) => option.Choices.Count > 0 ? $"({TypeOf(option)})" : TypeOf(option);

    private static string? Limits(OptionDefinition option) => (option.Min, option.Max) switch
    {
        (null, null) => null,
        ({ } least, null) => $"at least {Amount(option, least)}",
        (null, { } most) => $"at most {Amount(option, most)}",
        ({ } least, { } most) => $"{Amount(option, least)} to {Amount(option, most)}",
    };

    private static string Amount(OptionDefinition option, double amount) => amount.ToString(CultureInfo.InvariantCulture) + option.Type switch
    {
        OptionType.Duration => "ms",
        OptionType.Size => " bytes",
        _ => "",
    };

    private static void Paragraph(StringBuilder text, string paragraph, string indent)
    {
        int column = 0;
        foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append('\n');
                column = 0;
            }

            text.Append(column == 0 ? indent : " ").Append(word);
            column += (column == 0 ? indent.Length : 1) + word.Length;
        }

        text.Append('\n');
    }
}
