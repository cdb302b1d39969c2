using Serilog;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Tasks;

/// <summary>What a task is made of, and what it and its pipeline tell each other.</summary>
internal static class TaskMessages
{
    /// <summary>What a task needs.</summary>
    internal sealed record Spec
    {
        public required TaskClaim Claim { get; init; }

        public required SubgraphPlan Subgraph { get; init; }

        public required Guarantee Guarantee { get; init; }

        public required PipelineSettings Settings { get; init; }

        /// <summary>The partitions of each source, in the order of the plan's sources.</summary>
        public required IReadOnlyList<IReadOnlyList<SourcePartition>> Partitions { get; init; }

        /// <summary>Which sources have nothing more to come than what is there.</summary>
        public required IReadOnlyList<bool> Finishing { get; init; }

        public required ILog Log { get; init; }

        /// <summary>The database it commits in; null where that is the log.</summary>
        public required ICommitDatabase? Database { get; init; }

        public required TopicInfo DeadLetters { get; init; }

        public required IReadOnlyDictionary<string, StateInfo> States { get; init; }

        public required TaskCounters Counters { get; init; }

        public required TimeProvider Clock { get; init; }

        /// <summary>The folder that sources' relative paths count from.</summary>
        public required string PipelineFolder { get; init; }

        /// <summary>The folder that sinks' relative paths count from.</summary>
        public required string DataFolder { get; init; }

        /// <summary>Whether sources go on watching for more.</summary>
        public required bool Follows { get; init; }

        public required ILogger Logger { get; init; }
    }

    /// <summary>Nothing more will come for a source than what is there now.</summary>
    internal sealed record FinishSource(int Source);

    /// <summary>Read one more partition.</summary>
    internal sealed record AddPartition(int Source, SourcePartition Partition);

    /// <summary>Hold the sources between epochs, or let them go on: an internal topic is as large as it may be.</summary>
    internal sealed record HoldSources(bool IsHeld);

    /// <summary>Seal what is open: somebody waits for the positions.</summary>
    internal sealed record SealNow;

    /// <summary>Commit what has been read, and stop.</summary>
    internal sealed record Stop;

    /// <summary>The task went to another state.</summary>
    internal sealed record StateChanged(TaskClaim Claim, TaskState State);

    /// <summary>A connector can't be opened and is tried again.</summary>
    internal sealed record Waits(TaskClaim Claim, string Stage, string Cause);

    /// <summary>Local copies of its states are brought up to what is committed.</summary>
    internal sealed record Restores(TaskClaim Claim, string Progress);

    /// <summary>An epoch is committed.</summary>
    internal sealed record Committed(TaskClaim Claim, Epoch Epoch, IReadOnlyList<CommittedPosition> Positions);

    /// <summary>Everything there was to read is committed.</summary>
    internal sealed record Finished(TaskClaim Claim);

    /// <summary>It was told to stop, and has.</summary>
    internal sealed record Stopped(TaskClaim Claim);

    /// <summary>It failed; what it had not committed is to be read again.</summary>
    /// <param name="Claim">The attempt.</param>
    /// <param name="Cause">Why.</param>
    /// <param name="Epoch">The epoch that is lost with it; null when none was open yet.</param>
    internal sealed record Failed(TaskClaim Claim, Exception Cause, Epoch? Epoch);

    /// <summary>Another start holds the pipeline.</summary>
    internal sealed record TakenOver(TaskClaim Claim, string Message);
}
