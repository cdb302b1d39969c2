using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Stages.Tests;

/// <summary>A sink of records without a type of their own as one of typed records, for the suites that all sinks pass. Keys become single values.</summary>
internal sealed class ConvertedSink<TValue>(ValueSinkDefinition<DataObject> inner, Func<TValue, DataObject> convert) : ValueSinkDefinition<TValue>
{
    public override SinkDefinition<TKey, TValue> For<TKey>()
    {
        SinkDefinition<DataObject, DataObject> made = inner.For<DataObject>();
        return made is IStagedSink staged ? new ConvertedStagedSink<TKey, TValue>(made, staged, convert) : new ConvertedSink<TKey, TValue>(made, convert);
    }
}

/// <inheritdoc cref="ConvertedSink{TValue}"/>
internal class ConvertedSink<TKey, TValue>(SinkDefinition<DataObject, DataObject> inner, Func<TValue, DataObject> convert) : SinkDefinition<TKey, TValue>
{
    public override string Connector => inner.Connector;

    public override string Target => inner.Target;

    public override string Slug => inner.Slug;

    public override CommitPoint CommitPoint => inner.CommitPoint;

    public override ISinkWriter Open(SinkContext context) => inner.Open(context);

    public override Receiver<TKey, TValue> CreateEncoder(StreamShape<TKey, TValue> shape, ISinkWriter writer, IStageContext context, IElementOutput output)
    {
        var converted = new StreamShape<DataObject, DataObject>(DataSerdes.String, DataSerdes.Json);
        return new Encoder(inner.CreateEncoder(converted, writer, context, output), convert);
    }

    private sealed class Encoder(Receiver<DataObject, DataObject> next, Func<TValue, DataObject> convert) : Receiver<TKey, TValue>
    {
        public override void Receive(ref Record<TKey, TValue> record)
        {
            DataObject key = DataObject.Scalar(DataValue.Of((string)(object)record.Key!));
            var converted = new Record<DataObject, DataObject>(key, record.IsTombstone ? null! : convert(record.Value), record.Timestamp, record.Origin, record.Headers);
            next.Receive(ref converted);
        }

        public override void OnBarrier(Epoch epoch) => next.OnBarrier(epoch);
    }
}

/// <inheritdoc cref="ConvertedSink{TValue}"/>
internal sealed class ConvertedStagedSink<TKey, TValue>(SinkDefinition<DataObject, DataObject> inner, IStagedSink staged, Func<TValue, DataObject> convert)
    : ConvertedSink<TKey, TValue>(inner, convert), IStagedSink
{
    public StageLimits? Limits => staged.Limits;

    public void Publish(ReadOnlyMemory<byte> manifest, string folder) => staged.Publish(manifest, folder);

    public void Discard(StageOwner older, string folder) => staged.Discard(older, folder);
}
