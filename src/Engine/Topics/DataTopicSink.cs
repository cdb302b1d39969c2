using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Topics;

/// <summary>A topic as a sink of records without a type of their own, whatever their keys are.</summary>
/// <param name="spec">What the topic is like when it is made.</param>
internal sealed class DataTopicSink(TopicSpec spec) : ValueSinkDefinition<DataObject>
{
    /// <summary>How keys become bytes; when null what the stream has, which is JSON where it has the engine's own bytes.</summary>
    public ISerde<DataObject>? Keys { get; init; }

    /// <summary>How values become bytes; when null what the stream has, which is JSON where it has the engine's own bytes.</summary>
    public ISerde<DataObject>? Values { get; init; }

    public override SinkDefinition<TKey, DataObject> For<TKey>() => new Definition<TKey>(this, spec);

    private static ISerde<T> Open<T>(ISerde<DataObject>? given, ISerde<T> own)
    {
        if (given is ISerde<T> asked) return asked;
        return own.Format == DataSerdes.Exact.Format && DataSerdes.Json is ISerde<T> json ? json : own;
    }

    /// <summary>The topic for a stream, whose own bytes may be written.</summary>
    private sealed class Definition<TKey>(DataTopicSink sink, TopicSpec spec) : SinkDefinition<TKey, DataObject>
    {
        private readonly TopicSinkDefinition<TKey, DataObject> any = new(new Topic<TKey, DataObject>(spec, null, null));

        public override string Connector => any.Connector;

        public override string Target => any.Target;

        public override string Slug => any.Slug;

        public override CommitPoint CommitPoint => any.CommitPoint;

        public override TopicSpec? TopicFor(StreamShape<TKey, DataObject> shape) => With(shape).TopicFor(shape);

        public override ISinkWriter Open(SinkContext context) => any.Open(context);

        public override Receiver<TKey, DataObject> CreateEncoder(StreamShape<TKey, DataObject> shape, ISinkWriter writer, IStageContext context, IElementOutput output) =>
            With(shape).CreateEncoder(shape, writer, context, output);

        private TopicSinkDefinition<TKey, DataObject> With(StreamShape<TKey, DataObject> shape) =>
            new(new Topic<TKey, DataObject>(spec, DataTopicSink.Open(sink.Keys, shape.KeySerde), DataTopicSink.Open(sink.Values, shape.ValueSerde)));
    }
}
