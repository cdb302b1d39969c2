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
    private readonly OptionReading reading;
    private readonly SettingsCatalog catalog;
    private readonly List<(KnownSetting Setting, HoconField Field)> given = [];

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
    }

    /// <summary>Takes what is wrong.</summary>
    public ProblemList Problems => reading.Problems;

    /// <summary>What was read and isn't the reference's.</summary>
    public IReadOnlyList<(string Key, string Value, SourcePlace Place)> Given =>
        [.. given.Select(read => (read.Setting.Key, read.Setting.Definition.IsSecret ? Settings.Secret.Mask : SettingsReference.TextOf(read.Field.Value), read.Field.Value.Place))];

    /// <summary>A part of the settings, read by the same rules.</summary>
    public SettingsReader Section(string key) => new([.. layers.Select(layer => layer.At(key)).OfType<SettingsLayer>()], $"{path}.{key}", reading, catalog);

    /// <summary>The same settings with a layer over them.</summary>
    public SettingsReader Under(SettingsLayer layer) => new([layer, .. layers], path, reading, catalog);

    /// <summary>The same settings with a block of a layer over them; null when there is no such block.</summary>
    public SettingsReader? Under(string block) => layers.Select(layer => layer.At(block)).FirstOrDefault(found => found is not null) is { } layer ? Under(layer) : null;

    /// <summary>A text.</summary>
    public string Text(string key) => (string)Read(key, OptionType.Text);

    /// <summary>A text that is never shown.</summary>
    public Secret Secret(string key) => new((string)Read(key, OptionType.Text, isSecret: true));

    /// <summary>A whole number.</summary>
    public int Number(string key, int min, int max) => (int)(long)Read(key, OptionType.Integer, min, max);

    /// <summary>Whether something is on.</summary>
    public bool Flag(string key) => (bool)Read(key, OptionType.Flag);

    /// <summary>A duration of at least so long.</summary>
    public TimeSpan Duration(string key, TimeSpan min = default) => (TimeSpan)Read(key, OptionType.Duration, min.TotalMilliseconds, LongestMs);

    /// <summary>A size in bytes, of at least so many.</summary>
    public long Bytes(string key, long min = 0) => (long)Read(key, OptionType.Size, min);

    /// <summary>One of a few words.</summary>
    public T Choice<T>(string key, IReadOnlyDictionary<string, T> choices) =>
        choices[(string)Read(key, OptionType.Choice, choices: choices.Keys)];

    /// <summary>A block whose keys are somebody else's; those that may not be passed on are problems.</summary>
    public IReadOnlyDictionary<string, string> PassedOn(string key, PassThrough rule)
    {
        KnownSetting setting = catalog.Find(path, key) ?? catalog.Add(path, new OptionDefinition(key, OptionType.Map, ""));
        (HoconField field, OptionName name) = Find(setting);
        if (field.Value is HoconObject block) return rule.Read(block, name.ToString(), Problems);
        Problems.Add(
            ProblemCodes.WrongForm, field.Value.Place, $"{name} = {OptionReading.Shown(setting.Definition, field.Value)} must be a block of {rule.Library}'s own keys", $"Write {name} {{ ... }}.");
        return new Dictionary<string, string>();
    }

    /// <summary>Where a setting's value is written.</summary>
    public SourcePlace PlaceOf(string key) => Find(catalog.Find(path, key)!).Field.Value.Place;

    /// <summary>Says that two settings can't both be as they are, at the one that isn't a default.</summary>
    public void Conflict(string key, string other, string text, string remedy)
    {
        SourcePlace place = PlaceOf(key);
        Problems.Add(ProblemCodes.Conflict, place.Origin == SettingsReference.Origin ? PlaceOf(other) : place, text, remedy);
    }

    private static double LongestMs { get; } = TimeSpan.FromDays(3650).TotalMilliseconds;

    private object Read(string key, OptionType type, double? min = null, double? max = null, IEnumerable<string>? choices = null, bool isSecret = false)
    {
        KnownSetting setting = catalog.Find(path, key) ?? catalog.Add(path, new OptionDefinition(key, type, "") { Min = min, Max = max, Choices = [.. choices ?? []], IsSecret = isSecret });
        (HoconField field, OptionName name) = Find(setting);
        if (field.Value.Place.Origin != SettingsReference.Origin) given.Add((setting, field));
        return reading.Scalar(setting.Definition, field, name)
            ?? reading.Scalar(setting.Definition, setting.Reference, new OptionName(path, key))
            ?? throw new InvalidOperationException($"the default of {path}.{key} is no value of it");
    }

    /// <summary>The field that has a setting's value, and how messages call it: by its path there.</summary>
    private (HoconField Field, OptionName Name) Find(KnownSetting setting)
    {
        foreach (SettingsLayer layer in layers)
        {
            HoconField? field = layer.Block.Find(setting.Path);
            if (field is not null && (setting.Former is null || field.Value.Place.Origin != SettingsReference.Origin)) return (field, new OptionName(layer.Path, setting.Key));
            if (setting.Former is not { } former || layer.Block.Find(former) is not { } renamed) continue;
            string old = string.Join('.', former);
            Problems.Warn(
                ProblemCodes.Deprecated, renamed.KeyPlace, $"{layer.Path}.{old} will go: it is called {setting.Key} now", $"Write {layer.Path}.{setting.Key} = {SettingsReference.TextOf(renamed.Value)}.");
            return (renamed, new OptionName(layer.Path, old));
        }

        return (setting.Reference, new OptionName(path, setting.Key));
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
