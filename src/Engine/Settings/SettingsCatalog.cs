using StreamEngine.Contracts.Catalogue;

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

    /// <summary>All settings by their paths, in the order in which they are read.</summary>
    public IReadOnlyDictionary<string, OptionDefinition> Definitions => definitions;

    /// <summary>The name a setting had before; null when it always had its own.</summary>
    public static string? FormerNameOf(string path) => FormerNames.GetValueOrDefault(path);

    /// <summary>Whether something is, or was, the name of a setting.</summary>
    public bool Knows(string path) => definitions.ContainsKey(path) || FormerNames.ContainsValue(path);

    /// <summary>Whether settings lie below a path.</summary>
    public bool IsSection(string path) =>
        definitions.Keys.Any(known => known.StartsWith(path + '.', StringComparison.Ordinal)) || FormerNames.Values.Any(known => known.StartsWith(path + '.', StringComparison.Ordinal));

    /// <summary>Adds a setting, and returns its definition; the first one counts.</summary>
    public OptionDefinition Add(string path, OptionDefinition definition)
    {
        if (definitions.TryGetValue(path, out OptionDefinition? known)) return known;
        definitions[path] = definition;
        return definition;
    }
}
