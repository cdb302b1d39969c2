using StreamEngine.Contracts;
using StreamEngine.Topics;

namespace StreamEngine.Planning;

/// <summary>
/// Takes a graph whose stages have commit points apart: where an edge joins two subgraphs, an internal topic with a sink and a source takes its
/// place. A topic that several subgraphs read is read by each of them.
/// </summary>
internal sealed class GraphCutter(
    PipelineDefinition definition,
    int internalPartitions,
    Dictionary<StageNode, List<StageNode>> consumers,
    Dictionary<(StageNode From, StageNode To), StageNode> rekeyed,
    Dictionary<StageNode, CommitPoint> parts)
{
    private readonly Dictionary<StageNode, PlannedStage> planned = [];
    private readonly Dictionary<string, Cutting> cuttings = [];
    private readonly List<PlannedStage> all = [];
    private readonly Dictionary<PlannedStage, CommitPoint> points = [];

    public (IReadOnlyList<SubgraphPlan> Subgraphs, IReadOnlyList<CutPlan> Cuts) Cut()
    {
        foreach (StageNode stage in definition.Stages)
        {
            // A topic source whose readers all commit elsewhere lives in their subgraphs only.
            if (stage is SourceNode source && source.Source.Topic is not null && consumers[stage].All(consumer => parts[consumer] != parts[stage] && !rekeyed.ContainsKey((stage, consumer)))) continue;
            Add(stage, parts[stage]);
        }

        foreach (StageNode stage in definition.Stages)
        {
            foreach (StageNode input in stage.Inputs) Join(input, stage);
        }

        IReadOnlyList<SubgraphPlan> subgraphs = Order(Group());
        return (subgraphs, [.. cuttings.Values.Select(cutting => cutting.ToPlan(subgraphs))]);
    }

    private PlannedStage Add(StageNode stage, CommitPoint point)
    {
        var made = new PlannedStage(stage);
        planned.TryAdd(stage, made);
        all.Add(made);
        points[made] = point;
        return made;
    }

    private void Join(StageNode from, StageNode to)
    {
        PlannedStage target = planned[to];
        bool isRekeyed = rekeyed.TryGetValue((from, to), out StageNode? stateful);
        if (!isRekeyed && parts[from] == parts[to])
        {
            Link(planned[from], target);
        }
        else if (!isRekeyed && from is SourceNode { Source.Topic: not null })
        {
            Link(Add(from, parts[to]), target);
        }
        else
        {
            Cutting cutting = CuttingOf(from, to, stateful);
            Link(cutting.SourceFor(parts[to], point => Add(cutting.MakeSource(), point)), target);
        }
    }

    private Cutting CuttingOf(StageNode from, StageNode to, StageNode? stateful)
    {
        string name = stateful is not null ? $"{stateful.Name}-by-key" : from is IStatefulNode ? from.Name : $"{FirstSink(to).Name}-in";
        if (cuttings.TryGetValue(name, out Cutting? known)) return known;
        var spec = new TopicSpec(Planner.OwnTopic(definition.Name, name), internalPartitions)
        {
            Owner = definition.Name.Value,
            KeyFormat = from.Output!.KeyFormat,
            ValueFormat = from.Output.ValueFormat,
        };
        string reason = stateful is not null
            ? $"{stateful.Name} keeps state by another key than its input is partitioned by"
            : $"what follows commits in {parts[to].Id}, what comes before in the log";
        (SourceDefinition source, Func<StageNode, SinkNode> sink) = from.Output.Accept(new CutEnds(name, spec, from.Label));
        var cutting = new Cutting(spec, reason, () => new SourceNode(name, from.Label, source, from.Output));
        PlannedStage writer = Add(sink(from), LogCommitPoint.Instance);
        Link(planned[from], writer);
        cutting.Writer = writer;
        cuttings.Add(name, cutting);
        return cutting;
    }

    private StageNode FirstSink(StageNode stage)
    {
        while (stage is not SinkNode) stage = consumers[stage][0];
        return stage;
    }

    private static void Link(PlannedStage from, PlannedStage to)
    {
        from.Consumers.Add(to);
        to.Inputs.Add(from);
    }

    /// <summary>Stages that hang together are a subgraph.</summary>
    private List<SubgraphPlan> Group()
    {
        var groups = new List<SubgraphPlan>();
        var seen = new HashSet<PlannedStage>();
        var names = new HashSet<string>();
        foreach (PlannedStage start in all)
        {
            if (!seen.Add(start)) continue;
            var members = new HashSet<PlannedStage> { start };
            var open = new Stack<PlannedStage>([start]);
            while (open.TryPop(out PlannedStage? stage))
            {
                foreach (PlannedStage next in stage.Inputs.Concat(stage.Consumers).Where(members.Add)) open.Push(next);
            }

            seen.UnionWith(members);
            List<PlannedStage> sorted = Sort(members);
            string name = NameOf(sorted);
            for (int n = 2; !names.Add(name); n++) name = $"{NameOf(sorted)}-{n}";
            groups.Add(new SubgraphPlan(name, sorted, points[start]) { InternalTopics = cuttings.Values.Select(cutting => cutting.Topic).ToHashSet() });
        }

        return groups;
    }

    /// <summary>A subgraph is called by what lasts in it: keyed state, else what it writes.</summary>
    private static string NameOf(List<PlannedStage> stages) =>
        (stages.Select(stage => stage.Node).FirstOrDefault(node => node is IStatefulNode) ?? stages.Select(stage => stage.Node).First(node => node is SinkNode)).Name;

    private static List<PlannedStage> Sort(HashSet<PlannedStage> members)
    {
        var sorted = new List<PlannedStage>();
        var done = new HashSet<PlannedStage>();
        void Visit(PlannedStage stage)
        {
            if (!done.Add(stage)) return;
            foreach (PlannedStage input in stage.Inputs) Visit(input);
            sorted.Add(stage);
        }

        foreach (PlannedStage stage in members) Visit(stage);
        return sorted;
    }

    /// <summary>Writers of internal topics before their readers.</summary>
    private static List<SubgraphPlan> Order(List<SubgraphPlan> subgraphs)
    {
        var ordered = new List<SubgraphPlan>();
        var left = new List<SubgraphPlan>(subgraphs);
        while (left.Count > 0)
        {
            SubgraphPlan next = left.FirstOrDefault(subgraph => !left.Any(other => other != subgraph && Writes(other, subgraph))) ?? left[0];
            left.Remove(next);
            ordered.Add(next);
        }

        return ordered;
    }

    private static bool Writes(SubgraphPlan writer, SubgraphPlan reader) =>
        writer.TopicsWritten.Where(topic => topic.Owner is not null).Select(topic => topic.Name).Intersect(reader.TopicsRead).Any();

    /// <summary>A cut while it is made.</summary>
    private sealed class Cutting(TopicSpec spec, string reason, Func<SourceNode> makeSource)
    {
        private readonly Dictionary<CommitPoint, PlannedStage> sources = [];

        public PlannedStage? Writer { get; set; }

        public string Topic => spec.Name;

        public SourceNode MakeSource() => makeSource();

        /// <summary>The source of the subgraph that commits at a point; one for all its stages behind this cut.</summary>
        public PlannedStage SourceFor(CommitPoint point, Func<CommitPoint, PlannedStage> make)
        {
            if (!sources.TryGetValue(point, out PlannedStage? source)) sources[point] = source = make(point);
            return source;
        }

        public CutPlan ToPlan(IReadOnlyList<SubgraphPlan> subgraphs) => new(
            spec,
            subgraphs.First(subgraph => subgraph.Stages.Contains(Writer!)).Name,
            [.. subgraphs.Where(subgraph => subgraph.Stages.Any(sources.ContainsValue)).Select(subgraph => subgraph.Name)],
            reason);
    }

    /// <summary>Makes the source and the sink of an internal topic, which need the types of the stream.</summary>
    private sealed class CutEnds(string name, TopicSpec spec, SourceLabel label) : IShapeVisitor<(SourceDefinition Source, Func<StageNode, SinkNode> Sink)>
    {
        public (SourceDefinition Source, Func<StageNode, SinkNode> Sink) Visit<TKey, TValue>(StreamShape<TKey, TValue> shape)
        {
            var topic = new Topic<TKey, TValue>(spec, shape.KeySerde, shape.ValueSerde);
            return (
                new TopicSourceDefinition<TKey, TValue>(topic),
                input => new SinkNode<TKey, TValue>($"{name}-out", label, new TopicSinkDefinition<TKey, TValue>(topic), input));
        }
    }
}
