using StreamEngine.Commits;

namespace StreamEngine.Planning;

/// <summary>
/// Whether a pipeline can go on under a new plan from what it has committed under the one before: nothing may be read a second time, passed
/// over, or left without a reader.
/// </summary>
internal static class PlanComparison
{
    private const string ResetRemedy = "or reset the pipeline to begin at the beginning: pipelines reset";

    /// <summary>What stands against going on; empty when nothing does.</summary>
    /// <param name="before">The plan that the positions come from; null when there are none.</param>
    /// <param name="now">The plan to go on with.</param>
    /// <param name="leftIn">Says what the readers of an internal topic have not read yet; null when they have read it to its end.</param>
    public static IReadOnlyList<PlanProblem> Compare(PlanRecord? before, PlanRecord now, Func<InternalTopicRecord, string?> leftIn)
    {
        if (before is null) return [];
        var problems = new List<PlanProblem>();
        CompareTopics(before, now, leftIn, problems);
        CompareSources(before, now, problems);
        CompareStates(before, now, problems);
        return problems;
    }

    private static void CompareTopics(PlanRecord before, PlanRecord now, Func<InternalTopicRecord, string?> leftIn, List<PlanProblem> problems)
    {
        foreach (InternalTopicRecord old in before.Topics)
        {
            InternalTopicRecord? same = now.Topics.FirstOrDefault(topic => topic.Name == old.Name);
            if (same is not null && same.Writer == old.Writer && same.Readers.ToHashSet().SetEquals(old.Readers)) continue;
            if (leftIn(old) is not { } left) continue;
            problems.Add(new PlanProblem(
                $"internal topic {old.Name} {(same is null ? "is no longer part of the graph" : "is cut at another place of the graph")}, and {left}",
                $"Let the old version run to its end (run, without --follow), {ResetRemedy}."));
        }
    }

    private static void CompareSources(PlanRecord before, PlanRecord now, List<PlanProblem> problems)
    {
        var internalTargets = before.Topics.Concat(now.Topics).Select(topic => $"topic {topic.Name}").ToHashSet();
        var located = now.Subgraphs.SelectMany(subgraph => subgraph.Sources.Select(source => (Subgraph: subgraph, Source: source))).ToList();
        foreach (SubgraphRecord subgraph in before.Subgraphs)
        {
            foreach (SourceRecord source in subgraph.Sources.Where(source => !internalTargets.Contains(source.Target)))
            {
                if (located.Any(place => place.Source.Name == source.Name && place.Subgraph.Name == subgraph.Name && place.Subgraph.Store == subgraph.Store)) continue;
                if (located.Where(place => place.Source.Name == source.Name || place.Source.Target == source.Target).Select(place => place.Subgraph).FirstOrDefault() is not { } moved) continue;
                string was = $"its position is that of source {source.Name} in subgraph {subgraph.Name} ({subgraph.Store})";
                string isNow = $"it is now read in subgraph {moved.Name} ({moved.Store})";
                problems.Add(new PlanProblem(
                    $"{source.Target} would be read again from its beginning: {was}, and {isNow}",
                    $"Keep the names of the source and of the stages that its subgraph is called by, {ResetRemedy}."));
            }
        }
    }

    private static void CompareStates(PlanRecord before, PlanRecord now, List<PlanProblem> problems)
    {
        foreach (StateRecord old in before.Subgraphs.SelectMany(subgraph => subgraph.States))
        {
            StateRecord? same = now.Subgraphs.SelectMany(subgraph => subgraph.States).FirstOrDefault(state => state.Name == old.Name);
            if (same is null)
            {
                problems.Add(new PlanProblem(
                    $"keyed state {old.Name} has no stage any more: what it has counted so far would be lost, or counted again under another name",
                    $"Give the stage that goes on with it the name it had (name: \"{old.Name}\"), {ResetRemedy}."));
            }
            else if (same.Shape != old.Shape)
            {
                problems.Add(new PlanProblem(
                    $"keyed state {old.Name} has another shape: it was kept as {old.Shape}, and the stage now keeps {same.Shape}",
                    $"Go back to the shape it had, {ResetRemedy}."));
            }
        }
    }
}
