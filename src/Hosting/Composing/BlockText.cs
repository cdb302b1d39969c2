using StreamEngine.Contracts.Catalogue;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Hosting.Composing;

/// <summary>Blocks as plans, logs and errors show them: in a line, and without secrets.</summary>
internal static class BlockText
{
    /// <summary>The block as it is written, but for its secrets: <c>connector = files, path = "in/*.csv"</c>.</summary>
    /// <param name="block">The block.</param>
    /// <param name="options">Its options, which say what is secret.</param>
    /// <param name="leftOut">Names that aren't shown.</param>
    public static string Of(HoconObject block, IReadOnlyList<OptionDefinition> options, params IReadOnlyCollection<string> leftOut) =>
        string.Join(", ", Fields(block, options, "", leftOut));

    private static IEnumerable<string> Fields(HoconObject block, IReadOnlyList<OptionDefinition> options, string prefix, IReadOnlyCollection<string> leftOut)
    {
        foreach (HoconField field in block)
        {
            string name = prefix + field.Name;
            if (leftOut.Contains(name)) continue;
            OptionDefinition? option = options.FirstOrDefault(option => option.Name == name);
            bool leads = option is null && options.Any(option => option.Name.StartsWith($"{name}.", StringComparison.Ordinal));
            if (option is { IsSecret: true }) yield return $"{name} = {Secret.Mask}";
            else if (leads && field.Value is HoconObject deeper) foreach (string inner in Fields(deeper, options, $"{name}.", leftOut)) yield return inner;
            else if (field.Value is HoconObject inner) yield return $"{name} {{ {string.Join(", ", Fields(inner, option?.Options ?? [], "", []))} }}";
            else yield return $"{name} = {Value(field.Value, option?.Item?.Options ?? [])}";
        }
    }

    private static string Value(HoconValue value, IReadOnlyList<OptionDefinition> options) => value switch
    {
        HoconObject block => $"{{ {string.Join(", ", Fields(block, options, "", []))} }}",
        HoconArray array => $"[{string.Join(", ", array.Items.Select(item => Value(item, options)))}]",
        HoconScalar { Kind: HoconKind.Text } text when !text.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') => $"\"{text.Text}\"",
        HoconScalar scalar => scalar.Text,
        _ => "",
    };
}
