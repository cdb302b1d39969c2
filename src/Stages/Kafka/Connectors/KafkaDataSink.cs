using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Kafka.Connectors;

/// <summary>A topic of a cluster as a sink of records without a type of their own, whatever their keys are.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="name">The topic.</param>
/// <param name="partitionsMade">How many partitions it gets when it is made; 0 when it isn't.</param>
internal sealed class KafkaDataSink(KafkaAddress cluster, string name, int partitionsMade) : ValueSinkDefinition<DataObject>
{
    /// <summary>How keys become bytes; when null what the stream has, which is JSON where it has the engine's own bytes.</summary>
    public ISerde<DataObject>? Keys { get; init; }

    /// <summary>How values become bytes; when null what the stream has, which is JSON where it has the engine's own bytes.</summary>
    public ISerde<DataObject>? Values { get; init; }

    public override SinkDefinition<TKey, DataObject> For<TKey>() => new Definition<TKey>(this);

    private static ISerde<T> Open<T>(ISerde<DataObject>? given, ISerde<T> own)
    {
        if (given is ISerde<T> asked) return asked;
        return own.Format == DataSerdes.Exact.Format && DataSerdes.Json is ISerde<T> json ? json : own;
    }

    private KafkaTopic<TKey, DataObject> Topic<TKey>(ISerde<TKey>? key, ISerde<DataObject>? value)
    {
        KafkaTopic<TKey, DataObject> topic = key is null || value is null ? KafkaTopic.Of<TKey, DataObject>(cluster, name) : KafkaTopic.Of(cluster, name, key, value);
        return partitionsMade > 0 ? topic.MadeWhenMissing(partitionsMade) : topic;
    }

    /// <summary>The topic for a stream, whose own bytes may be written.</summary>
    private sealed class Definition<TKey>(KafkaDataSink sink) : SinkDefinition<TKey, DataObject>
    {
        private readonly SinkDefinition<TKey, DataObject> any = sink.Topic<TKey>(null, null).AsSink();

        public override string Connector => any.Connector;

        public override string Target => any.Target;

        public override string Slug => any.Slug;

        public override CommitPoint CommitPoint => any.CommitPoint;

        public override ISinkWriter Open(SinkContext context) => any.Open(context);

        public override string? Check(string folder) => any.Check(folder);

        public override Receiver<TKey, DataObject> CreateEncoder(StreamShape<TKey, DataObject> shape, ISinkWriter writer, IStageContext context, IElementOutput output) =>
            sink.Topic(KafkaDataSink.Open(sink.Keys, shape.KeySerde), KafkaDataSink.Open(sink.Values, shape.ValueSerde)).AsSink().CreateEncoder(shape, writer, context, output);
    }
}
