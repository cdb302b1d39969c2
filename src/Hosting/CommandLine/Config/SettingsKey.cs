using StreamEngine.Diagnostics;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine.Config;

/// <summary>What a key on the command line can mean: it may leave out what is the same for all.</summary>
internal static class SettingsKey
{
    private const string Root = EngineSettings.Root;

    /// <summary>
    /// The paths that a key may stand for, the nearest first: itself, below <c>stream-engine</c>, below <c>stream-engine.pipeline</c>; for a key of one pipeline
    /// also the same key of all of them.
    /// </summary>
    public static IEnumerable<string> Readings(string key)
    {
        yield return key;
        string full = key.StartsWith(Root + '.', StringComparison.Ordinal) ? key : $"{Root}.{key}";
        yield return full;
        if (full.Split('.', 4) is [Root, "pipelines", _, { } rest]) yield return $"{Root}.pipeline.{rest}";
        yield return $"{Root}.pipeline.{key}";
    }

    /// <summary>The error of a key that is none.</summary>
    public static EngineException Unknown(string key, SettingsCatalog catalog)
    {
        string? nearest = Readings(key).Select(reading => NearestKey.To(reading, catalog.Definitions.Keys)).FirstOrDefault(found => found is not null);
        return new EngineException(ErrorDomain.User, $"there is no setting {key}{(nearest is null ? "" : $"; did you mean {nearest}?")}", "config reference without a key lists every setting.");
    }
}
