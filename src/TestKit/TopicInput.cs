using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>
/// Collects records for a topic and appends them as whole chunks, the way an outside program that writes in batches does. Not thread-safe.
/// </summary>
internal sealed class TopicInput(InMemoryLog log, TopicInfo topic)
{
    private readonly ChunkPool pool = new();
    private readonly ByteWriter keyBytes = new();
    private readonly ByteWriter valueBytes = new();
    private readonly Dictionary<int, ChunkBuilder> builders = [];
    private int turn;

    /// <summary>Adds a record; the partition is the key's when <paramref name="partition"/> is null, each in turn when there is no key.</summary>
    public void Add<TKey, TValue>(Topic<TKey, TValue> definition, StreamShape<TKey, TValue> shape, TKey key, TValue value, long time, RecordHeaders headers, int? partition)
    {
        bool hasKey = shape.HasKey && key is not null;
        keyBytes.Clear();
        valueBytes.Clear();
        if (hasKey) shape.KeySerde.Serialize(key, keyBytes);
        if (value is not null) shape.ValueSerde.Serialize(value, valueBytes);
        Append(partition ?? Choose(definition, key, hasKey), hasKey, value is not null, time, headers);
    }

    /// <summary>Adds a record whose value is null.</summary>
    public void AddTombstone<TKey, TValue>(Topic<TKey, TValue> definition, StreamShape<TKey, TValue> shape, TKey key, long time)
    {
        keyBytes.Clear();
        valueBytes.Clear();
        shape.KeySerde.Serialize(key, keyBytes);
        Append(Choose(definition, key, hasKey: true), hasKey: true, hasValue: false, time, default);
    }

    /// <summary>Appends what was collected.</summary>
    public void Deliver()
    {
        foreach (int partition in builders.Keys.Order()) Deliver(partition);
    }

    private int Choose<TKey, TValue>(Topic<TKey, TValue> definition, TKey key, bool hasKey)
    {
        if (!hasKey) return turn++ % topic.Partitions;
        return definition.Partitioner is { } choose ? choose(key, topic.Partitions) : Murmur2.Partition(keyBytes.Written, topic.Partitions);
    }

    private void Append(int partition, bool hasKey, bool hasValue, long time, RecordHeaders headers)
    {
        if ((uint)partition >= (uint)topic.Partitions) throw new TopicException($"topic {topic.Name} has {topic.Partitions} partitions, so none of number {partition}");
        if (!builders.TryGetValue(partition, out ChunkBuilder? builder)) builders[partition] = builder = new ChunkBuilder(pool, partition);
        builder.Append(keyBytes.Written, hasKey, valueBytes.Written, hasValue, time, headers);
        if (builder.IsFull) Deliver(partition);
    }

    private void Deliver(int partition)
    {
        if (builders[partition].Take() is not { } chunk) return;
        log.Append(topic, [chunk]);
        chunk.Release();
    }
}
