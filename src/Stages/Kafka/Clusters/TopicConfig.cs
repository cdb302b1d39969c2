using System.Globalization;
using Confluent.Kafka.Admin;
using StreamEngine.Contracts;

namespace StreamEngine.Kafka.Clusters;

/// <summary>How a topic's description becomes configuration of Kafka's, and the other way round.</summary>
internal static class TopicConfig
{
    /// <summary>How long a changelog keeps tombstones: a local copy that was last current before that is made anew.</summary>
    public static readonly TimeSpan ChangelogTombstones = TimeSpan.FromDays(1);

    private const string Policy = "cleanup.policy";
    private const string RetentionMs = "retention.ms";
    private const string RetentionBytes = "retention.bytes";
    // Brokers refuse records of times an hour ahead or more unless they are told otherwise; an event's time may be any.
    private const string TimesAhead = "message.timestamp.after.max.ms";
    private const string AnyTime = "9223372036854775807";
    private const string MessageBytes = "max.message.bytes";

    /// <summary>
    /// The configuration of a topic that is made: retention is always said, since a broker counts it by the records' own times and its default would remove
    /// old events within minutes.
    /// </summary>
    public static Dictionary<string, string> Of(TopicSpec spec) => new()
    {
        [Policy] = !spec.Compacted ? "delete" : spec.RetentionTime is null && spec.RetentionBytes is null ? "compact" : "compact,delete",
        [RetentionMs] = spec.RetentionTime is { } time ? Text((long)time.TotalMilliseconds) : "-1",
        [RetentionBytes] = spec.RetentionBytes is { } bytes ? Text(bytes) : "-1",
        [TimesAhead] = AnyTime,
    };

    /// <summary>The configuration of a pipeline's positions topic: compacted, in small segments so that a start reads little.</summary>
    public static Dictionary<string, string> Positions() => new()
    {
        [Policy] = "compact",
        [RetentionMs] = "-1",
        [RetentionBytes] = "-1",
        ["segment.bytes"] = Text(16 << 20),
        ["segment.ms"] = Text(600_000),
        ["min.cleanable.dirty.ratio"] = "0.1",
    };

    /// <summary>The configuration of a changelog.</summary>
    public static Dictionary<string, string> Changelog() => new()
    {
        [Policy] = "compact",
        [RetentionMs] = "-1",
        [RetentionBytes] = "-1",
        ["delete.retention.ms"] = Text((long)ChangelogTombstones.TotalMilliseconds),
        ["segment.bytes"] = Text(64 << 20),
    };

    /// <summary>What a topic is like by its configuration.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">How many partitions it has.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="recordBytesMax">The most bytes of a record.</param>
    /// <param name="timesAheadMax">How far ahead of the clock a record's time may be, in milliseconds.</param>
    public static TopicSpec Read(string name, int partitions, DescribeConfigsResult config, out int recordBytesMax, out long timesAheadMax)
    {
        timesAheadMax = Number(config, TimesAhead) ?? long.MaxValue;
        string policy = Value(config, Policy) ?? "delete";
        bool deletes = policy.Contains("delete", StringComparison.Ordinal);
        recordBytesMax = (int)(Number(config, MessageBytes) ?? int.MaxValue);
        return new TopicSpec(name, partitions)
        {
            Compacted = policy.Contains("compact", StringComparison.Ordinal),
            RetentionTime = deletes && Number(config, RetentionMs) is >= 0 and { } time ? TimeSpan.FromMilliseconds(Math.Min(time, (long)TimeSpan.MaxValue.TotalMilliseconds)) : null,
            RetentionBytes = deletes && Number(config, RetentionBytes) is >= 0 and { } bytes ? bytes : null,
            Owner = OwnTopics.OwnerOf(name),
        };
    }

    private static string? Value(DescribeConfigsResult config, string name) => config.Entries.TryGetValue(name, out ConfigEntryResult? entry) ? entry.Value : null;

    private static long? Number(DescribeConfigsResult config, string name) =>
        long.TryParse(Value(config, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
