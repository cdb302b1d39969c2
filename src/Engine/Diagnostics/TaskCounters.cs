namespace StreamEngine.Diagnostics;

/// <summary>What a task has done since its pipeline was started here. Written by the task's threads, read by any.</summary>
internal sealed class TaskCounters
{
    private long recordsIn;
    private long recordsOut;
    private long deadLetters;
    private long commits;
    private long lastCommitTicks;
    private long firstRecordTicks;
    private long firstCommitTicks;

    /// <summary>Records taken from sources.</summary>
    public long RecordsIn => Volatile.Read(ref recordsIn);

    /// <summary>Records committed by sinks.</summary>
    public long RecordsOut => Volatile.Read(ref recordsOut);

    /// <summary>Dead letters committed.</summary>
    public long DeadLetters => Volatile.Read(ref deadLetters);

    /// <summary>Epochs committed.</summary>
    public long Commits => Volatile.Read(ref commits);

    /// <summary>When the last commit was, by the engine's clock; null before the first.</summary>
    public DateTimeOffset? LastCommit => Volatile.Read(ref lastCommitTicks) is > 0 and long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>When the first record was taken; null before it.</summary>
    public DateTimeOffset? FirstRecord => Volatile.Read(ref firstRecordTicks) is > 0 and long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>When the first commit was; null before it.</summary>
    public DateTimeOffset? FirstCommit => Volatile.Read(ref firstCommitTicks) is > 0 and long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public void CountIn(int records, TimeProvider clock)
    {
        if (Volatile.Read(ref firstRecordTicks) == 0) Volatile.Write(ref firstRecordTicks, clock.GetUtcNow().Ticks);
        Interlocked.Add(ref recordsIn, records);
    }

    public void CountCommit(long records, int letters, DateTimeOffset now)
    {
        Interlocked.Add(ref recordsOut, records);
        Interlocked.Add(ref deadLetters, letters);
        Interlocked.Increment(ref commits);
        if (Volatile.Read(ref firstCommitTicks) == 0) Volatile.Write(ref firstCommitTicks, now.Ticks);
        Volatile.Write(ref lastCommitTicks, now.Ticks);
    }
}
