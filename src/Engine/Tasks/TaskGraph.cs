using Akka.Streams;
using Akka.Streams.Dsl;
using StreamEngine.Contracts;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Tasks.Stages;

namespace StreamEngine.Tasks;

/// <summary>
/// The graph of a task, from its sources to its sinks. All its stages and queues are made here, from the plan:
/// <code>
/// SourceFeed -> SourceStage -> SegmentStage -> SinkStage -> ISinkWriter
///               (barriers)     (a loop over    (seals at
///                               the chunk)      the barrier)
/// </code>
/// with a <see cref="SplitStage"/> where a stream has several readers, a <see cref="MergeStage"/> where streams flow together, and an
/// <see cref="AsyncStage"/> where a function returns later; each of them ends a segment. The whole graph is one island on one thread.
/// </summary>
internal sealed class TaskGraph
{
    private readonly TaskEnvironment task;
    private readonly GraphDsl.Builder<Akka.NotUsed> builder;
    private readonly IReadOnlyDictionary<PlannedStage, ISinkWriter> writers;
    private readonly SinkLimits limits;
    private readonly List<SinkStage> sinks = [];
    private readonly Dictionary<PlannedStage, Queue<Inlet<Element>>> mergeInlets = [];

    private TaskGraph(TaskEnvironment task, GraphDsl.Builder<Akka.NotUsed> builder, IReadOnlyDictionary<PlannedStage, ISinkWriter> writers, SinkLimits limits)
    {
        this.task = task;
        this.builder = builder;
        this.writers = writers;
        this.limits = limits;
    }

    /// <summary>Makes the graph of a task.</summary>
    /// <param name="plan">The task's subgraph.</param>
    /// <param name="task">What its stages share.</param>
    /// <param name="feeds">The feed of each source.</param>
    /// <param name="writers">The writer of each sink.</param>
    /// <param name="limits">How much of an epoch a sink collects before it ends.</param>
    public static Built Build(
        SubgraphPlan plan,
        TaskEnvironment task,
        IReadOnlyDictionary<PlannedStage, SourceFeed> feeds,
        IReadOnlyDictionary<PlannedStage, ISinkWriter> writers,
        SinkLimits limits)
    {
        var controls = new List<SourceControl>();
        List<SinkStage>? sinks = null;
        IGraph<ClosedShape, Akka.NotUsed> graph = GraphDsl.Create(builder =>
        {
            var made = new TaskGraph(task, builder, writers, limits);
            sinks = made.sinks;
            foreach (PlannedStage source in plan.Sources)
            {
                var stage = new SourceStage(controls.Count, source.Node.Name, feeds[source], plan.IsInternal(source), task);
                controls.Add(stage.Control);
                made.Continue(source, builder.Add(stage).Outlet);
            }

            return ClosedShape.Instance;
        });
        return new Built(RunnableGraph.FromGraph(graph), controls, sinks!, task.Life);
    }

    /// <summary>A graph that can be run, and the ways to speak to its ends.</summary>
    /// <param name="Graph">The graph.</param>
    /// <param name="Sources">Its sources, in the order of the plan.</param>
    /// <param name="Sinks">Its sinks, in the order in which they report by number.</param>
    /// <param name="Life">Says when it has stopped.</param>
    public sealed record Built(IRunnableGraph<Akka.NotUsed> Graph, IReadOnlyList<SourceControl> Sources, IReadOnlyList<SinkStage> Sinks, GraphLife Life)
    {
        /// <summary>Runs the graph.</summary>
        public void Run(IMaterializer materializer, string dispatcher)
        {
            Life.Begin(Sources.Count + Sinks.Count);
            Graph.WithAttributes(ActorAttributes.CreateDispatcher(dispatcher)).Run(materializer);
        }
    }

    /// <summary>Leads what leaves a stage to all that take it.</summary>
    private void Continue(PlannedStage producer, Outlet<Element> outlet)
    {
        if (producer.Consumers.Count == 1)
        {
            Lead(producer, producer.Consumers[0], outlet);
            return;
        }

        UniformFanOutShape<Element, Element> split = builder.Add(new SplitStage($"{producer.Node.Name}.split", producer.Consumers.Count, task));
        builder.From(outlet).To(split.In);
        for (int n = 0; n < producer.Consumers.Count; n++) Lead(producer, producer.Consumers[n], (Outlet<Element>)split.Out(n));
    }

    /// <summary>Leads a stream into one that takes it: operators as far as they follow each other are one segment.</summary>
    private void Lead(PlannedStage producer, PlannedStage consumer, Outlet<Element> outlet)
    {
        var operators = new List<PlannedStage>();
        PlannedStage end = consumer;
        while (end.Node is OperatorNode)
        {
            operators.Add(end);
            if (end.Consumers.Count != 1) break;
            end = end.Consumers[0];
        }

        if (end.Node is SinkNode sink)
        {
            outlet = AddSegment(producer, operators, end, outlet);
            var stage = new SinkStage(sinks.Count, sink.Name, writers[end], limits, task);
            sinks.Add(stage);
            builder.From(outlet).To(builder.Add(stage).Inlet);
            return;
        }

        if (operators.Count > 0 || (end.Node is MergeNode merge && !HasFormats(producer.Node.Output!, merge.Output))) outlet = AddSegment(producer, operators, null, outlet);
        switch (end.Node)
        {
            case AsyncNode async:
                FlowShape<Element, Element> calls = builder.Add(new AsyncStage(async, new StageContext(task, async), task));
                builder.From(outlet).To(calls.Inlet);
                Continue(end, calls.Outlet);
                break;
            case MergeNode:
                builder.From(outlet).To(InletOf(end));
                break;
            default:
                Continue(end, outlet);
                break;
        }
    }

    /// <summary>
    /// Whether what leaves a stage has the formats that a merge hands on, so that what is behind the merge can read its chunks. If not, a segment of its own reads
    /// them before.
    /// </summary>
    private static bool HasFormats(StreamShape produced, StreamShape merged) =>
        produced.KeyFormat == merged.KeyFormat && produced.ValueFormat == merged.ValueFormat;

    /// <summary>The next free inlet of a merge; what leaves it goes on as soon as the merge is there.</summary>
    private Inlet<Element> InletOf(PlannedStage merge)
    {
        if (!mergeInlets.TryGetValue(merge, out Queue<Inlet<Element>>? free))
        {
            UniformFanInShape<Element, Element> shape = builder.Add(new MergeStage(merge.Node.Name, merge.Inputs.Count, task));
            mergeInlets[merge] = free = new Queue<Inlet<Element>>(shape.Ins.Cast<Inlet<Element>>());
            Continue(merge, (Outlet<Element>)shape.Out);
        }

        return free.Dequeue();
    }

    private Outlet<Element> AddSegment(PlannedStage producer, List<PlannedStage> operators, PlannedStage? sink, Outlet<Element> outlet)
    {
        IEnumerable<PlannedStage> named = operators.Append(sink).OfType<PlannedStage>().DefaultIfEmpty(producer);
        string name = string.Join("+", named.Select(stage => stage.Node.Name));
        FlowShape<Element, Element> segment = builder.Add(new SegmentStage(name, output => MakeSegment(producer, operators, sink, output), task));
        builder.From(outlet).To(segment.Inlet);
        return segment.Outlet;
    }

    private Segment MakeSegment(PlannedStage producer, List<PlannedStage> operators, PlannedStage? sink, IElementOutput output)
    {
        var contexts = new List<StageContext>();
        StageContext ContextOf(StageNode node)
        {
            var context = new StageContext(task, node);
            contexts.Add(context);
            return context;
        }

        StageNode last = operators.Count > 0 ? operators[^1].Node : producer.Node;
        Receiver link = sink is null
            ? last.Output!.Accept(new CollectorFactory(ContextOf(last), output))
            : ((SinkNode)sink.Node).CreateEncoder(writers[sink], ContextOf(sink.Node), output);
        var end = link as IElementScope;
        var links = new List<Receiver> { link };
        for (int n = operators.Count - 1; n >= 0; n--) links.Add(link = ((OperatorNode)operators[n].Node).Create(ContextOf(operators[n].Node), link));

        ISegmentHead head = producer.Node.Output!.Accept(new HeadFactory(link, ContextOf(producer.Node)));
        foreach (StageContext context in contexts) context.Originals = head as IOriginals;
        return new Segment(head, contexts, end, [.. links.OfType<IDisposable>()]);
    }

    private sealed class HeadFactory(Receiver first, StageContext context) : IShapeVisitor<ISegmentHead>
    {
        public ISegmentHead Visit<TKey, TValue>(StreamShape<TKey, TValue> shape) => new SegmentHead<TKey, TValue>((Receiver<TKey, TValue>)first, shape, context);
    }

    private sealed class CollectorFactory(StageContext context, IElementOutput output) : IShapeVisitor<Receiver>
    {
        public Receiver Visit<TKey, TValue>(StreamShape<TKey, TValue> shape) => new BatchCollector<TKey, TValue>(context, output);
    }
}
