using Akka.Configuration;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Tasks;

namespace StreamEngine.Settings;

/// <summary>What the engine is set to: hocon/reference.conf, and the file given over it.</summary>
internal sealed class EngineSettings
{
    private const string Root = "stream-engine";
    private readonly Config config;
    private readonly string origin;

    private EngineSettings(Config config, string origin)
    {
        this.config = config;
        this.origin = origin;
        var reader = new SettingsReader(config, Root, origin);
        Log = LogSettings.Read(reader.Section("log"));
        Journal = JournalSettings.Read(reader.Section("journal"));
        Checkpoints = CheckpointSettings.Read(reader.Section("checkpoints"));
        Logging = LoggingSettings.Read(reader.Section("logging"));
        Defaults = PipelineSettings.Read(reader.Section("pipeline"));
    }

    public LogSettings Log { get; }

    public JournalSettings Journal { get; }

    public CheckpointSettings Checkpoints { get; }

    public LoggingSettings Logging { get; }

    /// <summary>What pipelines have that set nothing themselves.</summary>
    public PipelineSettings Defaults { get; }

    /// <summary>Reads the reference, and a file over it.</summary>
    /// <exception cref="EngineException">The file can't be read, or a setting in it is unknown or wrong.</exception>
    public static EngineSettings Load(string? file = null)
    {
        if (file is null) return new EngineSettings(Reference(), "reference.conf");
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorDomain.User, $"{file}: the settings can't be read: {e.Message}", "Give the path of a file with --config FILE.", e);
        }

        return Parse(text, file);
    }

    /// <summary>Reads the reference, and a text over it.</summary>
    /// <exception cref="EngineException">A setting in it is unknown or wrong.</exception>
    public static EngineSettings Parse(string text, string origin)
    {
        Config given;
        try
        {
            given = ConfigurationFactory.ParseString(text);
        }
        catch (Exception e)
        {
            throw new EngineException(ErrorDomain.User, $"{origin}: this is no HOCON: {e.Message}", "hocon/reference.conf shows how settings are written.", e);
        }

        Config reference = Reference();
        CheckKeys(given, reference, origin);
        return new EngineSettings(given.WithFallback(reference), origin);
    }

    /// <summary>The settings of a pipeline: the defaults, what its code says over them, and what the file says for it over that.</summary>
    public PipelineSettings For(PipelineDefinition pipeline)
    {
        Config own = ConfigurationFactory.ParseString(string.Join('\n', pipeline.Settings.Select(setting => $"{setting.Key} = \"{Escape(setting.Value)}\"")));
        foreach (string key in SettingsKeys.Of(own).Where(key => !config.HasPath($"{Root}.pipeline.{key}")))
        {
            throw Unknown($"pipeline {pipeline.Name}", $"{Root}.pipelines.{pipeline.Name}.{key}", Reference());
        }

        Config named = config.GetConfig($"{Root}.pipelines.{pipeline.Name}") ?? Config.Empty;
        Config merged = named.WithFallback(own).WithFallback(config.GetConfig($"{Root}.pipeline"));
        return PipelineSettings.Read(new SettingsReader(merged, "", $"{origin}, pipeline {pipeline.Name}"));
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static Config Reference()
    {
        using Stream stream = typeof(EngineSettings).Assembly.GetManifestResourceStream("reference.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    private static void CheckKeys(Config given, Config reference, string origin)
    {
        foreach (string key in SettingsKeys.Of(given))
        {
            string known = key;
            if (key.StartsWith($"{Root}.pipelines.", StringComparison.Ordinal) && key.Split('.', 4) is [_, _, _, string rest]) known = $"{Root}.pipeline.{rest}";
            if (!reference.HasPath(known)) throw Unknown(origin, key, reference);
            if (IsSection(reference, known)) throw NoValue(origin, key, reference, known);
        }
    }

    private static bool IsSection(Config reference, string key) => key != $"{Root}.pipelines" && reference.GetValue(key).IsObject();

    private static EngineException NoValue(string origin, string key, Config reference, string known) => new(
        ErrorDomain.User,
        $"{origin}: {key} has settings of its own and no value",
        $"There are {string.Join(", ", SettingsKeys.Of(reference.GetConfig(known)).Select(inner => $"{key}.{inner}"))}.");

    private static EngineException Unknown(string origin, string key, Config reference) => new(
        ErrorDomain.User,
        $"{origin}: there is no setting {key}{(NearestKey.To(key, Known(key, reference)) is { } nearest ? $"; did you mean {nearest}?" : "")}",
        "hocon/reference.conf lists every setting; a misspelt one would change nothing.");

    /// <summary>The keys that may be given; for a key of a single pipeline those of that pipeline.</summary>
    private static IEnumerable<string> Known(string key, Config reference)
    {
        string own = key.Split('.') is [Root, "pipelines", { } name, ..] ? $"{Root}.pipelines.{name}" : "";
        foreach (string known in SettingsKeys.Of(reference))
        {
            if (own.Length == 0) yield return known;
            else if (known.StartsWith($"{Root}.pipeline.", StringComparison.Ordinal)) yield return own + known[$"{Root}.pipeline".Length..];
        }
    }
}

/// <summary>Where topics live.</summary>
internal sealed record LogSettings(long CacheBytes, long WriteBuffersBytes, TimeSpan CleanInterval, TimeSpan TombstoneRetention)
{
    public static LogSettings Read(SettingsReader reader)
    {
        reader.Choice("kind", new Dictionary<string, bool> { ["embedded"] = true });
        SettingsReader embedded = reader.Section("embedded");
        return new LogSettings(
            embedded.Bytes("cache"), embedded.Bytes("write-buffers"), embedded.Duration("clean.interval"), embedded.Duration("tombstone-retention"));
    }
}

/// <summary>Where the journal lives.</summary>
internal sealed record JournalSettings(bool IsPostgres, string Connection, int SnapshotAfter)
{
    public static JournalSettings Read(SettingsReader reader)
    {
        bool isPostgres = reader.Choice("kind", new Dictionary<string, bool> { ["sqlite"] = false, ["postgres"] = true });
        string connection = reader.Text("connection");
        if (isPostgres && connection.Length == 0) throw reader.Wrong("connection", "must say how to connect, where kind = postgres");
        return new JournalSettings(isPostgres, connection, reader.Number("snapshot-after", 1, 1_000_000));
    }
}

/// <summary>When checkpoints are taken.</summary>
internal sealed record CheckpointSettings(TimeSpan Interval, int Keep)
{
    public static CheckpointSettings Read(SettingsReader reader) => new(reader.Duration("interval"), reader.Number("keep", 1, 1000));
}

/// <summary>What the host's log files are like.</summary>
internal sealed record LoggingSettings(string Level, long FileBytes, int FilesKept)
{
    private static readonly string[] Levels = ["verbose", "debug", "information", "warning", "error", "fatal"];

    public static LoggingSettings Read(SettingsReader reader) => new(
        reader.Choice("level", Levels.ToDictionary(level => level)), reader.Bytes("file.size"), reader.Number("file.keep", 1, 10_000));
}

/// <summary>What a pipeline is set to.</summary>
internal sealed record PipelineSettings
{
    public required Guarantee Guarantee { get; init; }

    public required int TasksMax { get; init; }

    public required TimeSpan CommitInterval { get; init; }

    public required TimeSpan CommitTimeout { get; init; }

    public required long CommitBytes { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    public required TimeSpan StopTimeout { get; init; }

    public required ErrorPolicy Errors { get; init; }

    public required RestartPolicy Restarts { get; init; }

    public required InternalTopicSettings InternalTopics { get; init; }

    public required long StateCacheBytes { get; init; }

    public required long PrefetchBytes { get; init; }

    public required TimeSpan DiscoveryInterval { get; init; }

    public required StageLimits Staged { get; init; }

    public required TimeSpan StagedIdleCommit { get; init; }

    public static PipelineSettings Read(SettingsReader reader) => new()
    {
        Guarantee = reader.Choice("guarantee", Guarantees),
        TasksMax = reader.Number("tasks.max", 1, 1024),
        CommitInterval = reader.Duration("commit.interval"),
        CommitTimeout = reader.Duration("commit.timeout"),
        CommitBytes = reader.Bytes("commit.bytes"),
        DrainTimeout = reader.Duration("drain.timeout"),
        StopTimeout = reader.Duration("stop.timeout"),
        Errors = new ErrorPolicy(
            reader.Choice("errors.tolerance", new Dictionary<string, bool> { ["none"] = false, ["all"] = true }),
            reader.Number("errors.retries", 0, 1_000_000),
            reader.Duration("errors.delay"),
            reader.Duration("errors.delay-max")),
        Restarts = new RestartPolicy(
            reader.Number("restarts.max", 0, 1_000_000),
            reader.Number("restarts.same-max", 0, 1_000_000),
            reader.Duration("restarts.delay"),
            reader.Duration("restarts.delay-max"),
            reader.Duration("restarts.forget-after")),
        InternalTopics = new InternalTopicSettings(
            reader.Number("internal-topics.partitions", 1, TopicSpec.PartitionsMax),
            reader.Bytes("internal-topics.bytes-max"),
            reader.Duration("internal-topics.keep-time"),
            reader.Bytes("internal-topics.keep-bytes"),
            reader.Duration("internal-topics.purge.interval")),
        StateCacheBytes = reader.Bytes("state.cache"),
        PrefetchBytes = reader.Bytes("source.prefetch"),
        DiscoveryInterval = reader.Duration("source.discovery"),
        Staged = new StageLimits(reader.Number("staged.records", 1, int.MaxValue), reader.Bytes("staged.bytes"), reader.Duration("staged.age")),
        StagedIdleCommit = reader.Duration("staged.idle-commit"),
    };

    private static Dictionary<string, Guarantee> Guarantees { get; } =
        Enum.GetValues<Guarantee>().ToDictionary(Planning.Words.Of);
}

/// <summary>How often a task that fails is begun anew, and after which waits.</summary>
internal sealed record RestartPolicy(int Max, int SameMax, TimeSpan Delay, TimeSpan DelayMax, TimeSpan ForgetAfter)
{
    /// <summary>How long to wait before a restart that follows this many failures.</summary>
    public TimeSpan DelayAfter(int failures)
    {
        double factor = Math.Pow(2, Math.Min(failures - 1, 30));
        return Delay * factor < DelayMax ? Delay * factor : DelayMax;
    }
}

/// <summary>How internal topics are kept small.</summary>
internal sealed record InternalTopicSettings(int Partitions, long BytesMax, TimeSpan KeepTime, long KeepBytes, TimeSpan PurgeInterval);
