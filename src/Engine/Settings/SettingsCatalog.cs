using StreamEngine.Contracts.Catalogue;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings;

/// <summary>The settings that are read, by their paths, as reading them defines them.</summary>
internal sealed class SettingsCatalog
{
    /// <summary>Settings that had another name, by the name they have now.</summary>
    private static readonly Dictionary<string, string> FormerNames = new(StringComparer.Ordinal)
    {
        ["stream-engine.pipeline.internal-topics.retention.time"] = "stream-engine.pipeline.internal-topics.keep-time",
        ["stream-engine.pipeline.internal-topics.retention.bytes"] = "stream-engine.pipeline.internal-topics.keep-bytes",
    };

    private readonly Dictionary<string, OptionDefinition> definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Block, string Key), KnownSetting> known = [];
    private readonly HashSet<string> blocks = new(StringComparer.Ordinal);

    /// <summary>All settings by their paths, in the order in which they are read.</summary>
    public IReadOnlyDictionary<string, OptionDefinition> Definitions => definitions;

    /// <summary>The name a setting had before; null when it always had its own.</summary>
    public static string? FormerNameOf(string path) => FormerNames.GetValueOrDefault(path);

    /// <summary>Whether something is, or was, the name of a setting.</summary>
    public bool Knows(string path) => definitions.ContainsKey(path) || FormerNames.ContainsValue(path);

    /// <summary>Whether settings lie below a path.</summary>
    public bool IsSection(string path) => blocks.Contains(path);

    /// <summary>A setting that was read before.</summary>
    /// <param name="block">The block that is read.</param>
    /// <param name="key">The setting's key in it.</param>
    public KnownSetting? Find(string block, string key) => known.GetValueOrDefault((block, key));

    /// <summary>Adds a setting that is read for the first time; its default and meaning are those of the reference.</summary>
    /// <param name="block">The block that is read.</param>
    /// <param name="definition">The definition, with the key in the block for its name.</param>
    public KnownSetting Add(string block, OptionDefinition definition)
    {
        string full = $"{block}.{definition.Name}";
        HoconField reference = SettingsReference.Root.Find(full.Split('.')) ?? throw new InvalidOperationException($"{full} is not in {SettingsReference.Origin}");
        definitions[full] = definition with { Default = SettingsReference.TextOf(reference.Value), Meaning = reference.Comment };
        for (int dot = full.LastIndexOf('.'); dot > 0; dot = full.LastIndexOf('.', dot - 1)) blocks.Add(full[..dot]);
        var setting = new KnownSetting(definitions[full], definition.Name, definition.Name.Split('.'), FormerNameOf(full)?[(block.Length + 1)..].Split('.'), reference);
        known[(block, definition.Name)] = setting;
        return setting;
    }
}

/// <summary>A setting in the block that it is read from.</summary>
/// <param name="Definition">What it is.</param>
/// <param name="Key">Its key in the block.</param>
/// <param name="Path">The key in its elements.</param>
/// <param name="Former">The elements of the key it had before; null when it always had its own.</param>
/// <param name="Reference">Its field in the reference.</param>
internal sealed record KnownSetting(OptionDefinition Definition, string Key, string[] Path, string[]? Former, HoconField Reference);
