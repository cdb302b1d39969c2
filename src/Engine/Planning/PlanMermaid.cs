using System.Globalization;
using System.Text;
using StreamEngine.Contracts;

namespace StreamEngine.Planning;

/// <summary>
/// Plans as a Mermaid flowchart: a box for each pipeline with its subgraphs in it, stages as nodes, and topics as cylinders, those of cuts with why the
/// graph is cut there. A topic that one pipeline writes and another reads is drawn once.
/// </summary>
internal static class PlanMermaid
{
    /// <summary>The plans as one flowchart.</summary>
    public static string Of(IReadOnlyList<PipelinePlan> plans)
    {
        var chart = new StringBuilder("flowchart LR\n");
        Dictionary<string, string> topics = [];
        var edges = new StringBuilder();
        int number = 0;
        for (int p = 0; p < plans.Count; p++)
        {
            PipelinePlan plan = plans[p];
            chart.Append(CultureInfo.InvariantCulture, $"  subgraph p{p}[\"pipeline {Escape(plan.Name.Value)}: {Words.Of(plan.Guarantee)}\"]\n");
            for (int s = 0; s < plan.Subgraphs.Count; s++)
            {
                SubgraphPlan subgraph = plan.Subgraphs[s];
                chart.Append(CultureInfo.InvariantCulture, $"    subgraph p{p}s{s}[\"{Escape(subgraph.Name)}, commits in {Escape(subgraph.CommitPoint.Id)}\"]\n");
                var ids = subgraph.Stages.ToDictionary(stage => stage, _ => $"n{number++}");
                foreach (PlannedStage stage in subgraph.Stages)
                {
                    string id = ids[stage];
                    chart.Append(CultureInfo.InvariantCulture, $"      {id}{Shape(stage.Node)}\n");
                    foreach (PlannedStage input in stage.Inputs) edges.Append(CultureInfo.InvariantCulture, $"  {ids[input]} --> {id}\n");
                    if (PlanJson.TopicOf(stage.Node) is not { } topic) continue;
                    if (!topics.TryGetValue(topic, out string? cylinder)) topics.Add(topic, cylinder = $"t{topics.Count}");
                    edges.Append(stage.Node is SinkNode ? $"  {id} --> {cylinder}\n" : $"  {cylinder} --> {id}\n");
                }

                chart.Append("    end\n");
            }

            chart.Append("  end\n");
        }

        ILookup<string, CutPlan> cuts = plans.SelectMany(plan => plan.Cuts).ToLookup(cut => cut.Spec.Name);
        foreach ((string topic, string cylinder) in topics)
        {
            string reason = cuts[topic].FirstOrDefault() is { } cut ? $"<br/>cut: {Escape(cut.Reason)}" : "";
            chart.Append(CultureInfo.InvariantCulture, $"  {cylinder}[(\"topic {Escape(topic)}{reason}\")]\n");
        }

        return chart.Append(edges).ToString();
    }

    /// <summary>A node's brackets and label: sources and sinks are round, operators square, those with keyed state double.</summary>
    private static string Shape(StageNode node) => node switch
    {
        SourceNode source => $"([\"{Escape(node.Name)}<br/>{Escape(PlanText.Outside(source.Kind, source.Source.Target))}\"])",
        SinkNode sink => $"([\"{Escape(node.Name)}<br/>{Escape(PlanText.Outside(sink.Kind, sink.Sink.Target))}\"])",
        IStatefulNode stateful => $"[[\"{Escape(node.Name)}<br/>{Escape(node.Label.ToString())}<br/>keyed state {Escape(stateful.State.Name)}\"]]",
        _ => $"[\"{Escape(node.Name)}<br/>{Escape(node.Label.ToString())}\"]",
    };

    /// <summary>Text as it is shown within a quoted label: whatever has a meaning there is written by its number.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            if (char.IsControl(c)) escaped.Append(' ');
            else if ("\"#&<>`\\;%".Contains(c, StringComparison.Ordinal)) escaped.Append(CultureInfo.InvariantCulture, $"#{(int)c};");
            else escaped.Append(c);
        }

        return escaped.ToString();
    }
}
