using System.Collections.Immutable;
using StreamEngine.Contracts;

namespace StreamEngine.Commits;

/// <summary>In which order positions and output are made durable.</summary>
internal enum CommitOrder
{
    /// <summary>In one act: exactly-once.</summary>
    Together,

    /// <summary>Output is sent and has arrived, then positions: at-least-once.</summary>
    OutputFirst,
}

/// <summary>Why a task's attempt is over.</summary>
internal abstract record TaskEnd
{
    /// <summary>Another start holds the pipeline: this one stops.</summary>
    public sealed record TakenOver(string Message) : TaskEnd;

    /// <summary>A step failed, or its outcome isn't known: a new attempt goes on from what is committed.</summary>
    public sealed record Restart(string Message, Exception? Cause) : TaskEnd;
}

/// <summary>
/// An attempt of a task, step by step: claim, check that the start still holds the pipeline, finish what the attempts before sealed, read positions,
/// then commit epoch after epoch. A value; it does nothing itself.
/// </summary>
internal sealed record TaskProtocol
{
    private enum Phase
    {
        Claim,
        CheckStart,
        List,
        PublishOld,
        NoteOld,
        Discard,
        Read,
        Running,
        Sync,
        Flush,
        Commit,
        Publish,
        Note,
        Ended,
    }

    public required TaskClaim Claim { get; init; }

    public CommitOrder Order { get; init; } = CommitOrder.Together;

    /// <summary>Whether its sinks stage output that is published after the commit.</summary>
    public bool Stages { get; init; }

    public CommitRules Rules { get; init; } = CommitRules.All;

    /// <summary>Where the task's partitions resume, once they are read.</summary>
    public IReadOnlyList<CommittedPosition>? Positions { get; private init; }

    /// <summary>Whether it waits for the next epoch to be sealed.</summary>
    public bool IsRunning => At == Phase.Running;

    /// <summary>Why the attempt is over; null while it isn't.</summary>
    public TaskEnd? End { get; private init; }

    private Phase At { get; init; }

    private EpochCommit? Epoch { get; init; }

    private ImmutableArray<UnpublishedStage> Sealed { get; init; } = [];

    private int Index { get; init; }

    /// <summary>A new attempt.</summary>
    public static TaskProtocol Begin(TaskClaim claim, bool stages, CommitOrder order, CommitRules rules = CommitRules.All) => new()
    {
        Claim = claim,
        Stages = stages,
        Order = order,
        Rules = rules,
        At = !rules.HasFlag(CommitRules.CheckStartAfterClaim) ? Phase.CheckStart : rules.HasFlag(CommitRules.ClaimBeforeRead) ? Phase.Claim : Phase.Read,
    };

    /// <summary>The step to be done next; null while the task runs, or when it has ended.</summary>
    public Step? Next => At switch
    {
        Phase.Claim => new Step.ClaimTask(Claim),
        Phase.CheckStart => new Step.CheckStart(Claim),
        Phase.List => new Step.ListSealed(Claim.Task),
        Phase.PublishOld or Phase.Publish => new Step.Publish(Sealed[Index]),
        Phase.NoteOld or Phase.Note => new Step.NotePublished(Sealed[Index]),
        Phase.Discard => new Step.DiscardStaged(Claim.Generation, Claim),
        Phase.Read => new Step.ReadPositions(Claim),
        Phase.Sync => new Step.SyncStages(Epoch!),
        Phase.Flush => new Step.Flush(Epoch!),
        Phase.Commit => new Step.Commit(Epoch!),
        _ => null,
    };

    /// <summary>An epoch is sealed and is to be committed.</summary>
    public TaskProtocol Seal(EpochCommit epoch)
    {
        if (!IsRunning) throw new InvalidOperationException($"{Claim.Task} seals an epoch while it is in {At}");
        TaskProtocol sealedEpoch = this with
        {
            Epoch = epoch,
            Index = 0,
            Sealed = [.. epoch.Outputs.OfType<SealedStage>().Select(stage => new UnpublishedStage(Claim.Task, Claim.Start, epoch.Epoch, stage.Sink, stage.Manifest))],
        };
        if (Order == CommitOrder.OutputFirst) return sealedEpoch with { At = Phase.Flush };
        if (sealedEpoch.Sealed.IsEmpty) return sealedEpoch with { At = Phase.Commit };
        if (!Rules.HasFlag(CommitRules.SealBeforePublish)) return sealedEpoch with { At = Phase.Publish };
        return sealedEpoch with { At = Rules.HasFlag(CommitRules.SyncBeforeSeal) ? Phase.Sync : Phase.Commit };
    }

    /// <summary>What the task is after the outcome of <see cref="Next"/>.</summary>
    public TaskProtocol Apply(Outcome outcome) => outcome switch
    {
        Outcome.Refused { Reason: RefusalReason.NewerStart } refused => Ended(new TaskEnd.TakenOver(refused.Message)),
        Outcome.Refused refused => Ended(new TaskEnd.Restart(refused.Message, null)),
        Outcome.Unknown when At == Phase.Commit && !Rules.HasFlag(CommitRules.ReadAfterUnknown) => Done(),
        Outcome.Unknown unknown => Ended(new TaskEnd.Restart($"{Next!.GetType().Name}: {unknown.Cause?.Message ?? "no answer in time"}", unknown.Cause)),
        Outcome.Listed listed => (this with { Sealed = [.. listed.Stages], Index = 0 }).AfterOld(),
        Outcome.PositionsRead read => this with
        {
            Positions = read.Positions,
            At = Rules.HasFlag(CommitRules.ClaimBeforeRead) ? Phase.Running : Phase.Claim,
        },
        Outcome.Done => Done(),
        _ => throw new InvalidOperationException($"{outcome} is no outcome of {Next}"),
    };

    /// <summary>Where the attempt stands, for logs: two protocols that describe themselves alike go on alike.</summary>
    public string Describe() => $"{Claim.Task} {Claim.Start.Short}/{Claim.Attempt} {At} epoch {Epoch?.Epoch} sealed {Index}/{Sealed.Length} {(Positions is null ? "" : "read")}";

    private TaskProtocol Done() => At switch
    {
        Phase.Claim when Rules.HasFlag(CommitRules.CheckStartAfterClaim) => this with { At = Phase.CheckStart },
        Phase.CheckStart when !Rules.HasFlag(CommitRules.CheckStartAfterClaim) => this with { At = Phase.Claim },
        Phase.Claim or Phase.CheckStart => AfterClaim(),
        Phase.PublishOld => this with { At = Phase.NoteOld },
        Phase.NoteOld => (this with { Index = Index + 1 }).AfterOld(),
        Phase.Discard => this with { At = Phase.Read },
        Phase.Sync or Phase.Flush => this with { At = Phase.Commit },
        Phase.Commit => AfterCommit(),
        Phase.Publish => this with { At = Rules.HasFlag(CommitRules.SealBeforePublish) ? Phase.Note : Phase.Commit },
        Phase.Note => (this with { Index = Index + 1 }).AfterCommit(),
        _ => throw new InvalidOperationException($"{At} isn't done"),
    };

    private TaskProtocol AfterClaim() => this with { At = Positions is not null ? Phase.Running : Stages && Claim.Attempt > 1 ? Phase.List : Phase.Read };

    /// <summary>What older attempts sealed is published one after the other, and what they didn't seal is removed; then positions are read.</summary>
    private TaskProtocol AfterOld() => this with { At = Index < Sealed.Length ? Phase.PublishOld : Phase.Discard };

    private TaskProtocol AfterCommit()
    {
        if (!Rules.HasFlag(CommitRules.SealBeforePublish)) return this with { At = Phase.Running, Epoch = null };
        return Index < Sealed.Length ? this with { At = Phase.Publish } : this with { At = Phase.Running, Epoch = null };
    }

    private TaskProtocol Ended(TaskEnd end) => this with { At = Phase.Ended, End = end };
}
