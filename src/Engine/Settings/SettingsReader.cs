using Akka.Configuration;
using Akka.Configuration.Hocon;
using StreamEngine.Diagnostics;

namespace StreamEngine.Settings;

/// <summary>
/// Reads settings, each of which must exist: a key that is missing, or that the reference doesn't know, is an error and never a default of its
/// type. Akka's parser says nothing of either.
/// </summary>
internal sealed class SettingsReader(Config config, string path, string origin)
{
    /// <summary>A part of the settings, read by the same rules.</summary>
    public SettingsReader Section(string key) => new(config, Join(key), origin);

    public string Text(string key) => Require(key, (full, settings) => settings.GetValue(full).IsString() ? settings.GetString(full) : throw Refuse(full, "must be a text"));

    public int Number(string key, int min, int max) => Require(key, (full, settings) =>
    {
        int number = settings.GetInt(full);
        return number >= min && number <= max ? number : throw Refuse(full, $"must be a number from {min} to {max}");
    });

    public TimeSpan Duration(string key) => Require(key, (full, settings) =>
    {
        TimeSpan duration = settings.GetTimeSpan(full, null, allowInfinite: false);
        return duration >= TimeSpan.Zero ? duration : throw Refuse(full, "must be a duration, like 100ms or 30s");
    });

    public long Bytes(string key) => Require(key, (full, settings) =>
        settings.GetByteSize(full) is { } bytes and >= 0 ? bytes : throw Refuse(full, "must be a size, like 16MB"));

    public T Choice<T>(string key, IReadOnlyDictionary<string, T> choices) => Require(key, (full, settings) =>
        choices.TryGetValue(settings.GetString(full), out T? chosen) ? chosen : throw Refuse(full, $"must be one of {string.Join(", ", choices.Keys)}"));

    /// <summary>The error of a setting that can't be so.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="what">What it must be, as the end of a sentence: "must be a size".</param>
    public EngineException Wrong(string key, string what) => Refuse(Join(key), what);

    private T Require<T>(string key, Func<string, Config, T> read)
    {
        string full = Join(key);
        if (!config.HasPath(full)) throw Refuse(full, "is missing");
        try
        {
            return read(full, config);
        }
        catch (Exception e) when (e is not EngineException)
        {
            throw Refuse(full, $"can't be read: {e.Message}");
        }
    }

    private string Join(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private EngineException Refuse(string key, string what) => new(
        ErrorDomain.User, $"{origin}: {key} = {Shown(key)}: it {what}", "hocon/reference.conf lists every setting with its meaning and its default.");

    private string Shown(string key) => config.HasPath(key) ? config.GetString(key, "?") : "(nothing)";
}

/// <summary>Finds keys that a file sets and the reference doesn't know.</summary>
internal static class SettingsKeys
{
    /// <summary>The paths of all values in a configuration.</summary>
    public static IEnumerable<string> Of(Config config) => config.IsEmpty || config.Root is null ? [] : Of(config.Root, "");

    private static IEnumerable<string> Of(HoconValue value, string path)
    {
        if (!value.IsObject()) return [path];
        Dictionary<string, HoconValue> items = value.GetObject().Items;
        return items.Count == 0 ? [] : items.SelectMany(item => Of(item.Value, path.Length == 0 ? item.Key : $"{path}.{item.Key}"));
    }
}
