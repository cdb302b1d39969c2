using StreamEngine.Contracts;
using StreamEngine.Log;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary>A topic as <c>--json</c> shows it.</summary>
internal sealed record TopicDescription
{
    public required string Name { get; init; }

    public required string Id { get; init; }

    public required int Partitions { get; init; }

    /// <summary>How many offsets can be read; compaction may have removed records of some.</summary>
    public required long Offsets { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Whether the log doesn't know sizes, so that this is reckoned from the number of offsets.</summary>
    public required bool BytesEstimated { get; init; }

    public required string KeyFormat { get; init; }

    public required string ValueFormat { get; init; }

    public required bool Compacted { get; init; }

    public required long? RetentionMs { get; init; }

    /// <summary>Of each partition.</summary>
    public required long? RetentionBytes { get; init; }

    /// <summary>The pipeline whose own topic it is; null for a topic of users.</summary>
    public required string? Pipeline { get; init; }

    /// <summary>What each partition holds, in their order.</summary>
    public required IReadOnlyList<PartitionDescription> Ranges { get; init; }

    public static TopicDescription Of(ILogView view, TopicInfo topic)
    {
        PartitionDescription[] ranges = [.. Enumerable.Range(0, topic.Partitions).Select(partition => PartitionDescription.Of(partition, view.Range(topic, partition)))];
        return new TopicDescription
        {
            Name = topic.Name,
            Id = topic.Id,
            Partitions = topic.Partitions,
            Offsets = ranges.Sum(range => range.NextOffset - range.FirstOffset),
            Bytes = ranges.Sum(range => range.Bytes),
            BytesEstimated = ranges.Any(range => range.BytesEstimated),
            KeyFormat = topic.Spec.KeyFormat,
            ValueFormat = topic.Spec.ValueFormat,
            Compacted = topic.Spec.Compacted,
            RetentionMs = (long?)topic.Spec.RetentionTime?.TotalMilliseconds,
            RetentionBytes = topic.Spec.RetentionBytes,
            Pipeline = topic.Spec.Owner,
            Ranges = ranges,
        };
    }
}

/// <summary>What a partition holds, as <c>--json</c> shows it.</summary>
internal sealed record PartitionDescription(int Partition, long FirstOffset, long NextOffset, long Bytes, bool BytesEstimated)
{
    public static PartitionDescription Of(int partition, PartitionRange range) => new(partition, range.FirstOffset, range.NextOffset, range.Bytes, range.IsEstimated);
}
