using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;
using StreamEngine.Tasks;

namespace StreamEngine.Settings;

/// <summary>What a pipeline is set to, or one of its subgraphs or stages.</summary>
internal sealed record PipelineSettings
{
    private SettingsReader reader = null!;
    private Dictionary<string, PipelineSettings>? parts;

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

    /// <summary>The settings that aren't the reference's, by their keys below <c>stream-engine.pipeline</c>, each with its value and where that is written.</summary>
    public IReadOnlyList<(string Key, string Value, SourcePlace Place)> Given => reader.Given;

    /// <summary>Ends what can't go on with what is wrong, with parts that were read later too.</summary>
    /// <exception cref="ProblemException">Something is.</exception>
    public void ThrowIfErrors() => reader.Problems.ThrowIfErrors();

    /// <summary>Checks that an epoch can be filled and sealed before the cluster gives up its transaction.</summary>
    /// <param name="limit">After how long it does, and what says so.</param>
    /// <param name="place">Where that is set.</param>
    public void CheckTransaction(TransactionLimit limit, SourcePlace place)
    {
        if (CommitInterval + DrainTimeout < limit.Timeout) return;
        SourcePlace interval = reader.PlaceOf("commit.interval"), drain = reader.PlaceOf("drain.timeout");
        SourcePlace own = interval.Origin != SettingsReference.Origin ? interval : drain.Origin != SettingsReference.Origin ? drain : place;
        reader.Problems.Add(
            ProblemCodes.Conflict,
            own,
            $"commit.interval ({SettingText.Of(CommitInterval)}) and drain.timeout ({SettingText.Of(DrainTimeout)}) together must be below {limit.Setting} ({SettingText.Of(limit.Timeout)}): " +
            "the cluster would give up transactions that are still being filled",
            $"Make one of the two shorter, or {limit.Setting} longer.");
    }

    /// <summary>The settings of a subgraph: the pipeline's, but for what a block of its name says.</summary>
    public PipelineSettings ForSubgraph(string subgraph) => Under(subgraph);

    /// <summary>The settings of a stage: its subgraph's, but for what a block of its own name says.</summary>
    public PipelineSettings ForStage(string stage) => Under(stage);

    public static PipelineSettings Read(SettingsReader reader)
    {
        var settings = new PipelineSettings
        {
            Guarantee = reader.Choice("guarantee", Guarantees),
            TasksMax = reader.Number("tasks.max", 1, 1024),
            CommitInterval = reader.Duration("commit.interval", Shortest),
            CommitTimeout = reader.Duration("commit.timeout", Shortest),
            CommitBytes = reader.Bytes("commit.bytes"),
            DrainTimeout = reader.Duration("drain.timeout", Shortest),
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
                reader.Duration("internal-topics.retention.time"),
                reader.Bytes("internal-topics.retention.bytes"),
                reader.Duration("internal-topics.purge.interval", Shortest)),
            StateCacheBytes = reader.Bytes("state.cache"),
            PrefetchBytes = reader.Bytes("source.prefetch"),
            DiscoveryInterval = reader.Duration("source.discovery", Shortest),
            Staged = new StageLimits(reader.Number("staged.records", 1, int.MaxValue), reader.Bytes("staged.bytes"), reader.Duration("staged.age")),
            StagedIdleCommit = reader.Duration("staged.idle-commit"),
            reader = reader,
        };
        settings.Check();
        return settings;
    }

    private static TimeSpan Shortest { get; } = TimeSpan.FromMilliseconds(1);

    private static Dictionary<string, Guarantee> Guarantees { get; } = Enum.GetValues<Guarantee>().ToDictionary(Planning.Words.Of);

    private PipelineSettings Under(string name) => parts is not null ? parts.GetValueOrDefault(name, this) : reader.Under(name) is { } inner ? Read(inner) : this;

    /// <summary>
    /// Reads the settings of all parts of a plan, each once: what is wrong with them is found before anything starts, and tasks, each on a thread of its own, only
    /// look them up.
    /// </summary>
    public PipelineSettings For(Planning.PipelinePlan plan)
    {
        var all = new Dictionary<string, PipelineSettings>(StringComparer.Ordinal);
        foreach (Planning.SubgraphPlan subgraph in plan.Subgraphs)
        {
            string[] stages = [.. subgraph.Stages.Select(stage => stage.Node.Name)];
            PipelineSettings own = Under(subgraph.Name) with { };
            foreach (string stage in stages) all[stage] = Under(stage) with { parts = [] };
            own.parts = stages.ToDictionary(stage => stage, stage => own.Under(stage) with { parts = [] });
            all[subgraph.Name] = own;
        }

        return this with { parts = all };
    }

    private void Check()
    {
        if (DrainTimeout >= CommitTimeout)
        {
            reader.Conflict(
                "drain.timeout",
                "commit.timeout",
                $"drain.timeout ({SettingText.Of(DrainTimeout)}) must be below commit.timeout ({SettingText.Of(CommitTimeout)}): a barrier has to arrive before its commit is given up",
                "Make drain.timeout shorter, or commit.timeout longer.");
        }

        CheckDelays("errors", Errors.Delay, Errors.DelayMax);
        CheckDelays("restarts", Restarts.Delay, Restarts.DelayMax);
        if (InternalTopics.KeepBytes >= InternalTopics.BytesMax && InternalTopics.BytesMax > 0)
        {
            reader.Conflict(
                "internal-topics.retention.bytes",
                "internal-topics.bytes-max",
                $"internal-topics.retention.bytes ({SettingText.OfSize(InternalTopics.KeepBytes)}) must be below internal-topics.bytes-max ({SettingText.OfSize(InternalTopics.BytesMax)}): " +
                "the writer would wait for ever for what is kept to go",
                "Keep less, or let the topic grow larger.");
        }
    }

    private void CheckDelays(string block, TimeSpan first, TimeSpan longest)
    {
        if (first <= longest) return;
        reader.Conflict(
            $"{block}.delay",
            $"{block}.delay-max",
            $"{block}.delay ({SettingText.Of(first)}) must not be above {block}.delay-max ({SettingText.Of(longest)})",
            $"Make {block}.delay shorter, or {block}.delay-max longer.");
    }
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
