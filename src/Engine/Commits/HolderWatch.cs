using StreamEngine.Contracts;

namespace StreamEngine.Commits;

/// <summary>
/// Judges whether the start that holds a pipeline is at work, from what it shows of itself at each look. One for each start that looks. Not thread-safe.
/// </summary>
/// <param name="timeout">How long after its last heartbeat a start counts as gone.</param>
/// <param name="identity">Who looks.</param>
/// <param name="clock">The engine's clock.</param>
internal sealed class HolderWatch(TimeSpan timeout, ProcessIdentity identity, TimeProvider clock)
{
    private (StartId Start, DateTimeOffset Heartbeat)? seen;
    private long seenAt;

    /// <summary>Whether the holder lives: false for one without heartbeats, since whoever reads its record has the lock that stands for them.</summary>
    public bool Lives(HomeEntry entry, HomeRecord record)
    {
        if (entry.Heartbeat is not { } heartbeat || identity.KnowsGone(record)) return false;

        // The clocks of two machines may differ by more than the timeout: a heartbeat that stays the same for so long by this one's own is as old.
        if (seen != (entry.Start, heartbeat))
        {
            seen = (entry.Start, heartbeat);
            seenAt = clock.GetTimestamp();
        }
        else if (clock.GetElapsedTime(seenAt) >= timeout)
        {
            return false;
        }

        return clock.GetUtcNow() - heartbeat < timeout;
    }
}
