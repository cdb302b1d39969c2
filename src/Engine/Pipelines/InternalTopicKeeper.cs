using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Settings;
using StreamEngine.Topics;

namespace StreamEngine.Pipelines;

/// <summary>
/// Keeps one internal topic small: knows how far each of its readers has committed, purges what all of them have passed but for a little, and says
/// when its writer has to wait. Decides only; its caller carries out, off the actor's thread. Not thread-safe.
/// </summary>
internal sealed class InternalTopicKeeper(TopicInfo topic, IReadOnlyList<string> readers, InternalTopicSettings settings, TimeProvider clock)
{
    private readonly Dictionary<(string Reader, int Partition), long> committed = [];
    private readonly Dictionary<int, Queue<(long Time, long Offset)>> history = [];

    public TopicInfo Topic { get; } = topic;

    public IReadOnlyList<string> Readers { get; } = readers;

    /// <summary>A reader has committed a position.</summary>
    public void Commit(string reader, CommittedPosition position)
    {
        if (position.Position.Into != TopicSource.Identity(Topic)) return;
        committed[(reader, int.Parse(position.Partition.Partition, CultureInfo.InvariantCulture))] = TopicSource.OffsetOf(position.Position);
    }

    /// <summary>How far every reader has committed a partition; null while one of them hasn't said.</summary>
    public long? PassedByAll(int partition)
    {
        long lowest = long.MaxValue;
        foreach (string reader in Readers)
        {
            if (!committed.TryGetValue((reader, partition), out long offset)) return null;
            lowest = Math.Min(lowest, offset);
        }

        return lowest;
    }

    /// <summary>
    /// Up to which offset a partition may be purged now: behind what all readers have committed, less what stays for a while in case one of them comes
    /// back from an older copy. Null when nothing may go.
    /// </summary>
    public long? PurgeBefore(int partition, PartitionRange range)
    {
        if (PassedByAll(partition) is not { } passed) return null;
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!history.TryGetValue(partition, out Queue<(long Time, long Offset)>? samples)) history[partition] = samples = new Queue<(long, long)>();
        samples.Enqueue((now, passed));

        long before = range.FirstOffset;
        long oldEnough = now - (long)settings.KeepTime.TotalMilliseconds;
        while (samples.TryPeek(out (long Time, long Offset) sample) && sample.Time <= oldEnough) before = samples.Dequeue().Offset;

        // Of what is passed no more stays than so many bytes, however young it is.
        long records = range.NextOffset - range.FirstOffset;
        long keptRecords = records == 0 ? 0 : (long)(settings.KeepBytes / (double)Math.Max(range.Bytes, 1) * records);
        before = Math.Max(before, passed - keptRecords);
        before = Math.Min(before, passed);
        return before > range.FirstOffset ? before : null;
    }

    /// <summary>How many records the readers of the topic have still to commit.</summary>
    /// <param name="ranges">What its partitions hold.</param>
    public long LagRecords(IReadOnlyList<PartitionRange> ranges)
    {
        long lag = 0;
        for (int partition = 0; partition < ranges.Count; partition++)
        {
            foreach (string reader in Readers) lag += ranges[partition].NextOffset - committed.GetValueOrDefault((reader, partition), ranges[partition].FirstOffset);
        }

        return lag;
    }
}
