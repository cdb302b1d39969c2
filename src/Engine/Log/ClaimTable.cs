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
        if (home?.Start != claim.Start) throw CommitRefusedException.NewerStart(claim, home?.Start);
    }

    /// <summary>Refuses an attempt that is not newer than the one that holds the task.</summary>
    public void CheckNewAttempt(TaskClaim claim)
    {
        if (claims.TryGetValue(claim.Task, out HeldClaim? held) && held.Claim.Start == claim.Start && held.Claim.Attempt >= claim.Attempt)
        {
            throw CommitRefusedException.NewerAttempt(claim, held.Claim.Attempt);
        }
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
        HeldClaim held = claims[commit.Claim.Task];
        if (held != by) throw CommitRefusedException.NewerAttempt(commit.Claim, held.Claim.Attempt);
        if (commit.Epoch != held.Last.Next()) throw CommitRefusedException.WrongEpoch(commit.Claim, commit.Epoch, held.Last);
    }

    /// <summary>What is said to a start that wants to clear a pipeline which another one holds.</summary>
    public static CommitRefusedException AnotherStart(PipelineName pipeline, StartId start) => new(
        RefusalReason.NewerStart, $"pipeline {pipeline} is held by another start than {start.Short}");
}

/// <summary>An attempt that holds its task.</summary>
internal sealed class HeldClaim(TaskClaim claim)
{
    public TaskClaim Claim { get; } = claim;

    /// <summary>The epoch that was committed last.</summary>
    public Epoch Last { get; set; }
}
