using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>What a topic is to be like when it is made.</summary>
/// <param name="Name">Its name: letters, digits, <c>.</c>, <c>-</c> and <c>_</c>, at most 249 of them.</param>
/// <param name="Partitions">How many partitions, 1 or more.</param>
public sealed record TopicSpec(string Name, int Partitions = 1)
{
    /// <summary>The most partitions a topic may have.</summary>
    public const int PartitionsMax = 4096;

    /// <summary>The longest name, in characters; Kafka's limit.</summary>
    public const int NameLengthMax = 249;

    /// <summary>How long records are kept, counted from when they were appended; null keeps them for ever.</summary>
    public TimeSpan? RetentionTime { get; init; }

    /// <summary>How many bytes of each partition are kept, the youngest ones; null keeps all.</summary>
    public long? RetentionBytes { get; init; }

    /// <summary>Whether only the last record of each key has to be kept.</summary>
    public bool Compacted { get; init; }

    /// <summary>The format of the keys (<see cref="ISerde{T}.Format"/>), for tools that show them; empty when unknown.</summary>
    public string KeyFormat { get; init; } = "";

    /// <summary>The format of the values, for tools that show them; empty when unknown.</summary>
    public string ValueFormat { get; init; } = "";

    /// <summary>The pipeline whose own topic it is (internal topics, dead letters); null for a topic of users.</summary>
    public string? Owner { get; init; }

    /// <summary>Whether <paramref name="name"/> may name a topic.</summary>
    public static bool IsValidName(string? name) =>
        !string.IsNullOrEmpty(name) && name.Length <= NameLengthMax && name is not ("." or "..") &&
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>Refuses what no log can make.</summary>
    /// <exception cref="TopicException">The name is not allowed, or the number of partitions.</exception>
    public void Check()
    {
        if (!IsValidName(Name))
        {
            throw new TopicException($"'{Name}' can't name a topic: letters, digits, '.', '-' and '_' may be used, at most {NameLengthMax} of them");
        }

        if (Partitions is < 1 or > PartitionsMax)
        {
            throw new TopicException($"topic {Name} can't have {Partitions} partitions: 1 to {PartitionsMax} may be");
        }
    }
}

/// <summary>A topic there is.</summary>
/// <param name="Id">Its identity: a topic deleted and made anew under the same name has another.</param>
/// <param name="Number">The log's own number for it, never given twice.</param>
/// <param name="Spec">What it is like.</param>
public sealed record TopicInfo(string Id, uint Number, TopicSpec Spec)
{
    /// <summary>Its name.</summary>
    public string Name => Spec.Name;

    /// <summary>The most bytes that key, value and headers of one record may have together.</summary>
    public int RecordBytesMax { get; init; } = int.MaxValue;

    /// <summary>The earliest event time that a record of it may have, in milliseconds since 1970.</summary>
    public long TimestampMin { get; init; } = long.MinValue;

    /// <summary>How far ahead of the clock the event time of a record may be, in milliseconds; the largest number where any may be.</summary>
    public long TimesAheadMax { get; init; } = long.MaxValue;

    /// <summary>How many partitions it has.</summary>
    public int Partitions => Spec.Partitions;
}

/// <summary>What a partition holds, as a committed reader sees it.</summary>
/// <param name="FirstOffset">The first offset that can be read; the next one when there is none.</param>
/// <param name="NextOffset">The offset that the next record will get.</param>
/// <param name="Bytes">About how many bytes it holds.</param>
public readonly record struct PartitionRange(long FirstOffset, long NextOffset, long Bytes)
{
    /// <summary>Whether the log doesn't know its size, and it is reckoned from the number of offsets.</summary>
    public bool IsEstimated { get; init; }
}

/// <summary>
/// A topic, or a place in it, is not what it was taken for: deleted, made anew, removed by retention.
/// </summary>
public sealed class TopicException(string message) : Exception(message);

/// <summary>
/// What lies at an offset was removed (by retention, by a purge), or the offset was never reached.
/// </summary>
public sealed class OffsetOutOfRangeException(string topic, int partition, long offset, PartitionRange range) : Exception(
    $"offset {offset} of topic {topic}, partition {partition}, can't be read: the partition holds {range.FirstOffset} to {range.NextOffset - 1}")
{
    /// <summary>What the partition holds.</summary>
    public PartitionRange Range { get; } = range;
}
