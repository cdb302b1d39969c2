using StreamEngine.Records;
using StreamEngine.Topics;

namespace StreamEngine.Contracts;

/// <summary>Names topics of the engine's log, as sources and as sinks.</summary>
public static class Topic
{
    /// <summary>A topic whose keys and values have the pipeline's serdes of their types.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">How many partitions it gets when it is made here; 1 unless given. An existing topic keeps its own.</param>
    public static Topic<TKey, TValue> Of<TKey, TValue>(string name, int partitions = 1) => new(new TopicSpec(name, partitions), null, null);

    /// <summary>A topic with serdes of its own.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="key">How keys become bytes.</param>
    /// <param name="value">How values become bytes.</param>
    /// <param name="partitions">How many partitions it gets when it is made here; 1 unless given. An existing topic keeps its own.</param>
    public static Topic<TKey, TValue> Of<TKey, TValue>(string name, ISerde<TKey> key, ISerde<TValue> value, int partitions = 1) =>
        new(new TopicSpec(name, partitions), key, value);
}

/// <summary>
/// A topic of the engine's log, to read from or to write to. A topic that is written to and doesn't exist is made, as it is described here.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed record Topic<TKey, TValue>
{
    internal Topic(TopicSpec spec, ISerde<TKey>? keySerde, ISerde<TValue>? valueSerde)
    {
        if (!TopicSpec.IsValidName(spec.Name))
        {
            throw new ArgumentException($"'{spec.Name}' can't name a topic: letters, digits, '.', '-' and '_' may be used, at most {TopicSpec.NameLengthMax} of them");
        }

        Spec = spec;
        KeySerde = keySerde;
        ValueSerde = valueSerde;
    }

    /// <summary>What it is like when it is made.</summary>
    public TopicSpec Spec { get; private init; }

    /// <summary>How keys become bytes; the pipeline's own serde when null.</summary>
    public ISerde<TKey>? KeySerde { get; }

    /// <summary>How values become bytes; the pipeline's own serde when null.</summary>
    public ISerde<TValue>? ValueSerde { get; }

    /// <summary>Where reading begins.</summary>
    public StartPlace Start { get; private init; }

    /// <summary>Where reading begins in partitions by their numbers; null where <see cref="Start"/> says it for all.</summary>
    internal IReadOnlyDictionary<int, long>? Offsets { get; private init; }

    /// <summary>What becomes of a position whose records are gone.</summary>
    internal OutOfRange OutOfRange { get; private init; }

    /// <summary>Chooses the partition of a key; null leaves it to the hash of the key's bytes, as Kafka's Java client has it.</summary>
    public Func<TKey, int, int>? Partitioner { get; private init; }

    /// <summary>Only the last record of each key has to be kept.</summary>
    public Topic<TKey, TValue> Compacted() => this with { Spec = Spec with { Compacted = true } };

    /// <summary>How long records are kept, counted from when they were appended, and how many bytes of each partition.</summary>
    public Topic<TKey, TValue> Retention(TimeSpan? time = null, long? bytes = null) =>
        this with { Spec = Spec with { RetentionTime = time, RetentionBytes = bytes } };

    /// <summary>Reading begins with the first record there is, unless there is a position.</summary>
    public Topic<TKey, TValue> FromEarliest() => From(new StartPlace(StartPlaceKind.Earliest));

    /// <summary>Reading begins behind the last record there is, unless there is a position.</summary>
    public Topic<TKey, TValue> FromLatest() => From(new StartPlace(StartPlaceKind.Latest));

    /// <summary>Reading begins with the first record of that event time or a later one, unless there is a position.</summary>
    public Topic<TKey, TValue> FromTime(DateTimeOffset time) => From(new StartPlace(StartPlaceKind.Time, time));

    /// <summary>Reading begins at offsets, unless there are positions; in partitions that aren't named, with their first record.</summary>
    /// <param name="offsets">The offsets by the partitions' numbers.</param>
    public Topic<TKey, TValue> FromOffsets(IReadOnlyDictionary<int, long> offsets)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        foreach (long offset in offsets.Values) ArgumentOutOfRangeException.ThrowIfNegative(offset, nameof(offsets));
        return From(new StartPlace(StartPlaceKind.Earliest), new Dictionary<int, long>(offsets));
    }

    /// <summary>Says what becomes of a position whose records are gone; unless said, the pipeline fails.</summary>
    public Topic<TKey, TValue> WhenOutOfRange(OutOfRange then) => this with { OutOfRange = then };

    /// <summary>Chooses the partition of each record by its key.</summary>
    /// <param name="partitioner">Gets the key and the number of partitions; returns one from 0 to below that number.</param>
    public Topic<TKey, TValue> PartitionBy(Func<TKey, int, int> partitioner) => this with { Partitioner = partitioner };

    /// <summary>The topic as a source.</summary>
    public SourceDefinition<TKey, TValue> AsSource() => new TopicSourceDefinition<TKey, TValue>(this);

    /// <summary>The topic as a sink. Its encoder takes any <see cref="ITopicSinkWriter"/>, so that topics elsewhere are written as those of the log are.</summary>
    public SinkDefinition<TKey, TValue> AsSink() => new TopicSinkDefinition<TKey, TValue>(this);

    /// <summary>Reading begins at that place, and where offsets are given, there; unless there is a position.</summary>
    internal Topic<TKey, TValue> From(StartPlace place, IReadOnlyDictionary<int, long>? offsets = null) => this with { Start = place, Offsets = offsets };
}
