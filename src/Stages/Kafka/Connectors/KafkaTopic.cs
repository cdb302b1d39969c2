using StreamEngine.Contracts;
using StreamEngine.Kafka.Connectors;
using StreamEngine.Records;

namespace StreamEngine.Kafka;

/// <summary>Names topics of Kafka clusters beside the engine's log, as sources and as sinks.</summary>
public static class KafkaTopic
{
    /// <summary>A topic whose keys and values have the pipeline's serdes of their types.</summary>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="name">Its name.</param>
    public static KafkaTopic<TKey, TValue> Of<TKey, TValue>(KafkaAddress cluster, string name) => new(cluster, Topic.Of<TKey, TValue>(name), null);

    /// <summary>A topic with serdes of its own.</summary>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="name">Its name.</param>
    /// <param name="key">How keys become bytes.</param>
    /// <param name="value">How values become bytes.</param>
    public static KafkaTopic<TKey, TValue> Of<TKey, TValue>(KafkaAddress cluster, string name, ISerde<TKey> key, ISerde<TValue> value) =>
        new(cluster, Topic.Of(name, key, value), null);

    /// <summary>All topics whose whole names match, to read from; those that are made while the pipeline follows too. The engine's own are not among them.</summary>
    /// <param name="cluster">Their cluster.</param>
    /// <param name="pattern">A regular expression without back references: <c>orders-.*</c>.</param>
    /// <exception cref="Diagnostics.EngineException">The pattern can't be read.</exception>
    public static KafkaTopic<TKey, TValue> Matching<TKey, TValue>(KafkaAddress cluster, string pattern) => new(cluster, null, TopicPattern.Parse(pattern));

    /// <summary>All topics whose whole names match, with serdes of their own.</summary>
    /// <inheritdoc cref="Matching{TKey, TValue}(KafkaAddress, string)"/>
    /// <param name="cluster">Their cluster.</param>
    /// <param name="pattern">A regular expression without back references.</param>
    /// <param name="key">How keys become bytes.</param>
    /// <param name="value">How values become bytes.</param>
    public static KafkaTopic<TKey, TValue> Matching<TKey, TValue>(KafkaAddress cluster, string pattern, ISerde<TKey> key, ISerde<TValue> value) =>
        new(cluster, null, TopicPattern.Parse(pattern)) { KeySerde = key, ValueSerde = value };
}

/// <summary>
/// A topic of a Kafka cluster beside the engine's log, to read from or to write to. What is read is committed wherever the task commits; what is written is committed
/// with the task's positions in one transaction of that cluster.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed record KafkaTopic<TKey, TValue>
{
    internal KafkaTopic(KafkaAddress cluster, Topic<TKey, TValue>? topic, TopicPattern? pattern)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        Cluster = cluster;
        Written = topic;
        Pattern = pattern;
        KeySerde = topic?.KeySerde;
        ValueSerde = topic?.ValueSerde;
    }

    /// <summary>Its cluster.</summary>
    public KafkaAddress Cluster { get; }

    /// <summary>How keys become bytes; the pipeline's own serde when null.</summary>
    public ISerde<TKey>? KeySerde { get; internal init; }

    /// <summary>How values become bytes; the pipeline's own serde when null.</summary>
    public ISerde<TValue>? ValueSerde { get; internal init; }

    /// <summary>The topic, as the engine's log would have it; null for a pattern.</summary>
    internal Topic<TKey, TValue>? Written { get; private init; }

    /// <summary>What the names match; null for a topic.</summary>
    internal TopicPattern? Pattern { get; }

    /// <summary>Where reading begins.</summary>
    internal KafkaStart Start { get; private init; } = new(new StartPlace(StartPlaceKind.Earliest));

    /// <summary>What becomes of a position whose records are gone.</summary>
    internal OutOfRange OutOfRange { get; private init; }

    /// <summary>How many partitions the topic gets when it is made here; 0 when it isn't.</summary>
    internal int PartitionsMade { get; private init; }

    /// <summary>Reading begins with the first record there is, unless there is a position.</summary>
    public KafkaTopic<TKey, TValue> FromEarliest() => From(new StartPlace(StartPlaceKind.Earliest));

    /// <summary>Reading begins behind the last record there is, unless there is a position; in partitions that come later, with their first record.</summary>
    public KafkaTopic<TKey, TValue> FromLatest() => From(new StartPlace(StartPlaceKind.Latest));

    /// <summary>Reading begins with the first record of that time or a later one, unless there is a position.</summary>
    public KafkaTopic<TKey, TValue> FromTime(DateTimeOffset time) => From(new StartPlace(StartPlaceKind.Time, time));

    /// <summary>Reading begins at offsets, unless there are positions; in partitions that aren't named, with their first record.</summary>
    /// <param name="offsets">The offsets by the partitions' numbers.</param>
    public KafkaTopic<TKey, TValue> FromOffsets(IReadOnlyDictionary<int, long> offsets)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        if (Pattern is not null) throw new InvalidOperationException("offsets belong to one topic, and this is a pattern");
        foreach (long offset in offsets.Values) ArgumentOutOfRangeException.ThrowIfNegative(offset, nameof(offsets));
        return this with { Start = new KafkaStart(new StartPlace(StartPlaceKind.Earliest)) { Offsets = new Dictionary<int, long>(offsets) } };
    }

    /// <summary>Says what becomes of a position whose records are gone; unless said, the pipeline fails.</summary>
    public KafkaTopic<TKey, TValue> WhenOutOfRange(OutOfRange then) => this with { OutOfRange = then };

    /// <summary>Chooses the partition of each record that is written by its key; the hash of the key's bytes unless said, as Kafka's Java client has it.</summary>
    /// <param name="partitioner">Gets the key and the number of partitions; returns one from 0 to below that number.</param>
    public KafkaTopic<TKey, TValue> PartitionBy(Func<TKey, int, int> partitioner) => this with { Written = One("written to").PartitionBy(partitioner) };

    /// <summary>Has a topic that is written to and doesn't exist be made. Unless said, that is an error: a misspelt name would be written to for ever.</summary>
    /// <param name="partitions">How many partitions it gets.</param>
    public KafkaTopic<TKey, TValue> MadeWhenMissing(int partitions = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, TopicSpec.PartitionsMax);
        One("made");
        return this with { PartitionsMade = partitions };
    }

    /// <summary>The topic, or the topics, as a source.</summary>
    public SourceDefinition<TKey, TValue> AsSource() => new KafkaSourceDefinition<TKey, TValue>(this);

    /// <summary>The topic as a sink, exactly-once.</summary>
    public SinkDefinition<TKey, TValue> AsSink()
    {
        One("written to");
        return new KafkaSinkDefinition<TKey, TValue>(this);
    }

    /// <summary>Reading begins at that place, and where offsets are given, there; unless there is a position.</summary>
    internal KafkaTopic<TKey, TValue> From(StartPlace place, IReadOnlyDictionary<int, long>? offsets = null) => this with { Start = new KafkaStart(place) { Offsets = offsets } };

    private Topic<TKey, TValue> One(string what) => Written ?? throw new InvalidOperationException($"one topic can be {what}, and this is a pattern of many");
}
