using System.Text.Json.Serialization;

namespace StreamEngine.Checkpoints;

/// <summary>
/// What the engine and its pipelines remember. Written to the journal as JSON under a manifest of its own, so the names below are fixed; a field may
/// be added, none may change its meaning.
/// </summary>
internal abstract record JournalEvent;

/// <summary>A pipeline was defined, or defined otherwise than before.</summary>
internal sealed record PipelineDefined(string Pipeline, string Guarantee, string Plan, DateTimeOffset At) : JournalEvent;

/// <summary>A pipeline is to run, or to be paused.</summary>
internal sealed record PipelineDesired(bool Runs, DateTimeOffset At) : JournalEvent;

/// <summary>A pipeline was started.</summary>
internal sealed record PipelineStarted(string Start, long Generation, int Tasks, DateTimeOffset At) : JournalEvent;

/// <summary>A start of a pipeline ended in order: all there was to read is committed, or it was told to stop.</summary>
internal sealed record PipelineEnded(string Start, bool Completed, DateTimeOffset At) : JournalEvent;

/// <summary>A task failed and was begun anew.</summary>
internal sealed record TaskFailed(string Task, int Attempt, string Cause, DateTimeOffset At) : JournalEvent;

/// <summary>A pipeline failed, and is not started anew by itself.</summary>
internal sealed record PipelineFailed(string Cause, string Remedy, DateTimeOffset At) : JournalEvent;

/// <summary>A checkpoint of the log was taken.</summary>
internal sealed record CheckpointTaken(CheckpointEntry Checkpoint) : JournalEvent;

/// <summary>A checkpoint was removed.</summary>
internal sealed record CheckpointRemoved(string Id, DateTimeOffset At) : JournalEvent;

/// <summary>A checkpoint in the catalogue.</summary>
/// <param name="Id">Its id, which is the name of its folder.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Log">The log it is a copy of.</param>
/// <param name="Commit">The last commit in it.</param>
/// <param name="Bytes">How many bytes its files have together; most are shared with the log while that has them too.</param>
/// <param name="Positions">Where the pipelines stand in it: pipeline, subgraph, source, partition, position.</param>
internal sealed record CheckpointEntry(string Id, DateTimeOffset At, string Log, long Commit, long Bytes, IReadOnlyList<CheckpointPosition> Positions);

/// <summary>A position in a checkpoint.</summary>
internal sealed record CheckpointPosition(string Pipeline, string Subgraph, string Source, string Partition, string At);

/// <summary>All that a pipeline remembers, for a snapshot.</summary>
internal sealed record PipelineHistory : JournalEvent
{
    /// <summary>The most starts and failures that are remembered; the journal is bounded by it.</summary>
    public const int EntriesMax = 50;

    public PipelineDefined? Defined { get; init; }

    public bool Runs { get; init; } = true;

    public IReadOnlyList<PipelineStarted> Starts { get; init; } = [];

    public IReadOnlyList<TaskFailed> TaskFailures { get; init; } = [];

    public PipelineFailed? Failure { get; init; }

    public PipelineEnded? Ended { get; init; }

    /// <summary>The history with one event more.</summary>
    public PipelineHistory With(JournalEvent happened) => happened switch
    {
        PipelineHistory all => all,
        PipelineDefined defined => this with { Defined = defined },
        PipelineDesired desired => this with { Runs = desired.Runs },
        PipelineStarted started => this with { Starts = Last(Starts, started), Failure = null, Ended = null },
        PipelineEnded ended => this with { Ended = ended },
        TaskFailed failed => this with { TaskFailures = Last(TaskFailures, failed) },
        PipelineFailed failed => this with { Failure = failed },
        _ => this,
    };

    private static IReadOnlyList<T> Last<T>(IReadOnlyList<T> list, T entry) => [.. list.TakeLast(EntriesMax - 1), entry];
}

/// <summary>All that the engine remembers, for a snapshot.</summary>
internal sealed record EngineHistory : JournalEvent
{
    public IReadOnlyList<string> Pipelines { get; init; } = [];

    public IReadOnlyList<CheckpointEntry> Checkpoints { get; init; } = [];

    /// <summary>The history with one event more.</summary>
    public EngineHistory With(JournalEvent happened) => happened switch
    {
        EngineHistory all => all,
        PipelineDefined defined => Pipelines.Contains(defined.Pipeline) ? this : this with { Pipelines = [.. Pipelines, defined.Pipeline] },
        CheckpointTaken taken => this with { Checkpoints = [.. Checkpoints, taken.Checkpoint] },
        CheckpointRemoved removed => this with { Checkpoints = [.. Checkpoints.Where(checkpoint => checkpoint.Id != removed.Id)] },
        _ => this,
    };
}

/// <summary>How events are written.</summary>
[JsonSerializable(typeof(PipelineDefined))]
[JsonSerializable(typeof(PipelineDesired))]
[JsonSerializable(typeof(PipelineStarted))]
[JsonSerializable(typeof(PipelineEnded))]
[JsonSerializable(typeof(TaskFailed))]
[JsonSerializable(typeof(PipelineFailed))]
[JsonSerializable(typeof(CheckpointTaken))]
[JsonSerializable(typeof(CheckpointRemoved))]
[JsonSerializable(typeof(PipelineHistory))]
[JsonSerializable(typeof(EngineHistory))]
[JsonSerializable(typeof(CheckpointManifest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class JournalJson : JsonSerializerContext;
