using System.Diagnostics;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>Reads committed chunks from the database, and waits for the committer to wake it when there are none.</summary>
internal sealed class EmbeddedLogReader(EmbeddedLog log, ChunkPool pool) : ILogReader
{
    /// <summary>The longest single wait, since a monitor knows no more than 24 days; longer ones are made of several.</summary>
    internal static readonly TimeSpan WaitMax = TimeSpan.FromDays(1);

    private readonly List<Assignment> assignments = [];
    private readonly object gate = new();
    private bool news;
    private bool woken;
    private int turn;

    public void Assign(TopicInfo topic, int partition, long offset)
    {
        PartitionState state = log.Catalog.Get(topic, partition);
        CheckOffset(state, offset);
        assignments.Add(new Assignment(state) { Next = offset });
        state.Attach(this);
    }

    public LogChunk? Poll(TimeSpan wait)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TryRead() is { } read) return read;
            lock (gate)
            {
                while (!news && !woken)
                {
                    TimeSpan left = wait - Stopwatch.GetElapsedTime(begin);
                    if (left <= TimeSpan.Zero) return null;
                    Monitor.Wait(gate, left < WaitMax ? left : WaitMax);
                }

                news = false;
                if (woken)
                {
                    woken = false;
                    return null;
                }
            }
        }
    }

    public long NextOffset(TopicInfo topic, int partition) =>
        assignments.Find(assignment => assignment.Partition.Number == partition && assignment.Partition.Topic.Info.Id == topic.Id)?.Next
        ?? throw new TopicException($"partition {partition} of topic {topic.Name} isn't assigned to this reader");

    public void Wake()
    {
        lock (gate)
        {
            woken = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>A partition has something new, or is gone.</summary>
    internal void Notify()
    {
        lock (gate)
        {
            news = true;
            Monitor.Pulse(gate);
        }
    }

    public void Dispose()
    {
        foreach (Assignment assignment in assignments) assignment.Partition.Detach(this);
        assignments.Clear();
    }

    private LogChunk? TryRead()
    {
        ObjectDisposedException.ThrowIf(log.IsDisposed, log);
        for (int n = 0; n < assignments.Count; n++)
        {
            // Each partition in turn, so that a busy one doesn't starve the others.
            Assignment assignment = assignments[turn];
            turn = (turn + 1) % assignments.Count;
            PartitionState partition = assignment.Partition;
            if (partition.Topic.IsDeleted) throw new TopicException($"topic {partition.Topic.Info.Name} was deleted while it was read");
            PartitionRecord visible = partition.Visible;
            if (assignment.Next < visible.First) throw OutOfRange(partition, assignment.Next);
            while (assignment.Next < visible.Next)
            {
                Chunk? chunk = log.ReadChunk(partition, assignment.Next, visible.Next, pool, out long next);
                assignment.Next = next;
                if (chunk is not null) return new LogChunk(partition.Topic.Info, chunk, next);
            }
        }

        return null;
    }

    private static void CheckOffset(PartitionState partition, long offset)
    {
        PartitionRecord visible = partition.Visible;
        if (offset < visible.First || offset > visible.Next) throw OutOfRange(partition, offset);
    }

    private static OffsetOutOfRangeException OutOfRange(PartitionState partition, long offset) =>
        new(partition.Topic.Info.Name, partition.Number, offset, partition.Range);

    private sealed class Assignment(PartitionState partition)
    {
        public PartitionState Partition { get; } = partition;

        public long Next { get; set; }
    }
}
