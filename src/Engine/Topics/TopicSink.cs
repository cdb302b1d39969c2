using System.Globalization;
using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Topics;

/// <summary>A topic of the engine's log as a sink: at its commit point exactly-once, with keys in the partitions where Kafka's clients expect them.</summary>
internal sealed class TopicSinkDefinition<TKey, TValue>(Topic<TKey, TValue> topic) : SinkDefinition<TKey, TValue>
{
    public override string Connector => "topic";

    public override string Target => $"topic {topic.Spec.Name}";

    public override string Slug => TopicNames.Slug(topic.Spec.Name);

    public override CommitPoint CommitPoint => LogCommitPoint.Instance;

    public override TopicSpec TopicFor(StreamShape<TKey, TValue> shape) => topic.Spec with
    {
        KeyFormat = (topic.KeySerde ?? shape.KeySerde).Format,
        ValueFormat = (topic.ValueSerde ?? shape.ValueSerde).Format,
    };

    public override ISinkWriter Open(SinkContext context)
    {
        TopicInfo info = context.Log.Find(topic.Spec.Name) ?? throw new TopicException($"topic {topic.Spec.Name} was deleted");
        ILogSession session = context.Session ?? throw new InvalidOperationException($"{context.Name} writes to a topic, and its task doesn't commit in the log");
        return new TopicSinkWriter(session.OpenWriter(info), info);
    }

    public override Receiver<TKey, TValue> CreateEncoder(StreamShape<TKey, TValue> shape, ISinkWriter writer, IStageContext context, IElementOutput output) =>
        new TopicEncoder<TKey, TValue>(topic, shape, (ITopicSinkWriter)writer, context, output);
}

/// <summary>Encodes records into chunks, one for each partition at a time; chunks that the topic can take as they were read go on as they are.</summary>
internal sealed class TopicEncoder<TKey, TValue>(
    Topic<TKey, TValue> topic, StreamShape<TKey, TValue> shape, ITopicSinkWriter writer, IStageContext context, IElementOutput output)
    : Operator<TKey, TValue>(context), IRawReceiver, IDisposable
{
    private readonly TopicInfo info = writer.Topic;
    private readonly ISerde<TKey>? keySerde = shape.HasKey ? topic.KeySerde ?? shape.KeySerde : null;
    private readonly ISerde<TValue> valueSerde = topic.ValueSerde ?? shape.ValueSerde;
    private readonly bool copies = topic.Partitioner is null && HasFormat(topic.KeySerde, shape.KeySerde) && HasFormat(topic.ValueSerde, shape.ValueSerde);
    private readonly ChunkBuilder?[] builders = new ChunkBuilder?[writer.Topic.Partitions];
    private readonly ByteWriter keyScratch = new();
    private readonly ByteWriter valueScratch = new();
    private int turn;
    private int partition;
    private long latest = LatestOf(writer.Topic, context.Clock);

    public override void OnBarrier(Epoch epoch)
    {
        foreach (ChunkBuilder? builder in builders) Emit(builder);
        turn = (turn + 1) % info.Partitions;
        latest = LatestOf(info, Context.Clock);
    }

    /// <summary>
    /// Records that keep their keys and are in the formats of the topic go there together, if what is known of the chunk says that none of them can fail.
    /// </summary>
    public bool TryReceive(Chunk chunk)
    {
        if (!copies || !writer.Routes || keySerde is null) return false;
        if (chunk.Bytes > info.RecordBytesMax || chunk.EarliestTimestamp < info.TimestampMin || chunk.MaxTimestamp > latest) return false;
        foreach (ChunkBuilder? builder in builders) Emit(builder);
        chunk.Retain();
        output.Emit(new UnroutedChunk(chunk, turn));
        turn = (turn + 1) % info.Partitions;
        return true;
    }

    /// <summary>A record in the formats of the topic goes there by its bytes; one that is too large goes the way of those that can fail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryReceive(ref ChunkReader reader)
    {
        if (!copies) return false;
        bool hasKey = keySerde is not null && reader.HasKey;
        ReadOnlySpan<byte> key = hasKey ? reader.Key : default;
        ReadOnlySpan<byte> value = reader.Value;
        if (IsTooLarge(key.Length, value.Length, reader.Headers) || !HasGoodTime(reader.Timestamp)) return false;
        partition = hasKey ? Murmur2.Partition(key, info.Partitions) : turn;
        Append(key, hasKey, value, reader.HasValue, reader.Timestamp, reader.Headers);
        return true;
    }

    /// <summary>Gives back what was begun and never emitted.</summary>
    public void Dispose()
    {
        foreach (ChunkBuilder? builder in builders) builder?.Take()?.Release();
    }

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        if (keySerde is null || record.KeyField.IsNull)
        {
            // Without a key each partition in turn, a chunk at a time.
            partition = turn;
            Check(0, ChunkBuilder.Encode(ref record.ValueField, valueSerde, valueScratch).Length, record.Headers, record.Timestamp);
            return true;
        }

        ReadOnlySpan<byte> key = ChunkBuilder.Encode(ref record.KeyField, keySerde, keyScratch);
        partition = topic.Partitioner is { } choose ? Checked(choose(record.Key, info.Partitions)) : Murmur2.Partition(key, info.Partitions);
        Check(key.Length, ChunkBuilder.Encode(ref record.ValueField, valueSerde, valueScratch).Length, record.Headers, record.Timestamp);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        bool hasKey = keySerde is not null && !record.KeyField.IsNull;
        ReadOnlySpan<byte> key = hasKey ? Encoded(ref record.KeyField, keySerde!, keyScratch) : default;
        ReadOnlySpan<byte> value = Encoded(ref record.ValueField, valueSerde, valueScratch);
        Append(key, hasKey, value, !record.ValueField.IsNull, record.Timestamp, record.Headers);
    }

    private void Append(ReadOnlySpan<byte> key, bool hasKey, ReadOnlySpan<byte> value, bool hasValue, long timestamp, RecordHeaders headers)
    {
        ChunkBuilder builder = builders[partition] ??= new ChunkBuilder(Context.Chunks, partition);
        builder.Append(key, hasKey, value, hasValue, timestamp, headers);
        if (!builder.IsFull) return;
        Emit(builder);
        if (!hasKey) turn = (turn + 1) % info.Partitions;
    }

    /// <summary>What <see cref="Call"/> has encoded: the bytes the field was read from, or what is in the scratch.</summary>
    private static ReadOnlySpan<byte> Encoded<T>(ref Field<T> field, ISerde<T> serde, ByteWriter scratch) =>
        field.IsNull ? default : ChunkBuilder.CanCopy(in field, serde) ? field.Bytes : scratch.Written;

    /// <summary>One that the log would refuse would end its whole epoch: it is an error of the record, and the stage's policy says what becomes of it.</summary>
    private void Check(int keyLength, int valueLength, RecordHeaders headers, long timestamp)
    {
        if (!HasGoodTime(timestamp)) throw BadTime(timestamp);

        if (!IsTooLarge(keyLength, valueLength, headers)) return;
        throw new EngineException(
            ErrorDomain.User,
            $"a record of {(long)keyLength + valueLength + headers.Bytes.Length} bytes is too large for topic {info.Name}: key, value and headers may have {info.RecordBytesMax} bytes together",
            "Write less into a record, or let the topic take larger ones (max.message.bytes), and message.max.bytes of the client's settings with it.");
    }

    private bool HasGoodTime(long timestamp) => timestamp >= info.TimestampMin && timestamp <= latest;

    private EngineException BadTime(long timestamp) => new(
        ErrorDomain.User,
        string.Create(
            CultureInfo.InvariantCulture,
            $"a record of the time {timestamp} (milliseconds since 1970) can't be kept in topic {info.Name}: its log takes times from {info.TimestampMin} to {latest}"),
        timestamp < info.TimestampMin
            ? "Give the record another time, and put this one into its value."
            : "Give the record another time, or let the topic take later ones (message.timestamp.after.max.ms).");

    /// <summary>The latest time that a record may have now.</summary>
    private static long LatestOf(TopicInfo info, TimeProvider clock)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return info.TimesAheadMax > long.MaxValue - now ? long.MaxValue : now + info.TimesAheadMax;
    }

    private bool IsTooLarge(int keyLength, int valueLength, RecordHeaders headers) => (long)keyLength + valueLength + headers.Bytes.Length > info.RecordBytesMax;

    /// <summary>Whether what a stream's serde has written is what the topic's would write.</summary>
    private static bool HasFormat<T>(ISerde<T>? own, ISerde<T> stream) => own is null || own.Format == stream.Format;

    private int Checked(int chosen) => (uint)chosen < (uint)info.Partitions
        ? chosen
        : throw new InvalidOperationException($"the partitioner of topic {info.Name} chose partition {chosen}, and there are {info.Partitions}");

    private void Emit(ChunkBuilder? builder)
    {
        if (builder?.Take() is { } chunk) output.Emit(chunk);
    }
}
