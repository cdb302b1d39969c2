using StreamEngine.Contracts;

namespace StreamEngine.TestKit;

/// <summary>A topic of the log in memory. Used under the log's lock.</summary>
internal sealed class MemoryTopic
{
    public MemoryTopic(TopicInfo info)
    {
        Info = info;
        Partitions = [.. Enumerable.Range(0, info.Partitions).Select(number => new MemoryPartition(this, number))];
    }

    public TopicInfo Info { get; }

    public IReadOnlyList<MemoryPartition> Partitions { get; }

    /// <summary>Readers that still hold it fail.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Removes what retention lets go of.</summary>
    public void Retain(DateTimeOffset now)
    {
        foreach (MemoryPartition partition in Partitions)
        {
            if (Info.Spec.RetentionTime is { } time) partition.RemoveAppendedBefore(now.Subtract(time).ToUnixTimeMilliseconds());
            if (Info.Spec.RetentionBytes is { } bytes) partition.RemoveBeyond(bytes);
        }
    }
}
