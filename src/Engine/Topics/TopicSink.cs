using StreamEngine.Contracts;
using StreamEngine.Records;

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
        new TopicEncoder<TKey, TValue>(topic, shape, ((TopicSinkWriter)writer).Topic, context, output);
}

/// <summary>Collects the chunks of an epoch in the task's session.</summary>
internal sealed class TopicSinkWriter(ITopicWriter writer, TopicInfo topic) : ISinkWriter
{
    public TopicInfo Topic { get; } = topic;

    public bool Blocks => false;

    public void Write(Element element) => writer.Write((Chunk)element);

    public SealedOutput? Seal(Epoch epoch) => writer.Seal();

    public void Dispose() => writer.Dispose();
}

/// <summary>Encodes records into chunks, one for each partition at a time.</summary>
internal sealed class TopicEncoder<TKey, TValue>(
    Topic<TKey, TValue> topic, StreamShape<TKey, TValue> shape, TopicInfo info, IStageContext context, IElementOutput output)
    : Operator<TKey, TValue>(context), IDisposable
{
    private readonly ISerde<TKey>? keySerde = shape.HasKey ? topic.KeySerde ?? shape.KeySerde : null;
    private readonly ISerde<TValue> valueSerde = topic.ValueSerde ?? shape.ValueSerde;
    private readonly ChunkBuilder?[] builders = new ChunkBuilder?[info.Partitions];
    private readonly ByteWriter keyScratch = new();
    private readonly ByteWriter valueScratch = new();
    private int turn;
    private int partition;

    public override void OnBarrier(Epoch epoch)
    {
        foreach (ChunkBuilder? builder in builders) Emit(builder);
        turn = (turn + 1) % info.Partitions;
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
            ChunkBuilder.Encode(ref record.ValueField, valueSerde, valueScratch);
            return true;
        }

        ReadOnlySpan<byte> key = ChunkBuilder.Encode(ref record.KeyField, keySerde, keyScratch);
        partition = topic.Partitioner is { } choose ? Checked(choose(record.Key, info.Partitions)) : Murmur2.Partition(key, info.Partitions);
        ChunkBuilder.Encode(ref record.ValueField, valueSerde, valueScratch);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        ChunkBuilder builder = builders[partition] ??= new ChunkBuilder(Context.Chunks, partition);
        bool hasKey = keySerde is not null && !record.KeyField.IsNull;
        ReadOnlySpan<byte> key = hasKey ? Encoded(ref record.KeyField, keySerde!, keyScratch) : default;
        ReadOnlySpan<byte> value = Encoded(ref record.ValueField, valueSerde, valueScratch);
        builder.Append(key, hasKey, value, !record.ValueField.IsNull, record.Timestamp, record.Headers);
        if (!builder.IsFull) return;
        Emit(builder);
        if (!hasKey) turn = (turn + 1) % info.Partitions;
    }

    /// <summary>What <see cref="Call"/> has encoded: the bytes the field was read from, or what is in the scratch.</summary>
    private static ReadOnlySpan<byte> Encoded<T>(ref Field<T> field, ISerde<T> serde, ByteWriter scratch) =>
        field.IsNull ? default : ChunkBuilder.CanCopy(in field, serde) ? field.Bytes : scratch.Written;

    private int Checked(int chosen) => (uint)chosen < (uint)info.Partitions
        ? chosen
        : throw new InvalidOperationException($"the partitioner of topic {info.Name} chose partition {chosen}, and there are {info.Partitions}");

    private void Emit(ChunkBuilder? builder)
    {
        if (builder?.Take() is { } chunk) output.Emit(chunk);
    }
}
