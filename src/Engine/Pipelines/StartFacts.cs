using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Planning;
using StreamEngine.Topics;

namespace StreamEngine.Pipelines;

/// <summary>
/// Finds out what a start has to know of the stores to judge its plan: what internal topics have left, what shape states have, whether positions
/// still point into what they were taken from. Reads only; may block.
/// </summary>
internal sealed class StartFacts(PipelineMessages.Spec spec, Func<string, ICommitDatabase> database)
{
    private readonly PipelinePlan plan = spec.Plan;

    /// <summary>What stands against starting the plan; null when nothing does.</summary>
    public string? Check(HomeRecord? seen)
    {
        // An unfinished reset is finished by the start, so what counts is what comes behind it.
        PlanRecord? before = seen?.State switch
        {
            HomeState.Resetting => seen.Reset?.Plan,
            HomeState.Deleting => null,
            _ => seen?.Plan,
        };
        bool isCleared = seen?.State is HomeState.Resetting or HomeState.Deleting;
        List<PlanProblem> problems = [.. PlanComparison.Compare(before, plan.ToRecord(), LeftIn), .. CheckFormats()];
        if (!isCleared) problems.AddRange(CheckStates());
        if (problems.Count == 0 && before is not null && !isCleared) problems.AddRange(CheckPositions(before));
        return problems.Count == 0 ? null : string.Join('\n', problems.Select(problem => $"{problem.Text}\n  {problem.Remedy}"));
    }

    /// <summary>All committed positions of a subgraph.</summary>
    public IReadOnlyList<CommittedPosition> PositionsOf(string subgraph, string store)
    {
        if (store == PlanRecord.LogStore) return [.. spec.Log.Positions(plan.Name).Where(held => held.Subgraph == subgraph).Select(held => held.Position)];
        try
        {
            return database(store).ReadPositionsAsync(plan.Name, subgraph, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not Diagnostics.EngineException { IsTransient: false })
        {
            // A database that can't be reached holds its own subgraph back, not this check.
            return [];
        }
    }

    private string? LeftIn(InternalTopicRecord topic)
    {
        if (spec.Log.Find(topic.Name) is not { } info) return null;
        PlanRecord? before = spec.Log.ReadHome(plan.Name) is { } home ? HomeRecord.Parse(home.Record.Span).Plan : null;
        foreach (SubgraphRecord reader in before?.Subgraphs.Where(subgraph => topic.Readers.Contains(subgraph.Name)) ?? [])
        {
            Dictionary<string, CommittedPosition> positions = PositionsOf(reader.Name, reader.Store)
                .Where(position => position.Position.Into == TopicSource.Identity(info))
                .ToDictionary(position => position.Partition.Partition);
            for (int partition = 0; partition < info.Partitions; partition++)
            {
                PartitionRange range = spec.Log.Range(info, partition);
                long read = positions.TryGetValue(partition.ToString(CultureInfo.InvariantCulture), out CommittedPosition? at)
                    ? TopicSource.OffsetOf(at.Position)
                    : range.FirstOffset;
                if (read < range.NextOffset) return $"subgraph {reader.Name} has not read {range.NextOffset - read} records of its partition {partition}";
            }
        }

        return null;
    }

    /// <summary>
    /// Topics that hold numbers in bytes of a fixed length, and would be given others, or the other way round: their readers fail at the first of them, and equal
    /// keys lie in different partitions. What is text in one form or another is left to those who read it.
    /// </summary>
    private IEnumerable<PlanProblem> CheckFormats()
    {
        foreach (TopicSpec topic in plan.TopicsWritten)
        {
            if (spec.Log.Find(topic.Name) is not { } info) continue;
            if (Enumerable.Range(0, info.Partitions).All(partition => spec.Log.Range(info, partition) is var range && range.FirstOffset == range.NextOffset)) continue;
            foreach ((string what, string there, string ours) in new[] { ("keys", info.Spec.KeyFormat, topic.KeyFormat), ("values", info.Spec.ValueFormat, topic.ValueFormat) })
            {
                if (there == ours || !(IsFixed(there) || IsFixed(ours)) || there is "" or "none" || ours is "" or "none") continue;
                yield return new PlanProblem(
                    $"topic {topic.Name} holds {what} written as {there}, and the pipeline writes them as {ours}: who reads them could not read both",
                    $"Write them as {there}, or into another topic.");
            }
        }
    }

    private static bool IsFixed(string format) => format is "int16" or "int32" or "int64" or "float" or "double";

    private IEnumerable<PlanProblem> CheckStates()
    {
        Dictionary<string, StateInfo> kept = spec.Log.States(plan.Name).ToDictionary(state => state.Spec.Name);
        foreach (StateDeclaration state in plan.Subgraphs.SelectMany(subgraph => subgraph.States).Select(stage => stage.State))
        {
            if (!kept.TryGetValue(state.Name, out StateInfo? info) || info.Spec.Shape == state.Shape) continue;
            yield return new PlanProblem(
                $"keyed state {state.Name} has another shape: it was kept as {info.Spec.Shape}, and the stage now keeps {state.Shape}",
                "Go back to the shape it had, or reset the pipeline to begin at the beginning: pipelines reset.");
        }
    }

    private IEnumerable<PlanProblem> CheckPositions(PlanRecord before)
    {
        foreach (SubgraphPlan subgraph in plan.Subgraphs)
        {
            if (before.Subgraphs.All(old => old.Name != subgraph.Name)) continue;
            ILookup<string, CommittedPosition> positions = PositionsOf(subgraph.Name, subgraph.Store).ToLookup(position => position.Partition.Source);
            foreach (SourceNode node in subgraph.Sources.Select(stage => (SourceNode)stage.Node).Where(node => positions.Contains(node.Name)))
            {
                foreach (PlanProblem problem in CheckPositions(node, positions[node.Name])) yield return problem;
            }
        }
    }

    private List<PlanProblem> CheckPositions(SourceNode node, IEnumerable<CommittedPosition> positions)
    {
        // As one that follows: whether there is anything left to read is asked when partitions are looked for, not of positions.
        using ISource source = node.Source.Open(new SourceContext(node.Name, plan.Definition.Folder, spec.Log, spec.Clock) { Follows = true });
        try
        {
            source.Connect();
        }
        catch (Exception e) when (e is not Diagnostics.EngineException { IsTransient: false })
        {
            // What can't be reached now is checked when its task opens it.
            return [];
        }

        Dictionary<string, SourcePartition> partitions = source.Partitions().ToDictionary(partition => partition.Name);
        var problems = new List<PlanProblem>();
        foreach (CommittedPosition position in positions)
        {
            if (!partitions.TryGetValue(position.Partition.Partition, out SourcePartition? partition)) continue;
            PositionCheck check = source.Check(partition, position.Position);
            if (check.Problem is { } problem) problems.Add(new PlanProblem(problem, check.Remedy));
        }

        return problems;
    }
}
