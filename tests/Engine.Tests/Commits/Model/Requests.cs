using StreamEngine.Commits;

namespace StreamEngine.Tests.Commits.Model;

/// <summary>Who waits for the answer of a request: the start of a host's pipeline, or an attempt of one of its tasks.</summary>
/// <param name="Host">The host.</param>
/// <param name="Task">The task; -1 for the start.</param>
/// <param name="Number">Which of its requests: an answer to an older one goes nowhere.</param>
internal readonly record struct Party(int Host, int Task, int Number);

/// <summary>How far a request of a database session has come.</summary>
internal enum SessionState
{
    /// <summary>On its way.</summary>
    Sent,

    /// <summary>The session holds the guard; the rest is on its way.</summary>
    Holds,

    /// <summary>The session holds the guard, and its client died before it sent the rest.</summary>
    Orphaned,
}

/// <summary>A request that a party has sent and that no store has finished.</summary>
/// <param name="By">Who sent it.</param>
/// <param name="Step">What is to be done.</param>
/// <param name="Process">The process it came from, which what happens inside of a process dies with.</param>
internal sealed record Request(Party By, Step Step, int Process)
{
    public SessionState Session { get; init; }

    /// <summary>For the rule that positions go with the output: the output was written, positions not yet.</summary>
    public bool HalfDone { get; init; }

    /// <summary>A repetition of a request that was answered already.</summary>
    public bool IsCopy { get; init; }

    /// <summary>On Kafka: how many of its acts are done.</summary>
    public int Act { get; init; }

    /// <summary>On Kafka: the epoch of the producer it uses.</summary>
    public int Producer { get; init; }

    /// <summary>On Kafka: the record it has written last.</summary>
    public int Entry { get; init; }

    /// <summary>On Kafka: whether the request to commit was sent once more.</summary>
    public bool IsRepeated { get; init; }

    public string Key => $"{By.Host}.{By.Task} {StepKey(Step)} {Session} {HalfDone} {Act} {IsRepeated}";

    private static string StepKey(Step step) => step switch
    {
        Step.Commit commit => $"commit {commit.Epoch.Claim.Start.Short}/{commit.Epoch.Claim.Attempt} e{commit.Epoch.Epoch} {string.Join(',', commit.Epoch.Positions.Select(p => $"{p.Partition.Partition}@{p.Position.At}"))}",
        Step.Publish publish => $"publish {ModelFiles.Name(publish.Stage)}",
        Step.NotePublished note => $"note {ModelFiles.Name(note.Stage)}",
        Step.ClaimTask claim => $"claim {claim.By.Task.Number} {claim.By.Start.Short}/{claim.By.Attempt}",
        Step.RaiseGuard raise => $"raise {raise.Start.Short} {raise.Generation}",
        Step.CheckStart check => $"check {check.By.Task.Number} {check.By.Start.Short}/{check.By.Attempt}",
        Step.ReadPositions read => $"read {read.By.Task.Number} {read.By.Start.Short}/{read.By.Attempt}",
        Step.FenceTasks fence => $"fence {fence.UpTo}",
        Step.WriteHome write => $"write {write.Record.Start.Short} {write.Record.State} v{write.ExpectedVersion}",
        _ => step.GetType().Name,
    };
}
