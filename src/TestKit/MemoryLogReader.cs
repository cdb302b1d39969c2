using System.Diagnostics;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>Reads copies of the chunks in memory, and waits on the log's lock when there are none.</summary>
internal sealed class MemoryLogReader(InMemoryLog log, ChunkPool pool) : ILogReader
{
    private readonly List<Assignment> assignments = [];
    private bool woken;
    private int turn;

    public void Assign(TopicInfo topic, int partition, long offset)
    {
        lock (log.Gate)
        {
            var assignment = new Assignment(log.Partition(topic, partition)) { Next = offset };
            if (offset < assignment.Partition.Range.FirstOffset || offset > assignment.Partition.Range.NextOffset) throw assignment.OutOfRange();
            assignments.Add(assignment);
        }
    }

    public LogChunk? Poll(TimeSpan wait)
    {
        long begin = Stopwatch.GetTimestamp();
        lock (log.Gate)
        {
            while (true)
            {
                if (TryRead() is { } read) return read;
                TimeSpan left = wait - Stopwatch.GetElapsedTime(begin);
                if (woken || left <= TimeSpan.Zero)
                {
                    woken = false;
                    return null;
                }

                Monitor.Wait(log.Gate, left < EmbeddedLogReader.WaitMax ? left : EmbeddedLogReader.WaitMax);
            }
        }
    }

    public long NextOffset(TopicInfo topic, int partition)
    {
        lock (log.Gate)
        {
            return assignments.Find(assignment => assignment.Partition.Number == partition && assignment.Partition.Topic.Info.Id == topic.Id)?.Next
                ?? throw new TopicException($"partition {partition} of topic {topic.Name} isn't assigned to this reader");
        }
    }

    public void Wake()
    {
        lock (log.Gate)
        {
            woken = true;
            Monitor.PulseAll(log.Gate);
        }
    }

    public void Dispose()
    {
        lock (log.Gate) assignments.Clear();
    }

    private LogChunk? TryRead()
    {
        for (int n = 0; n < assignments.Count; n++)
        {
            // Each partition in turn, so that a busy one doesn't starve the others.
            Assignment assignment = assignments[turn];
            turn = (turn + 1) % assignments.Count;
            MemoryPartition partition = assignment.Partition;
            TopicInfo topic = partition.Topic.Info;
            log.Partition(topic, partition.Number);
            if (assignment.Next < partition.Range.FirstOffset) throw assignment.OutOfRange();
            Chunk? chunk = partition.Read(assignment.Next, pool, out long next);
            assignment.Next = next;
            if (chunk is not null) return new LogChunk(topic, chunk, next);
        }

        return null;
    }

    private sealed class Assignment(MemoryPartition partition)
    {
        public MemoryPartition Partition { get; } = partition;

        public long Next { get; set; }

        public OffsetOutOfRangeException OutOfRange() => new(Partition.Topic.Info.Name, Partition.Number, Next, Partition.Range);
    }
}
