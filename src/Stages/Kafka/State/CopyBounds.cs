using System.Diagnostics;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Commits;

namespace StreamEngine.Kafka.State;

/// <summary>
/// How far a task's copies of states go: up to where their changelogs ended when something began that was committed later, which proves that nobody else had written
/// there by then. Thread-safe.
/// </summary>
/// <param name="commits">The commits on the cluster.</param>
/// <param name="claim">The task.</param>
/// <param name="thread">Where the task's calls wait for the brokers.</param>
internal sealed class CopyBounds(KafkaCommits commits, TaskClaim claim, WorkerThread thread)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan UnchangedInterval = TimeSpan.FromMinutes(1);

    /// <summary>Asking is to take a small part of the task's time, however many partitions there are.</summary>
    private const int IntervalsOfCost = 20;

    private readonly Lock gate = new();
    private readonly HashSet<(StateInfo State, int Partition)> owned = [];
    private IReadOnlyList<(ILocalState Copy, LocalStateBound Bound)>? asked;
    private long askedAt;
    private long costMilliseconds;
    private bool asking;
    private bool stopped;

    /// <summary>Copies are the task's from now on.</summary>
    public void Own(IEnumerable<(StateInfo State, int Partition)> copies)
    {
        lock (gate) owned.UnionWith(copies);
    }

    /// <summary>Nothing is asked or noted from now on.</summary>
    public void Stop()
    {
        lock (gate) stopped = true;
    }

    /// <summary>Asks before a commit what is to be noted behind it, if it is time to. On the task's thread.</summary>
    /// <param name="isChanged">Whether the commit changes states.</param>
    /// <exception cref="EngineException">The cluster doesn't answer.</exception>
    public IReadOnlyList<(ILocalState Copy, LocalStateBound Bound)> AskAtCommit(bool isChanged)
    {
        // What is asked now is newer than what was asked before, and a bound doesn't go back.
        lock (gate) asked = null;
        return Ask(isChanged ? Interval : UnchangedInterval);
    }

    /// <summary>
    /// Without commits nothing is noted, and a copy that was last current half a day ago would be made anew at the next start. So an idle task asks too, on its own
    /// thread, and what proves that nobody else had written is the heartbeat that is committed after it.
    /// </summary>
    /// <returns>Notes what was asked before; null when nothing was.</returns>
    public Action? AskWhenIdle()
    {
        lock (gate)
        {
            if (stopped || asking) return null;
            if (asked is { } bounds) return () => thread.Run(() => Note(bounds));
            if (!IsDue(commits.Options.IdleBoundsInterval)) return null;
            asking = true;
        }

        thread.Run(AskIdle);
        return null;
    }

    private void AskIdle()
    {
        IReadOnlyList<(ILocalState Copy, LocalStateBound Bound)> bounds = [];
        try
        {
            bounds = Ask(commits.Options.IdleBoundsInterval);
        }
        catch (Exception e) when (e is EngineException or TopicException)
        {
            // Nothing hangs on it: it is asked again in a while.
            commits.Options.Logger.Debug("{Task}: the ends of changelogs aren't known: {Error}", claim.Task, e.Message);
        }

        lock (gate)
        {
            asking = false;

            // Looked at behind the asking: an attempt that follows in this process has written nothing that lies before those ends.
            asked = bounds.Count > 0 && commits.Superseded(claim) is null ? bounds : null;
        }

        commits.Options.AtPoint("idle-asked");
    }

    private void Note(IReadOnlyList<(ILocalState Copy, LocalStateBound Bound)> bounds)
    {
        lock (gate)
        {
            if (!ReferenceEquals(asked, bounds)) return;
            asked = null;
            if (stopped) return;
        }

        try
        {
            commits.States.Apply([], bounds);
        }
        catch (EngineException e)
        {
            commits.Options.Logger.Warning("{Task}: up to where copies of its states go can't be noted: {Error}", claim.Task, e.Message);
        }
    }

    private IReadOnlyList<(ILocalState Copy, LocalStateBound Bound)> Ask(TimeSpan interval)
    {
        (StateInfo State, int Partition)[] due;
        long begin = Stopwatch.GetTimestamp();
        lock (gate)
        {
            if (!IsDue(interval)) return [];
            askedAt = Environment.TickCount64;
            due = [.. owned];
        }

        IReadOnlyList<(ILocalState Copy, LocalStateBound Bound)> bounds = commits.States.AskBounds(due);
        lock (gate) costMilliseconds = (long)Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        return bounds;
    }

    private bool IsDue(TimeSpan interval) =>
        owned.Count > 0 && Environment.TickCount64 - askedAt >= Math.Max(interval.TotalMilliseconds, IntervalsOfCost * costMilliseconds);
}
