using System.Globalization;
using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Planning;

/// <summary>A plan in words: what runs, where it commits, where it is cut.</summary>
internal static class PlanText
{
    /// <summary>The plan for people.</summary>
    public static string Of(PipelinePlan plan, PipelineSettings settings)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"pipeline {plan.Name}: {Words.Of(plan.Guarantee)}, commits every {Time(settings.CommitInterval)}\n");
        foreach (SubgraphPlan subgraph in plan.Subgraphs)
        {
            text.Append(CultureInfo.InvariantCulture, $"  subgraph {subgraph.Name}: 1 to {settings.ForSubgraph(subgraph.Name).TasksMax} tasks, commit point {Describe(subgraph.CommitPoint)}\n");
            foreach (PlannedStage stage in subgraph.Stages) text.Append(CultureInfo.InvariantCulture, $"    {Describe(stage)}\n");
        }

        foreach (CutPlan cut in plan.Cuts)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  cut: {cut.Writer} -> {cut.Spec.Name} ({cut.Spec.Partitions} partitions) -> {string.Join(", ", cut.Readers)}: {cut.Reason}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"  dead letters: {Errors(plan, settings)}\n");
        foreach ((string key, string value, SourcePlace place) in Given(plan, settings)) text.Append(CultureInfo.InvariantCulture, $"  set: {key} = {value} ({place})\n");
        return text.ToString();
    }

    /// <summary>The plan in a line, to see whether it is another than before.</summary>
    public static string Fingerprint(PipelinePlan plan) => string.Join(
        "; ", plan.Subgraphs.Select(subgraph => $"{subgraph.Name}[{subgraph.CommitPoint.Id}]: {string.Join(" ", subgraph.Stages.Select(stage => stage.Node.Name))}"));

    /// <summary>Where the dead letters of a plan go.</summary>
    public static string DeadLetters(PipelinePlan plan)
    {
        IEnumerable<string> topic = plan.Subgraphs.Any(subgraph => subgraph.CommitPoint is not DatabaseCommitPoint) ? [$"topic {plan.DeadLetters.Name}"] : [];
        IEnumerable<string> tables = plan.Subgraphs.Select(subgraph => subgraph.CommitPoint).OfType<DatabaseCommitPoint>().Select(point => DeadLetterPlace.In(plan.Name, point.Id)).Distinct()
            .Select(place => place.Topic is null ? $"the table of dead letters in {place.Store}" : $"{place}");
        return string.Join(" and ", topic.Concat(tables));
    }

    /// <summary>What isn't the reference's: of the pipeline, then of its subgraphs and stages.</summary>
    public static IEnumerable<(string Key, string Value, SourcePlace Place)> Given(PipelinePlan plan, PipelineSettings settings)
    {
        foreach ((string Key, string Value, SourcePlace Place) given in settings.Given) yield return given;
        IEnumerable<string> parts = plan.Subgraphs.SelectMany(subgraph => subgraph.Stages.Select(stage => stage.Node.Name).Prepend(subgraph.Name)).Distinct();
        foreach (string part in parts)
        {
            foreach ((string Key, string Value, SourcePlace Place) given in settings.ForStage(part).Given.Except(settings.Given)) yield return ($"{part}.{given.Key}", given.Value, given.Place);
        }
    }

    private static string Describe(PlannedStage stage)
    {
        string inputs = stage.Inputs.Count == 0 ? "" : $" <- {string.Join(", ", stage.Inputs.Select(input => input.Node.Name))}";
        string what = stage.Node switch
        {
            SourceNode source => $"{Outside(source.Kind, source.Source.Target)}: {source.Output.Description}",
            SinkNode sink => Outside(sink.Kind, sink.Sink.Target),
            IStatefulNode stateful => $"{stage.Node.Label}, keyed state {stateful.State.Name}{(stateful.State.IsNameDerived ? " (name it: an edit of the graph may lose it)" : "")}",
            _ => stage.Node.Label.ToString(),
        };
        return $"{stage.Node.Name}{inputs}: {what}";
    }

    /// <summary>What lies outside, with its connector unless it begins with that.</summary>
    internal static string Outside(string connector, string target) =>
        target.StartsWith(connector, StringComparison.Ordinal) ? target : $"{connector} {target}";

    private static string Describe(CommitPoint point) => point switch
    {
        LogCommitPoint => "the log: one transaction with output, state and positions",
        StagedCommitPoint => "the log: files are sealed there, then published",
        FlushCommitPoint => "the log, after the output has arrived",
        _ => $"{point.Id}: one transaction with rows and positions",
    };

    private static string Errors(PipelinePlan plan, PipelineSettings settings) => settings.Errors.Tolerates
        ? $"records that fail go to {DeadLetters(plan)}"
        : "none, a record that fails fails its task (errors.tolerance = none)";

    private static string Time(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
