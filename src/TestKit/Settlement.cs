using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Topics;

namespace StreamEngine.TestKit;

/// <summary>
/// Whether pipelines have committed everything there is for them to read: each subgraph's positions stand at the ends of its sources. What a subgraph
/// hands to another is in an internal topic by the same commit that moves its positions, so nothing is on the way when all of them do.
/// </summary>
internal sealed class Settlement(InMemoryLog log, IReadOnlyList<PipelinePlan> plans)
{
    /// <summary>Refuses plans whose positions or ends can't be seen here.</summary>
    /// <exception cref="InvalidOperationException">One of them can't be waited for.</exception>
    public void Check()
    {
        foreach (PipelinePlan plan in plans)
        {
            if (plan.Guarantee == Guarantee.AtMostOnce) throw Unseen($"pipeline {plan.Name} commits its positions before its output");
            foreach (SubgraphPlan subgraph in plan.Subgraphs)
            {
                if (subgraph.CommitPoint is DatabaseCommitPoint) throw Unseen($"subgraph {subgraph.Name} of pipeline {plan.Name} keeps its positions in {subgraph.Store}");
                foreach (SourceNode source in Sources(subgraph).Where(source => source.Source is not ITopicSource and not ITestSource))
                {
                    throw Unseen($"stage {source} of pipeline {plan.Name} reads from outside");
                }
            }
        }
    }

    /// <summary>What is not committed yet, in words; null when everything is.</summary>
    public string? Missing()
    {
        lock (log.Gate) return plans.SelectMany(Missing).FirstOrDefault();
    }

    private IEnumerable<string> Missing(PipelinePlan plan)
    {
        Dictionary<(string Subgraph, SourcePartitionId Partition), Position> committed =
            log.Positions(plan.Name).ToDictionary(held => (held.Subgraph, held.Position.Partition), held => held.Position.Position);
        foreach (SubgraphPlan subgraph in plan.Subgraphs)
        {
            foreach (SourceNode source in Sources(subgraph))
            {
                foreach ((string partition, long end) in Ends(source))
                {
                    Position? position = committed.GetValueOrDefault((subgraph.Name, new SourcePartitionId(source.Name, partition)));
                    if (position is null) yield return $"{plan.Name}/{subgraph.Name} has committed nothing of {source.Source.Target}, partition {partition}";
                    else if (At(position) < end) yield return $"{plan.Name}/{subgraph.Name} has committed {source.Source.Target}, partition {partition}, up to {position.At} of {end}";
                }
            }
        }
    }

    private IEnumerable<(string Partition, long End)> Ends(SourceNode source)
    {
        if (source.Source is ITestSource test) return test.Ends();
        if (log.Find(source.Source.Topic!) is not { } topic) return [];
        return Enumerable.Range(0, topic.Partitions).Select(n => (n.ToString(CultureInfo.InvariantCulture), log.Range(topic, n).NextOffset));
    }

    private static long At(Position position) => long.Parse(position.At, CultureInfo.InvariantCulture);

    private static IEnumerable<SourceNode> Sources(SubgraphPlan subgraph) => subgraph.Sources.Select(stage => (SourceNode)stage.Node);

    private static InvalidOperationException Unseen(string what) =>
        new($"{what}, so the kit can't see when everything is committed: use {nameof(PipelineTestKit.RunToEnd)} instead of {nameof(PipelineTestKit.Settle)}");
}
