using Serilog;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Settings;

namespace StreamEngine.Pipelines;

/// <summary>What a pipeline is made of, and what it and the engine tell each other.</summary>
internal static class PipelineMessages
{
    /// <summary>What a pipeline needs.</summary>
    internal sealed record Spec
    {
        public required PipelinePlan Plan { get; init; }

        public required PipelineSettings Settings { get; init; }

        public required ILog Log { get; init; }

        public required string DataFolder { get; init; }

        public required TimeProvider Clock { get; init; }

        public required ILogger Logger { get; init; }

        public required PipelineStatus Status { get; init; }

        public required int SnapshotAfter { get; init; }

        /// <summary>Comes before the name of its journal, where several engines share an actor system.</summary>
        public required string Scope { get; init; }

        /// <summary>Which process its starts are of.</summary>
        public ProcessIdentity Identity { get; init; } = ProcessIdentity.Current;

        /// <summary>Whether it is taken from another process that runs it, instead of standing by until that one is gone.</summary>
        public bool TakeOver { get; init; }
    }

    /// <summary>Start: claim, fence, check; then say <see cref="Prepared"/>.</summary>
    /// <param name="Follows">Whether sources go on watching for more.</param>
    internal sealed record Start(bool Follows);

    /// <summary>Let the tasks run.</summary>
    /// <param name="Finished">The topics of users for which nothing more will come in this run.</param>
    internal sealed record Run(IReadOnlySet<string> Finished);

    /// <summary>For these topics of users nothing more will come in this run.</summary>
    internal sealed record TopicsFinished(IReadOnlySet<string> Topics);

    /// <summary>Commit what has been read, and stop.</summary>
    internal sealed record Stop;

    /// <summary>The pipeline is ready to run.</summary>
    internal sealed record Prepared(string Pipeline);

    /// <summary>Another process runs the pipeline, and it waits for that one to end: which may take for ever, so nobody else waits for it.</summary>
    internal sealed record StandsBy(string Pipeline);

    /// <summary>The pipeline went to another state.</summary>
    internal sealed record StateChanged(string Pipeline, PipelineState State);
}

/// <summary>How a pipeline is doing, for whoever shows it. Written by the pipeline's actor and its tasks, read by any thread.</summary>
internal sealed class PipelineStatus(string name)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, TaskCounters> counters = [];
    private EngineException? failure;
    private PipelineState state;
    private long? lag;
    private string? note;
    private bool paused;

    public string Name { get; } = name;

    public PipelineState State
    {
        get => Locked(() => state);
        set => Locked(() => state = value);
    }

    /// <summary>Where its dead letters are, in words.</summary>
    public string DeadLetters { get; init; } = "";

    /// <summary>Why it failed, or what kept it from committing the last it had read when it stopped; null when neither happened.</summary>
    public EngineException? Failure
    {
        get => Locked(() => failure);
        set => Locked(() => failure = value);
    }

    /// <summary>How many records its readers of topics are behind; null when it isn't known.</summary>
    public long? LagRecords
    {
        get => Locked(() => lag);
        set => Locked(() => lag = value);
    }

    /// <summary>Whether it was not started because it is paused.</summary>
    public bool IsPaused
    {
        get => Locked(() => paused);
        set => Locked(() => paused = value);
    }

    /// <summary>What it waits for, in words; null when for nothing.</summary>
    public string? Note
    {
        get => Locked(() => note);
        set => Locked(() => note = value);
    }

    /// <summary>What all its tasks have done.</summary>
    public PipelineTotals Totals
    {
        get
        {
            TaskCounters[] all = Locked(() => counters.Values.ToArray());
            return new PipelineTotals(
                all.Sum(task => task.RecordsIn),
                all.Sum(task => task.RecordsOut),
                all.Sum(task => task.DeadLetters),
                all.Sum(task => task.Commits),
                all.Select(task => task.FirstRecord).Min(),
                all.Select(task => task.FirstCommit).Min(),
                all.Select(task => task.LastCommit).Max());
        }
    }

    /// <summary>The counters of a task; the same over all its attempts.</summary>
    public TaskCounters CountersOf(string task) => Locked(() =>
    {
        if (!counters.TryGetValue(task, out TaskCounters? found)) counters[task] = found = new TaskCounters();
        return found;
    });

    private T Locked<T>(Func<T> read)
    {
        lock (gate) return read();
    }
}

/// <summary>What a pipeline's tasks have done since it was started here.</summary>
internal sealed record PipelineTotals(long RecordsIn, long RecordsOut, long DeadLetters, long Commits, DateTimeOffset? FirstRecord, DateTimeOffset? FirstCommit, DateTimeOffset? LastCommit);
