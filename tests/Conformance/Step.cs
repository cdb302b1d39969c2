using CsCheck;

namespace StreamEngine.Conformance;

/// <summary>One step of a random schedule. What doesn't matter to its kind is ignored.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Task">The task it happens to.</param>
/// <param name="Number">Which one, where several could be meant: a stale attempt, a topic, an offset.</param>
/// <param name="Outputs">Chunks of the epoch: the topic, the partition, how many records.</param>
/// <param name="Changes">Changes of state: the partition, the key, whether it goes.</param>
public sealed record Step(StepKind Kind, int Task, int Number, (int Topic, int Partition, int Records)[] Outputs, (int Partition, int Key, bool IsDelete)[] Changes)
{
    /// <summary>Steps, calm ones far more often than others: a schedule that only ever restarts finds nothing.</summary>
    public static Gen<Step> Random { get; } = Gen.Select(
        Gen.Frequency(
            (16, Gen.Const(StepKind.Commit)),
            (4, Gen.Const(StepKind.CommitAtOnce)),
            (2, Gen.Const(StepKind.CommitWrongEpoch)),
            (3, Gen.Const(StepKind.CommitStale)),
            (2, Gen.Const(StepKind.Drop)),
            (3, Gen.Const(StepKind.Attempt)),
            (1, Gen.Const(StepKind.Start)),
            (1, Gen.Const(StepKind.Reopen)),
            (2, Gen.Const(StepKind.Publish)),
            (2, Gen.Const(StepKind.Purge)),
            (1, Gen.Const(StepKind.MakeAnew)),
            (1, Gen.Const(StepKind.Reset))),
        Gen.Int[0, LogModel.Tasks - 1],
        Gen.Int[0, 1000],
        Gen.Select(Gen.Int[0, LogModel.Topics - 1], Gen.Int[0, LogModel.Partitions - 1], Gen.Int[1, 5]).Array[0, 4],
        Gen.Select(Gen.Int[0, LogModel.Partitions - 1], Gen.Int[0, LogModel.Keys - 1], Gen.Bool).Array[0, 4],
        (kind, task, number, outputs, changes) => new Step(kind, task, number, outputs, changes));

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} task {Task} #{Number} outputs [{string.Join(' ', Outputs)}] state [{string.Join(' ', Changes)}]";
}

/// <summary>What can happen to a log.</summary>
public enum StepKind
{
    /// <summary>A task commits an epoch.</summary>
    Commit,

    /// <summary>All tasks commit at the same time.</summary>
    CommitAtOnce,

    /// <summary>A task commits an epoch that doesn't continue its last one, and begins again.</summary>
    CommitWrongEpoch,

    /// <summary>An attempt that is over, or of a start that is over, commits.</summary>
    CommitStale,

    /// <summary>A task drops a sealed epoch, and begins again.</summary>
    Drop,

    /// <summary>A task begins a new attempt.</summary>
    Attempt,

    /// <summary>The pipeline is started again.</summary>
    Start,

    /// <summary>The process ends, and another one opens the log and starts the pipeline.</summary>
    Reopen,

    /// <summary>Sealed output is noted as published.</summary>
    Publish,

    /// <summary>A partition is purged.</summary>
    Purge,

    /// <summary>A topic is deleted and made anew.</summary>
    MakeAnew,

    /// <summary>The pipeline is started again and cleared.</summary>
    Reset,
}
