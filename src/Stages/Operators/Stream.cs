using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>
/// A stream of records in a pipeline that is being defined. Verbs are extension methods; each returns the stream that leaves the stage it adds. A stream
/// that several verbs are called on goes to all of them.
/// </summary>
/// <typeparam name="TKey">The type of the keys; <see cref="NoKey"/> where records have none.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public class Stream<TKey, TValue>
{
    internal Stream(PipelineBuilder pipeline, StageNode node)
    {
        Pipeline = pipeline;
        Node = node;
    }

    /// <summary>The pipeline it belongs to.</summary>
    internal PipelineBuilder Pipeline { get; }

    /// <summary>The stage it leaves.</summary>
    internal StageNode Node { get; }

    internal StreamShape<TKey, TValue> Shape => (StreamShape<TKey, TValue>)Node.Output!;

    /// <summary>Adds an operator behind the stream.</summary>
    internal OperatorNode<TKey, TValue, TNextKey, TNextValue> Then<TNextKey, TNextValue>(
        string kind,
        string? name,
        SourceLabel label,
        StreamShape<TNextKey, TNextValue> shape,
        Func<IStageContext, Receiver<TNextKey, TNextValue>, Receiver<TKey, TValue>> create,
        bool changesKey = false,
        bool refinesKey = false) =>
        Pipeline.Add(new OperatorNode<TKey, TValue, TNextKey, TNextValue>(kind, Pipeline.NameFor(name, kind), label, Node, shape, create)
        {
            ChangesKey = changesKey,
            RefinesKey = refinesKey,
        });

    /// <summary>The shape of a stream with the same keys and other values.</summary>
    internal StreamShape<TKey, TNext> ShapeOf<TNext>() => new(Shape.KeySerde, Pipeline.Serdes.For<TNext>());
}

/// <summary>A stream whose records are together by key: what is kept for a key sees all of its records, and those of one source partition in order.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed class KeyedStream<TKey, TValue> : Stream<TKey, TValue>
{
    internal KeyedStream(PipelineBuilder pipeline, StageNode node)
        : base(pipeline, node)
    {
    }
}
