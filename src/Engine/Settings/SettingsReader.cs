using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;
using StreamEngine.Settings.Options;

namespace StreamEngine.Settings;

/// <summary>
/// Reads settings, each of which is in the reference. Reading is also what defines them: the type and the limits asked for here, with default and meaning
/// from the reference, are what <c>config reference</c> shows and what validation knows. What is wrong becomes a problem, and the default is returned.
/// </summary>
internal sealed class SettingsReader
{
    private readonly IReadOnlyList<SettingsLayer> layers;
    private readonly string path;
    private readonly HoconObject reference;
    private readonly OptionReading reading;
    private readonly SettingsCatalog catalog;
    private readonly List<(string Key, string Value, SourcePlace Place)> given = [];

    /// <param name="layers">Where values are looked for, the first that has one wins; each has below its path what the reference has below the reader's.</param>
    /// <param name="path">The path of the reference that is read.</param>
    /// <param name="reading">Takes what is wrong.</param>
    /// <param name="catalog">Takes the definitions.</param>
    public SettingsReader(IReadOnlyList<SettingsLayer> layers, string path, OptionReading reading, SettingsCatalog catalog)
    {
        this.layers = layers;
        this.path = path;
        this.reading = reading;
        this.catalog = catalog;
        reference = SettingsReference.At(path);
    }

    /// <summary>Takes what is wrong.</summary>
    public ProblemList Problems => reading.Problems;

    /// <summary>What was read and isn't the reference's.</summary>
    public IReadOnlyList<(string Key, string Value, SourcePlace Place)> Given => given;

    /// <summary>A part of the settings, read by the same rules.</summary>
    public SettingsReader Section(string key) => new([.. layers.Select(layer => layer.At(key)).OfType<SettingsLayer>()], $"{path}.{key}", reading, catalog);

    /// <summary>The same settings with a layer over them.</summary>
    public SettingsReader Under(SettingsLayer layer) => new([layer, .. layers], path, reading, catalog);

    /// <summary>The same settings with a block of a layer over them; null when there is no such block.</summary>
    public SettingsReader? Under(string block) => layers.Select(layer => layer.At(block)).FirstOrDefault(found => found is not null) is { } layer ? Under(layer) : null;

    /// <summary>A text.</summary>
    public string Text(string key) => (string)Read(new OptionDefinition(key, OptionType.Text, ""));

    /// <summary>A text that is never shown.</summary>
    public Secret Secret(string key) => new((string)Read(new OptionDefinition(key, OptionType.Text, "") { IsSecret = true }));

    /// <summary>A whole number.</summary>
    public int Number(string key, int min, int max) => (int)(long)Read(new OptionDefinition(key, OptionType.Integer, "") { Min = min, Max = max });

    /// <summary>A duration of at least so long.</summary>
    public TimeSpan Duration(string key, TimeSpan min = default) => (TimeSpan)Read(new OptionDefinition(key, OptionType.Duration, "") { Min = min.TotalMilliseconds, Max = LongestMs });

    /// <summary>A size in bytes.</summary>
    public long Bytes(string key) => (long)Read(new OptionDefinition(key, OptionType.Size, "") { Min = 0 });

    /// <summary>One of a few words.</summary>
    public T Choice<T>(string key, IReadOnlyDictionary<string, T> choices) =>
        choices[(string)Read(new OptionDefinition(key, OptionType.Choice, "") { Choices = [.. choices.Keys] })];

    /// <summary>Where a setting's value is written.</summary>
    public SourcePlace PlaceOf(string key) => Find(key).Field.Value.Place;

    /// <summary>Says that two settings can't both be as they are, at the one that isn't a default.</summary>
    public void Conflict(string key, string other, string text, string remedy)
    {
        SourcePlace place = PlaceOf(key);
        Problems.Add(ProblemCodes.Conflict, place.Origin == SettingsReference.Origin ? PlaceOf(other) : place, text, remedy);
    }

    private static double LongestMs { get; } = TimeSpan.FromDays(3650).TotalMilliseconds;

    private object Read(OptionDefinition asked)
    {
        string full = $"{path}.{asked.Name}";
        OptionDefinition definition = catalog.Definitions.TryGetValue(full, out OptionDefinition? known) ? known : Define(full, asked);
        (HoconField field, string name) = Find(asked.Name);
        if (field.Value.Place.Origin != SettingsReference.Origin) given.Add((asked.Name, OptionReading.Shown(definition, field.Value), field.Value.Place));
        return reading.Scalar(definition, field, name)
            ?? reading.Scalar(definition, reference.Find(asked.Name.Split('.'))!, full)
            ?? throw new InvalidOperationException($"the default of {full} is no value of it");
    }

    private OptionDefinition Define(string full, OptionDefinition asked)
    {
        HoconField field = reference.Find(asked.Name.Split('.')) ?? throw new InvalidOperationException($"{full} is not in {SettingsReference.Origin}");
        return catalog.Add(full, asked with { Default = SettingsReference.TextOf(field.Value), Meaning = field.Comment });
    }

    /// <summary>The field that has a setting's value, and how messages call it: by its path there.</summary>
    private (HoconField Field, string Name) Find(string key)
    {
        string[] name = key.Split('.');
        string? former = SettingsCatalog.FormerNameOf($"{path}.{key}")?[(path.Length + 1)..];
        foreach (SettingsLayer layer in layers)
        {
            HoconField? field = layer.Block.Find(name);
            if (field is not null && (former is null || field.Value.Place.Origin != SettingsReference.Origin)) return (field, $"{layer.Path}.{key}");
            if (former is null || layer.Block.Find(former.Split('.')) is not { } renamed) continue;
            Problems.Warn(
                ProblemCodes.Deprecated, renamed.KeyPlace, $"{layer.Path}.{former} will go: it is called {key} now", $"Write {layer.Path}.{key} = {SettingsReference.TextOf(renamed.Value)}.");
            return (renamed, $"{layer.Path}.{former}");
        }

        return (reference.Find(name) ?? throw new InvalidOperationException($"{path}.{key} is not in {SettingsReference.Origin}"), $"{path}.{key}");
    }
}

/// <summary>A block in which settings are looked for.</summary>
/// <param name="Path">Its path, as messages have it.</param>
/// <param name="Block">The block.</param>
internal sealed record SettingsLayer(string Path, HoconObject Block)
{
    /// <summary>A block in it; null when there is none.</summary>
    public SettingsLayer? At(string path) => Block.Find(path.Split('.'))?.Value is HoconObject inner ? new SettingsLayer($"{Path}.{path}", inner) : null;
}
