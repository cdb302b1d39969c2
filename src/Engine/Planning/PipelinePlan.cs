using StreamEngine.Commits;
using StreamEngine.Contracts;

namespace StreamEngine.Planning;

/// <summary>A stage in its subgraph: the inputs are those there, which behind a cut is the cut's source.</summary>
internal sealed class PlannedStage(StageNode node)
{
    public StageNode Node { get; } = node;

    public List<PlannedStage> Inputs { get; } = [];

    public List<PlannedStage> Consumers { get; } = [];

    /// <inheritdoc/>
    public override string ToString() => Node.ToString();
}

/// <summary>A part of a pipeline between cuts: one kind of commit point, run as one or several tasks.</summary>
/// <param name="Name">Its name, unique in the pipeline.</param>
/// <param name="Stages">Its stages, each behind its inputs.</param>
/// <param name="CommitPoint">Where its epochs are decided.</param>
internal sealed record SubgraphPlan(string Name, IReadOnlyList<PlannedStage> Stages, CommitPoint CommitPoint)
{
    public IReadOnlyList<PlannedStage> Sources { get; } = [.. Stages.Where(stage => stage.Node is SourceNode)];

    public IReadOnlyList<PlannedStage> Sinks { get; } = [.. Stages.Where(stage => stage.Node is SinkNode)];

    public IReadOnlyList<IStatefulNode> States { get; } = [.. Stages.Select(stage => stage.Node).OfType<IStatefulNode>()];

    /// <summary>Whether its output is staged and published after the commit.</summary>
    public bool PublishesAfterCommit => CommitPoint is StagedCommitPoint;

    /// <summary>Where its positions live: the log, or a database.</summary>
    public string Store => CommitPoint is DatabaseCommitPoint database ? database.Id : PlanRecord.LogStore;

    /// <summary>Whether a source reads what another subgraph of the pipeline hands over.</summary>
    public bool IsInternal(PlannedStage source) => InternalTopics.Contains(((SourceNode)source.Node).Source.Topic ?? "");

    /// <summary>The internal topics that it reads.</summary>
    public IReadOnlySet<string> InternalTopics { get; init; } = new HashSet<string>();

    /// <summary>The topics of the log that it reads.</summary>
    public IEnumerable<string> TopicsRead => Sources.Select(stage => ((SourceNode)stage.Node).Source.Topic).OfType<string>();

    /// <summary>The topics of the log that it writes.</summary>
    public IEnumerable<TopicSpec> TopicsWritten => Sinks.Select(stage => ((SinkNode)stage.Node).Topic).OfType<TopicSpec>();
}

/// <summary>A cut: the internal topic through which one subgraph hands its records to others.</summary>
/// <param name="Spec">The topic.</param>
/// <param name="Writer">The subgraph that writes it.</param>
/// <param name="Readers">The subgraphs that read it.</param>
/// <param name="Reason">Why the graph is cut there, for people.</param>
internal sealed record CutPlan(TopicSpec Spec, string Writer, IReadOnlyList<string> Readers, string Reason);

/// <summary>A pipeline that was checked and cut into subgraphs.</summary>
internal sealed record PipelinePlan
{
    public required PipelineDefinition Definition { get; init; }

    public required Guarantee Guarantee { get; init; }

    /// <summary>The subgraphs, writers of internal topics before their readers.</summary>
    public required IReadOnlyList<SubgraphPlan> Subgraphs { get; init; }

    public required IReadOnlyList<CutPlan> Cuts { get; init; }

    /// <summary>The topic that takes dead letters where the commit point is the log.</summary>
    public required TopicSpec DeadLetters { get; init; }

    public Records.PipelineName Name => Definition.Name;

    /// <summary>Topics of users that it reads.</summary>
    public IEnumerable<string> TopicsRead => Subgraphs.SelectMany(subgraph => subgraph.TopicsRead).Except(Cuts.Select(cut => cut.Spec.Name)).Distinct();

    /// <summary>Topics of users that it writes.</summary>
    public IEnumerable<TopicSpec> TopicsWritten => Subgraphs.SelectMany(subgraph => subgraph.TopicsWritten).Where(topic => topic.Owner is null).DistinctBy(topic => topic.Name);

    /// <summary>What the home record remembers of it.</summary>
    public PlanRecord ToRecord() => new(
        [.. Subgraphs.Select(subgraph => new SubgraphRecord(
            subgraph.Name,
            subgraph.Store,
            [.. subgraph.Sources.Select(stage => ToRecord((SourceNode)stage.Node))],
            [.. subgraph.States.Select(state => new StateRecord(state.State.Name, state.State.Shape))])
        {
            Sinks = [.. subgraph.Sinks.Select(stage => (SinkNode)stage.Node).Select(node => new SinkRecord(node.Name, node.Sink.Target, node.Topic?.Name))],
        })],
        [.. Cuts.Select(cut => new InternalTopicRecord(cut.Spec.Name, cut.Writer, cut.Readers))]);

    /// <summary>What a reset to given places remembers of it: the sources outside, which the positions are for. States and internal topics are made anew.</summary>
    public PlanRecord ToResetRecord() => new(
        [
            .. Subgraphs.Select(subgraph => new SubgraphRecord(
                subgraph.Name,
                subgraph.Store,
                [.. subgraph.Sources.Where(stage => !subgraph.IsInternal(stage)).Select(stage => ToRecord((SourceNode)stage.Node))],
                [])),
        ],
        []);

    private static SourceRecord ToRecord(SourceNode node) => new(node.Name, node.Source.Target) { Topic = node.Source.Topic };
}
