using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms;

/// <summary>
/// A stream of records without types in a pipeline that is being defined: values are <see cref="DataObject"/>, keys too where there are any. Immutable; a
/// stream that several stages are added behind goes to all of them.
/// </summary>
public sealed class DataStream
{
    /// <summary>What the name of a stage is called where it is refused; every block may have it.</summary>
    public const string StageOption = "stage";

    private readonly PipelineBuilder pipeline;
    private readonly StageNode node;

    private DataStream(PipelineBuilder pipeline, StageNode node, bool isKeyed, string? keyName)
    {
        this.pipeline = pipeline;
        this.node = node;
        IsKeyed = isKeyed;
        KeyName = keyName;
        HasKeys = node.Output is StreamShape<DataObject, DataObject>;
    }

    /// <summary>Whether records have keys.</summary>
    public bool HasKeys { get; }

    /// <summary>Whether records are together by key, so that something can be kept for each: behind <c>key</c>, and from a topic.</summary>
    public bool IsKeyed { get; }

    /// <summary>What a key that is a single value is called where it becomes a field; null where nobody has said.</summary>
    public string? KeyName { get; }

    /// <summary>The stage it leaves.</summary>
    internal StageNode Node => node;

    /// <summary>How values become bytes.</summary>
    internal ISerde<DataObject> ValueSerde => HasKeys
        ? ((StreamShape<DataObject, DataObject>)node.Output!).ValueSerde
        : ((StreamShape<NoKey, DataObject>)node.Output!).ValueSerde;

    /// <summary>How keys become bytes; there must be keys.</summary>
    internal ISerde<DataObject> KeySerde => ((StreamShape<DataObject, DataObject>)node.Output!).KeySerde;

    /// <summary>A stream of a pipeline in code.</summary>
    public static DataStream Of(Stream<NoKey, DataObject> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new DataStream(stream.Pipeline, stream.Node, isKeyed: false, null);
    }

    /// <summary>A stream of a pipeline in code.</summary>
    public static DataStream Of(Stream<DataObject, DataObject> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new DataStream(stream.Pipeline, stream.Node, stream is KeyedStream<DataObject, DataObject>, null);
    }

    /// <summary>Reads a source.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="source">A <see cref="SourceDefinition{TKey, TValue}"/> whose values are data, and whose keys are data or <see cref="NoKey"/>.</param>
    /// <param name="name">The stage's name, which its positions are kept under; made from what is read when null.</param>
    /// <param name="label">What it is called, and where it is written.</param>
    public static DataStream From(PipelineBuilder pipeline, SourceDefinition source, string? name, SourceLabel label)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(label);
        return source switch
        {
            SourceDefinition<NoKey, DataObject> values => Of(pipeline.From(values, name, label.Text, label.File, label.Line)),
            SourceDefinition<DataObject, DataObject> keyed => new DataStream(
                pipeline, pipeline.From(keyed, name, label.Text, label.File, label.Line).Node, isKeyed: source.Topic is not null, null),
            _ => throw new ArgumentException($"{source.Connector} doesn't give records without types", nameof(source)),
        };
    }

    /// <summary>Lets several streams flow together; either all of them have keys, or none.</summary>
    /// <param name="others">The others.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="label">What it is called, and where it is written.</param>
    /// <exception cref="EngineException">Some have keys, and some don't.</exception>
    public DataStream Merge(IReadOnlyList<DataStream> others, string? name, SourceLabel label)
    {
        ArgumentNullException.ThrowIfNull(others);
        if (others.Count == 0) return this;
        if (others.Any(other => other.HasKeys != HasKeys))
        {
            DataStream[] keyless = [.. others.Prepend(this).Where(stream => !stream.HasKeys)];
            throw new EngineException(
                ErrorDomain.User,
                $"records of some sources have keys, and those of {string.Join(", ", keyless.Select(stream => stream.Node.Name))} have none, so they can't flow together",
                "Give them keys with a transform key of their own, or read all of them without keys.");
        }

        StreamShape shape = HasKeys
            ? new StreamShape<DataObject, DataObject>(KeySerde, CommonSerde(others))
            : new StreamShape<NoKey, DataObject>(Serdes.NoKey, CommonSerde(others));
        var merged = new MergeNode(pipeline.NameFor(name, "merge"), label, [node, .. others.Select(other => other.node)], shape);
        bool sameKeys = others.All(other => other.IsKeyed && other.HasKeys && other.KeySerde.Format == KeySerde.Format);
        string? keyName = others.All(other => other.KeyName == KeyName) ? KeyName : null;
        return new DataStream(pipeline, pipeline.Add(merged), IsKeyed && sameKeys, keyName);
    }

    /// <summary>Ends the stream in a sink.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="name">The stage's name; made from what is written to when null.</param>
    /// <param name="label">What it is called, and where it is written.</param>
    public void To(ValueSinkDefinition<DataObject> sink, string? name, SourceLabel label)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(label);
        if (HasKeys) new Stream<DataObject, DataObject>(pipeline, node).To(sink, name, label.Text, label.File, label.Line);
        else new Stream<NoKey, DataObject>(pipeline, node).To(sink, name, label.Text, label.File, label.Line);
    }

    /// <summary>Adds an operator that leaves keys as they are.</summary>
    /// <param name="transform">What it belongs to.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="serde">How the values become bytes that leave it.</param>
    /// <param name="create">Makes the operator.</param>
    internal DataStream Then(Transform transform, string? name, ISerde<DataObject> serde, IOperatorMaker create) =>
        Then(transform, transform.Label, name, serde, create);

    /// <inheritdoc cref="Then(Transform, string?, ISerde{DataObject}, IOperatorMaker)"/>
    internal DataStream Then(Transform transform, SourceLabel label, string? name, ISerde<DataObject> serde, IOperatorMaker create) => With(HasKeys
        ? Add<DataObject>(transform, label, name, serde, create)
        : Add<NoKey>(transform, label, name, serde, create));

    /// <summary>Adds an operator that gives records another key.</summary>
    internal DataStream ThenKeyed(
        Transform transform, string? name, ISerde<DataObject> keySerde, string? keyName, Func<IStageContext, Receiver<DataObject, DataObject>, Receiver> create) =>
        new(pipeline, HasKeys ? AddKey<DataObject>(transform, name, keySerde, create) : AddKey<NoKey>(transform, name, keySerde, create), isKeyed: true, keyName);

    /// <summary>Adds an operator that keeps a value for each key.</summary>
    internal DataStream ThenKept(
        Transform transform,
        string? name,
        string madeName,
        string shapeOfState,
        Func<IStageContext, Receiver<DataObject, DataObject>, Receiver<DataObject, DataObject>> create)
    {
        string stage = NameFor(name, madeName);
        return With(pipeline.Add(new StatefulNode<DataObject, DataObject, DataObject>(
            transform.Kind,
            stage,
            transform.Label,
            node,
            new StreamShape<DataObject, DataObject>(KeySerde, DataSerdes.Exact),
            new StateDeclaration(stage, shapeOfState, name is null),
            create)));
    }

    private DataStream With(StageNode next) => new(pipeline, next, IsKeyed, KeyName);

    private ISerde<DataObject> CommonSerde(IReadOnlyList<DataStream> others) => others.All(other => other.ValueSerde.Format == ValueSerde.Format) ? ValueSerde : DataSerdes.Exact;

    private OperatorNode<TKey, DataObject, TKey, DataObject> Add<TKey>(Transform transform, SourceLabel label, string? name, ISerde<DataObject> serde, IOperatorMaker create)
    {
        var shape = new StreamShape<TKey, DataObject>(((StreamShape<TKey, DataObject>)node.Output!).KeySerde, serde);
        return pipeline.Add(new OperatorNode<TKey, DataObject, TKey, DataObject>(transform.Kind, NameFor(name, transform.Kind), label, node, shape, create.Create));
    }

    private OperatorNode<TKey, DataObject, DataObject, DataObject> AddKey<TKey>(
        Transform transform, string? name, ISerde<DataObject> keySerde, Func<IStageContext, Receiver<DataObject, DataObject>, Receiver> create)
    {
        var shape = new StreamShape<DataObject, DataObject>(keySerde, ValueSerde);
        return pipeline.Add(new OperatorNode<TKey, DataObject, DataObject, DataObject>(
            transform.Kind, NameFor(name, transform.Kind), transform.Label, node, shape, (context, next) => (Receiver<TKey, DataObject>)create(context, next))
        {
            ChangesKey = true,
        });
    }

    private string NameFor(string? name, string made)
    {
        try
        {
            return pipeline.NameFor(name, made);
        }
        catch (ArgumentException e)
        {
            throw new OptionException(StageOption, e.Message, "Give one of them another name: stage = NAME.", e);
        }
    }
}
