using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>
/// Which attempt holds each task, for the compare-and-set of commits. It lives in memory: a new process has a new start, which refuses
/// all that came before it. Belongs to the thread that writes the log.
/// </summary>
internal sealed class ClaimTable
{
    private readonly Dictionary<TaskId, HeldClaim> claims = [];

    /// <summary>Refuses a claim whose start is not that of the pipeline's record.</summary>
    public static void CheckStart(HomeEntry? home, TaskClaim claim)
    {
        if (home?.Start == claim.Start) return;
        throw new CommitRefusedException(
            RefusalReason.NewerStart,
            home is null
                ? $"{claim.Task}: pipeline {claim.Task.Pipeline} has no record any more, so start {claim.Start.Short} is over"
                : $"{claim.Task}: pipeline {claim.Task.Pipeline} was started again as {home.Start.Short}, so start {claim.Start.Short} is over");
    }

    /// <summary>Refuses an attempt that is not newer than the one that holds the task.</summary>
    public void CheckNewAttempt(TaskClaim claim)
    {
        if (claims.TryGetValue(claim.Task, out HeldClaim? held) && held.Claim.Start == claim.Start && held.Claim.Attempt >= claim.Attempt) throw Superseded(claim, held);
    }

    /// <summary>The claim holds its task from now on.</summary>
    public HeldClaim Take(TaskClaim claim, Epoch last)
    {
        var held = new HeldClaim(claim) { Last = last };
        claims[claim.Task] = held;
        return held;
    }

    /// <summary>Refuses a commit unless it comes from the claim that holds the task, and continues what it committed last.</summary>
    public void Check(HomeEntry? home, EpochCommit commit, HeldClaim by)
    {
        CheckStart(home, commit.Claim);
        if (!claims.TryGetValue(commit.Claim.Task, out HeldClaim? held) || held != by) throw Superseded(commit.Claim, held);
        if (commit.Epoch != held.Last.Next())
        {
            throw new CommitRefusedException(
                RefusalReason.WrongEpoch, $"{commit.Claim.Task}: epoch {commit.Epoch} doesn't continue {held.Last}, which was committed last");
        }
    }

    /// <summary>What is said to a start that wants to clear a pipeline which another one holds.</summary>
    public static CommitRefusedException AnotherStart(PipelineName pipeline, StartId start) => new(
        RefusalReason.NewerStart, $"pipeline {pipeline} is held by another start than {start.Short}");

    private static CommitRefusedException Superseded(TaskClaim claim, HeldClaim? held) => new(
        RefusalReason.NewerAttempt, $"{claim.Task}: attempt {claim.Attempt} is over, attempt {held?.Claim.Attempt} holds the task");
}

/// <summary>An attempt that holds its task.</summary>
internal sealed class HeldClaim(TaskClaim claim)
{
    public TaskClaim Claim { get; } = claim;

    /// <summary>The epoch that was committed last.</summary>
    public Epoch Last { get; set; }
}
