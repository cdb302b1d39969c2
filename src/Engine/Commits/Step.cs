using StreamEngine.Contracts;

namespace StreamEngine.Commits;

/// <summary>What a protocol asks to be done next. One act at one store, after which anything may happen.</summary>
internal abstract record Step
{
    /// <summary>Read the pipeline's home record. Outcome: <see cref="Outcome.HomeRead"/>.</summary>
    public sealed record ReadHome : Step;

    /// <summary>Wait a little for whoever holds the pipeline, then look again.</summary>
    public sealed record AwaitHolder(HomeRecord Holder) : Step;

    /// <summary>Check the plan against the record that was read. Outcome: <see cref="Outcome.Done"/>, or <see cref="Outcome.PlanRefused"/>.</summary>
    public sealed record CheckPlan(HomeRecord? Seen) : Step;

    /// <summary>Take the right to write the record away from whoever has it.</summary>
    public sealed record ClaimHome(StartId Start) : Step;

    /// <summary>Make sure that no task of an older start commits in the log any more. Outcome: done, or the start fails.</summary>
    public sealed record FenceTasks(StartId Start, int UpTo) : Step;

    /// <summary>Write the record if nobody has since that version. Outcome: done, or refused.</summary>
    public sealed record WriteHome(HomeRecord Record, long ExpectedVersion) : Step;

    /// <summary>Raise a database's guard to this start. Outcome: done, refused, or unavailable, which holds its subgraphs back.</summary>
    public sealed record RaiseGuard(string Store, StartId Start, Records.Generation Generation, int Tasks) : Step;

    /// <summary>Remove the pipeline's positions and dead letters from a database, and put those there that it is to begin at.</summary>
    public sealed record ClearDatabase(string Store, StartId Start, IReadOnlyList<BeginPosition> Begin) : Step;

    /// <summary>Remove what the log holds of the pipeline besides the record, and put the positions there that it is to begin at.</summary>
    public sealed record ClearLog(StartId Start, IReadOnlyList<BeginPosition> Begin) : Step;

    /// <summary>List what is sealed and not published; of one task, or of all. Outcome: <see cref="Outcome.Listed"/>.</summary>
    public sealed record ListSealed(Records.TaskId? Task) : Step;

    /// <summary>Publish sealed output; done already is done.</summary>
    public sealed record Publish(UnpublishedStage Stage) : Step;

    /// <summary>Note in the log that it is published.</summary>
    public sealed record NotePublished(UnpublishedStage Stage) : Step;

    /// <summary>
    /// Remove what older starts, or older attempts of one task, have staged. What they sealed is published by then, so this was never
    /// sealed. Only what is older: the order may arrive late, when a younger start has begun to stage.
    /// </summary>
    public sealed record DiscardStaged(Records.Generation Before, TaskClaim? Attempt) : Step;

    /// <summary>Claim the task's partitions at its commit point.</summary>
    public sealed record ClaimTask(TaskClaim By) : Step;

    /// <summary>Check that the claim's start still holds the pipeline. Outcome: done, or refused.</summary>
    public sealed record CheckStart(TaskClaim By) : Step;

    /// <summary>Read where the task's partitions resume. Outcome: <see cref="Outcome.PositionsRead"/>.</summary>
    public sealed record ReadPositions(TaskClaim By) : Step;

    /// <summary>Make what the epoch has staged durable, without making it visible.</summary>
    public sealed record SyncStages(EpochCommit Epoch) : Step;

    /// <summary>Make sure that what was sent to a store without transactions has arrived.</summary>
    public sealed record Flush(EpochCommit Epoch) : Step;

    /// <summary>Commit an epoch at the task's commit point.</summary>
    public sealed record Commit(EpochCommit Epoch) : Step;
}

/// <summary>What became of a step.</summary>
internal abstract record Outcome
{
    /// <summary>It was done.</summary>
    public sealed record Done : Outcome
    {
        public static readonly Done Instance = new();
    }

    /// <summary>The home record, with how often it was written; 0 when there is none.</summary>
    public sealed record HomeRead(HomeRecord? Record, long Version) : Outcome
    {
        /// <summary>Whether who wrote it is known to be at work: it shows that it lives, and wasn't found gone.</summary>
        public bool HolderLives { get; init; }
    }

    /// <summary>The plan can't go on from what the record says.</summary>
    public sealed record PlanRefused(string Message) : Outcome;

    /// <summary>What is sealed and not published.</summary>
    public sealed record Listed(IReadOnlyList<UnpublishedStage> Stages) : Outcome;

    /// <summary>Where partitions resume.</summary>
    public sealed record PositionsRead(IReadOnlyList<CommittedPosition> Positions) : Outcome;

    /// <summary>A compare-and-set refused it: nothing was written.</summary>
    public sealed record Refused(RefusalReason Reason, string Message) : Outcome;

    /// <summary>It may have been done or not: the store didn't answer, or failed. It must not be repeated under the same claim.</summary>
    public sealed record Unknown(Exception? Cause) : Outcome;
}
