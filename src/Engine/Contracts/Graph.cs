using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>A pipeline as it was defined: stages and how they hang together. Immutable once it is built.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Stages">All stages, each behind those it takes from.</param>
public sealed record PipelineDefinition(PipelineName Name, IReadOnlyList<StageNode> Stages)
{
    /// <summary>What it promises.</summary>
    public Guarantee Guarantee { get; init; } = Guarantee.ExactlyOnce;

    /// <summary>The folder that relative paths of sources count from.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Settings given in code, by their keys below <c>stream-engine.pipelines.NAME</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>Where a stage stands in its author's source.</summary>
/// <param name="Text">The expression it was made of, as it is written there.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line.</param>
public sealed record SourceLabel(string Text, string File, int Line)
{
    private const int TextLengthMax = 80;

    /// <summary>The expression in one line, cut where it is long.</summary>
    public string Short { get; } = Shorten(Text);

    /// <inheritdoc/>
    public override string ToString() => $"{Short} ({Path.GetFileName(File)}:{Line})";

    private static string Shorten(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= TextLengthMax ? line : line[..(TextLengthMax - 1)] + "…";
    }
}

/// <summary>A stage of a pipeline: a source, an operator, or a sink.</summary>
public abstract class StageNode
{
    private protected StageNode(string kind, string name, SourceLabel label, IReadOnlyList<StageNode> inputs)
    {
        Kind = kind;
        Name = NameRule.Check(name, "a stage");
        Label = label;
        Inputs = inputs;
    }

    /// <summary>What it does: <c>where</c>, <c>aggregate</c>, <c>files</c>.</summary>
    public string Kind { get; }

    /// <summary>Its name, unique in the pipeline and never made from a line number.</summary>
    public string Name { get; }

    /// <summary>Where it stands in the source.</summary>
    public SourceLabel Label { get; }

    /// <summary>The stages it takes records from.</summary>
    public IReadOnlyList<StageNode> Inputs { get; }

    /// <summary>What it hands on; null for a sink.</summary>
    public abstract StreamShape? Output { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Label}";
}

/// <summary>A source of a pipeline.</summary>
public sealed class SourceNode(string name, SourceLabel label, SourceDefinition source, StreamShape shape)
    : StageNode(source.Connector, name, label, [])
{
    /// <summary>What it reads.</summary>
    public SourceDefinition Source { get; } = source;

    /// <inheritdoc/>
    public override StreamShape Output { get; } = shape;
}

/// <summary>A sink of a pipeline.</summary>
public abstract class SinkNode : StageNode
{
    private protected SinkNode(string name, SourceLabel label, SinkDefinition sink, StageNode input)
        : base(sink.Connector, name, label, [input]) => Sink = sink;

    /// <summary>What it writes to.</summary>
    public SinkDefinition Sink { get; }

    /// <inheritdoc/>
    public override StreamShape? Output => null;

    /// <summary>The topic of the engine's log that it writes to; null for what lies outside.</summary>
    public abstract TopicSpec? Topic { get; }

    /// <summary>Makes the half of the sink that runs in a segment.</summary>
    internal abstract Receiver CreateEncoder(ISinkWriter writer, IStageContext context, IElementOutput output);
}

/// <summary>A sink of typed records.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed class SinkNode<TKey, TValue>(string name, SourceLabel label, SinkDefinition<TKey, TValue> sink, StageNode input)
    : SinkNode(name, label, sink, input)
{
    /// <inheritdoc/>
    public override TopicSpec? Topic => sink.TopicFor(Shape);

    private StreamShape<TKey, TValue> Shape => (StreamShape<TKey, TValue>)Inputs[0].Output!;

    internal override Receiver CreateEncoder(ISinkWriter writer, IStageContext context, IElementOutput output) =>
        sink.CreateEncoder(Shape, writer, context, output);
}

/// <summary>An operator that is a link of a segment.</summary>
public abstract class OperatorNode : StageNode
{
    private protected OperatorNode(string kind, string name, SourceLabel label, StageNode input, StreamShape output)
        : base(kind, name, label, [input]) => Output = output;

    /// <inheritdoc/>
    public override StreamShape Output { get; }

    /// <summary>Whether records leave it under another key, so that keyed state behind it needs them re-keyed through an internal topic.</summary>
    public bool ChangesKey { get; init; }

    /// <summary>
    /// Whether it makes keys finer without moving records: what had another key still has, so records of the new key are together where those of the old
    /// one were.
    /// </summary>
    public bool RefinesKey { get; init; }

    /// <summary>Makes the link.</summary>
    internal abstract Receiver Create(IStageContext context, Receiver next);
}

/// <summary>An operator that is a link of a segment, by types.</summary>
/// <typeparam name="TKey">The type of the keys it takes.</typeparam>
/// <typeparam name="TValue">The type of the values it takes.</typeparam>
/// <typeparam name="TNextKey">The type of the keys it hands on.</typeparam>
/// <typeparam name="TNextValue">The type of the values it hands on.</typeparam>
public class OperatorNode<TKey, TValue, TNextKey, TNextValue> : OperatorNode
{
    private readonly Func<IStageContext, Receiver<TNextKey, TNextValue>, Receiver<TKey, TValue>> create;

    /// <summary>Makes a node.</summary>
    /// <param name="kind">What it does.</param>
    /// <param name="name">Its name.</param>
    /// <param name="label">Where it stands in the source.</param>
    /// <param name="input">Where it takes records from.</param>
    /// <param name="output">What it hands on.</param>
    /// <param name="create">Makes the link, once for each task and attempt.</param>
    public OperatorNode(
        string kind,
        string name,
        SourceLabel label,
        StageNode input,
        StreamShape<TNextKey, TNextValue> output,
        Func<IStageContext, Receiver<TNextKey, TNextValue>, Receiver<TKey, TValue>> create)
        : base(kind, name, label, input, output) => this.create = create;

    internal override Receiver Create(IStageContext context, Receiver next) => create(context, (Receiver<TNextKey, TNextValue>)next);
}

/// <summary>Keyed state that an operator declares.</summary>
/// <param name="Name">Its name, unique in the pipeline; state is found again by it.</param>
/// <param name="Shape">What its keys and values look like.</param>
/// <param name="IsNameDerived">Whether nobody gave it a name: an edit of the graph may then lose it.</param>
public sealed record StateDeclaration(string Name, string Shape, bool IsNameDerived);

/// <summary>An operator with keyed state.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values it takes.</typeparam>
/// <typeparam name="TNextValue">The type of the values it hands on.</typeparam>
public sealed class StatefulNode<TKey, TValue, TNextValue>(
    string kind,
    string name,
    SourceLabel label,
    StageNode input,
    StreamShape<TKey, TNextValue> output,
    StateDeclaration state,
    Func<IStageContext, Receiver<TKey, TNextValue>, Receiver<TKey, TValue>> create)
    : OperatorNode<TKey, TValue, TKey, TNextValue>(kind, name, label, input, output, create), IStatefulNode
{
    /// <inheritdoc/>
    public StateDeclaration State { get; } = state;
}

/// <summary>What all operators with keyed state have in common.</summary>
public interface IStatefulNode
{
    /// <summary>The state.</summary>
    StateDeclaration State { get; }
}

/// <summary>Several streams of one type as one.</summary>
public sealed class MergeNode(string name, SourceLabel label, IReadOnlyList<StageNode> inputs, StreamShape shape)
    : StageNode("merge", name, label, inputs)
{
    /// <inheritdoc/>
    public override StreamShape Output { get; } = shape;
}

/// <summary>An operator whose function returns later: a stage of its own, which the barrier waits for.</summary>
public abstract class AsyncNode : StageNode
{
    private protected AsyncNode(string name, SourceLabel label, StageNode input, StreamShape output, int concurrency, bool ordered)
        : base("select-async", name, label, [input])
    {
        Output = output;
        Concurrency = concurrency;
        IsOrdered = ordered;
    }

    /// <inheritdoc/>
    public override StreamShape Output { get; }

    /// <summary>How many calls of a task may be under way at once.</summary>
    public int Concurrency { get; }

    /// <summary>Whether results leave in the order of the records; if not, only those of one key do.</summary>
    public bool IsOrdered { get; }

    /// <summary>Calls a visitor with the types.</summary>
    public abstract TResult Accept<TResult>(IAsyncVisitor<TResult> visitor);
}

/// <summary>Does something that needs the types of an asynchronous operator.</summary>
/// <typeparam name="TResult">What comes of it.</typeparam>
public interface IAsyncVisitor<out TResult>
{
    /// <summary>Does it.</summary>
    TResult Visit<TKey, TValue, TNextValue>(AsyncNode<TKey, TValue, TNextValue> node);
}

/// <summary>An operator whose function returns later, by types.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values it takes.</typeparam>
/// <typeparam name="TNextValue">The type of the values it hands on.</typeparam>
public sealed class AsyncNode<TKey, TValue, TNextValue>(
    string name,
    SourceLabel label,
    StageNode input,
    StreamShape<TKey, TNextValue> output,
    int concurrency,
    bool ordered,
    Func<TKey, TValue, CancellationToken, ValueTask<TNextValue>> call)
    : AsyncNode(name, label, input, output, concurrency, ordered)
{
    /// <summary>The function. It is cancelled when the task stops.</summary>
    public Func<TKey, TValue, CancellationToken, ValueTask<TNextValue>> Call { get; } = call;

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IAsyncVisitor<TResult> visitor) => visitor.Visit(this);
}
