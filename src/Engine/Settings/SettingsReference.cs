using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings;

/// <summary>hocon/reference.conf, which the engine brings along: every setting with its default and meaning.</summary>
internal static class SettingsReference
{
    /// <summary>How it is called.</summary>
    public const string Origin = "reference.conf";

    private static readonly Lazy<HoconDocument> Parsed = new(Parse);
    private static readonly Lazy<HoconObject> Resolved = new(() => Parsed.Value.Resolve(_ => null));

    /// <summary>It, to be laid below what users give.</summary>
    public static HoconDocument Document => Parsed.Value;

    /// <summary>It, by itself.</summary>
    public static HoconObject Root => Resolved.Value;

    /// <summary>A value as it is written.</summary>
    public static string TextOf(HoconValue value) => value switch
    {
        HoconScalar { Kind: HoconKind.Text, Text: "" } => "\"\"",
        HoconScalar scalar => scalar.Text,
        HoconObject { Count: 0 } => "{}",
        HoconObject => "{ ... }",
        _ => "[ ... ]",
    };

    private static HoconDocument Parse()
    {
        using Stream stream = typeof(SettingsReference).Assembly.GetManifestResourceStream(Origin)!;
        using var reader = new StreamReader(stream);
        return HoconDocument.Parse(reader.ReadToEnd(), Origin);
    }
}
