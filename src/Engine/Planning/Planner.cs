using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Planning;

/// <summary>
/// Checks a pipeline, and cuts it into subgraphs with one commit point each. Pure: no I/O, no actor.
/// </summary>
internal sealed class Planner
{
    private readonly PipelineDefinition definition;
    private readonly Guarantee guarantee;
    private readonly int internalPartitions;
    private readonly List<PlanProblem> problems = [];
    private readonly Dictionary<StageNode, List<StageNode>> consumers = [];
    private readonly Dictionary<(StageNode From, StageNode To), StageNode> rekeyed = [];
    private readonly Dictionary<StageNode, CommitPoint> parts = [];

    private Planner(PipelineDefinition definition, Guarantee guarantee, int internalPartitions)
    {
        this.definition = definition;
        this.guarantee = guarantee;
        this.internalPartitions = internalPartitions;
    }

    /// <summary>Plans a pipeline.</summary>
    /// <param name="definition">The pipeline.</param>
    /// <param name="guarantee">What it has to promise.</param>
    /// <param name="internalPartitions">How many partitions its internal topics get.</param>
    /// <exception cref="PlanException">It can't run so.</exception>
    public static PipelinePlan Plan(PipelineDefinition definition, Guarantee guarantee, int internalPartitions)
    {
        var planner = new Planner(definition, guarantee, internalPartitions);
        planner.Check();
        if (planner.problems.Count > 0) throw new PlanException(definition.Name.Value, planner.problems);
        planner.FindRekeying();
        planner.AssignCommitPoints();
        return planner.Cut();
    }

    /// <summary>What a pipeline's own topic of dead letters is called.</summary>
    public const string DeadLetters = "dead-letters";

    /// <summary>The end of the name of the topic where a log on a Kafka cluster keeps a pipeline's home record and positions.</summary>
    public const string Positions = "positions";

    /// <summary>Names that an internal topic, which is named after a stage, can't have.</summary>
    private static readonly string[] Reserved = [DeadLetters, Positions];

    /// <summary>The name of a pipeline's own topic.</summary>
    public static string OwnTopic(PipelineName pipeline, string name) => $"streamengine{NameRule.Separator}{pipeline}{NameRule.Separator}{name}";

    private void Check()
    {
        foreach (StageNode stage in definition.Stages) consumers[stage] = [];
        foreach (StageNode stage in definition.Stages)
        {
            foreach (StageNode input in stage.Inputs) consumers[input].Add(stage);
        }

        foreach (IGrouping<string, StageNode> same in definition.Stages.GroupBy(stage => stage.Name).Where(group => group.Count() > 1))
        {
            problems.Add(new PlanProblem(
                $"{same.Count()} stages are called {same.Key}: {string.Join("; ", same.Select(stage => stage.Label))}", "Give each stage a name of its own (name: ...)."));
        }

        foreach (IGrouping<string, IStatefulNode> same in definition.Stages.OfType<IStatefulNode>().GroupBy(stage => stage.State.Name).Where(group => group.Count() > 1))
        {
            problems.Add(new PlanProblem($"{same.Count()} keyed states are called {same.Key}", "Give each keyed state a name of its own (name: ...)."));
        }

        foreach (StageNode stage in definition.Stages.Where(stage => stage is IStatefulNode && Reserved.Contains(stage.Name)))
        {
            problems.Add(new PlanProblem($"stage {stage} has the name of a topic that every pipeline has of its own", $"Choose another name than {string.Join(" and ", Reserved)}."));
        }

        if (!definition.Stages.Any(stage => stage is SinkNode))
        {
            problems.Add(new PlanProblem("it has no sink", "End at least one stream with To(...)."));
        }

        foreach (StageNode stage in definition.Stages.Where(stage => stage is not SinkNode && consumers[stage].Count == 0))
        {
            problems.Add(new PlanProblem($"stage {stage} hands its records to nobody", "End the stream with To(...), or remove the stage."));
        }

        foreach (SourceNode source in definition.Stages.OfType<SourceNode>().Where(source => !source.Source.CanReplay && guarantee > Guarantee.AtMostOnce))
        {
            problems.Add(new PlanProblem(
                $"{Words.Of(guarantee)} can't be kept: stage {source} can't be read again from a position; the best it can give is {Words.Of(Guarantee.AtMostOnce)}",
                $"Ask for guarantee = {Words.Of(Guarantee.AtMostOnce)}, or put a topic between: source -> topic -> the rest."));
        }

        foreach (SinkNode sink in definition.Stages.OfType<SinkNode>().Where(sink => sink.Sink.CommitPoint.Best < guarantee))
        {
            Guarantee best = sink.Sink.CommitPoint.Best;
            problems.Add(new PlanProblem(
                $"{Words.Of(guarantee)} can't be kept: stage {sink} can't take part in a transaction; the best it can give is {Words.Of(best)}",
                $"Ask for guarantee = {Words.Of(best)}, or write to a sink that can (topic, database, files)."));
        }
    }

    /// <summary>
    /// Finds the edges where records have to move to the partition of another key: before keyed state, unless they come from a single topic under
    /// the key that it is partitioned by.
    /// </summary>
    private void FindRekeying()
    {
        var homes = new Dictionary<StageNode, string?>();
        foreach (StageNode stage in definition.Stages)
        {
            string?[] inputs = [.. stage.Inputs.Select(input => homes[input]).Distinct()];
            string? home = inputs.Length == 1 ? inputs[0] : null;
            if (stage is IStatefulNode && home is null)
            {
                // Keys that are made finer on the way are made so behind the cut: the topic is partitioned by the key that brings records together.
                (StageNode from, StageNode to) = (stage.Inputs[0], stage);
                while (from is OperatorNode { RefinesKey: true } && consumers[from].Count == 1) (from, to) = (from.Inputs[0], from);
                rekeyed[(from, to)] = stage;
                home = stage.Name;
            }

            homes[stage] = stage switch
            {
                SourceNode source => source.Source.Topic,
                OperatorNode { ChangesKey: true } => null,
                _ => home,
            };
        }
    }

    /// <summary>
    /// Gives each stage the commit point of its subgraph: that of the sinks it leads to, if it is one and no keyed state is on the way; else the log.
    /// </summary>
    private void AssignCommitPoints()
    {
        var reached = new Dictionary<StageNode, HashSet<CommitPoint>>();
        var stateful = new Dictionary<StageNode, bool>();
        foreach (StageNode stage in definition.Stages.Reverse())
        {
            var points = new HashSet<CommitPoint>();
            bool state = stage is IStatefulNode;
            if (stage is SinkNode sink) points.Add(sink.Sink.CommitPoint);
            foreach (StageNode consumer in consumers[stage])
            {
                if (rekeyed.ContainsKey((stage, consumer)))
                {
                    points.Add(LogCommitPoint.Instance);
                    continue;
                }

                points.UnionWith(reached[consumer]);
                state |= stateful[consumer];
            }

            reached[stage] = points;
            stateful[stage] = state;
            parts[stage] = points.Count == 1 && !state ? points.First() : LogCommitPoint.Instance;
        }
    }

    private PipelinePlan Cut()
    {
        var cutter = new GraphCutter(definition, internalPartitions, consumers, rekeyed, parts);
        (IReadOnlyList<SubgraphPlan> subgraphs, IReadOnlyList<CutPlan> cuts) = cutter.Cut();
        foreach (CutPlan cut in cuts.Where(cut => cut.Readers.Contains(cut.Writer)))
        {
            problems.Add(new PlanProblem(
                $"what comes before and what comes behind the re-keying in {cut.Spec.Name} flow together again, so subgraph {cut.Writer} would wait for itself",
                "Write one of the two to a topic of its own, and read that."));
        }

        if (problems.Count > 0) throw new PlanException(definition.Name.Value, problems);
        return new PipelinePlan
        {
            Definition = definition,
            Guarantee = guarantee,
            Subgraphs = subgraphs,
            Cuts = cuts,
            DeadLetters = new TopicSpec(OwnTopic(definition.Name, DeadLetters)) { Owner = definition.Name.Value, KeyFormat = "string" },
        };
    }
}

/// <summary>How guarantees are written.</summary>
internal static class Words
{
    public static string Of(Guarantee guarantee) => guarantee switch
    {
        Guarantee.AtMostOnce => "at-most-once",
        Guarantee.AtLeastOnce => "at-least-once",
        _ => "exactly-once",
    };
}
