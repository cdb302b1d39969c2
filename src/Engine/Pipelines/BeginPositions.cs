using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Topics;

namespace StreamEngine.Pipelines;

/// <summary>
/// Finds the positions that a pipeline is to begin at, by asking its sources; internal topics are left out, since a reset makes them anew. Changes nothing;
/// may read whole sources.
/// </summary>
internal sealed class BeginPositions(PipelinePlan plan, ILog log, TimeProvider clock)
{
    /// <summary>The positions of a target, for the record of the reset; null when every source begins there by itself.</summary>
    /// <exception cref="EngineException">A source can't be begun there, or can't be reached.</exception>
    public ResetRecord? Find(ResetTarget target)
    {
        List<(SubgraphPlan Subgraph, SourceNode Node)> sources =
        [
            .. from subgraph in plan.Subgraphs
               from stage in subgraph.Sources
               where !subgraph.IsInternal(stage)
               select (subgraph, (SourceNode)stage.Node),
        ];
        if (target is ResetTarget.Offsets offsets) CheckNamed(offsets, sources);
        BeginRecord[] positions = [.. sources.SelectMany(source => Find(source.Subgraph, source.Node, target))];
        return positions.Length == 0 ? null : new ResetRecord(plan.ToResetRecord(), positions);
    }

    private List<BeginRecord> Find(SubgraphPlan subgraph, SourceNode node, ResetTarget target)
    {
        if (target is ResetTarget.Offsets named && named.At.Keys.All(key => key.Topic != node.Source.Topic)) return [];
        using ISource source = node.Source.Open(new SourceContext(node.Name, plan.Definition.Folder, log, clock) { Follows = true });
        var found = new List<BeginRecord>();
        try
        {
            if (target is ResetTarget.Place { At: var place } && !source.Places.Contains(place.Kind)) throw CantBegin(node, source, place);
            source.Connect();
            foreach (SourcePartition partition in source.Partitions())
            {
                Position? position = target switch
                {
                    ResetTarget.Place at => NamedBy(source, partition, at.At),
                    ResetTarget.Offsets offsets when offsets.At.TryGetValue((node.Source.Topic!, partition.Index), out long offset) => AtOffset(node, partition, offset),
                    _ => null,
                };
                if (position is not null) found.Add(new BeginRecord(subgraph.Store, subgraph.Name, node.Name, partition.Name, position.Into, position.At));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or TopicException)
        {
            throw new EngineException(ErrorDomain.External, $"source {node.Name} ({node.Source.Target}) can't be asked where to begin: {e.Message}", "Mend that and do it again; nothing was changed.", e);
        }

        return found;
    }

    /// <summary>A position that a partition begins at by itself isn't written: what has no position yet can't point into something that goes until then.</summary>
    private static Position? NamedBy(ISource source, SourcePartition partition, StartPlace place)
    {
        Position position = source.PositionAt(partition, place);
        return place.Kind == StartPlaceKind.Earliest && position == source.Begin(partition) ? null : position;
    }

    private Position AtOffset(SourceNode node, SourcePartition partition, long offset)
    {
        TopicInfo topic = log.Find(node.Source.Topic!)!;
        PartitionRange range = log.Range(topic, partition.Index);
        return offset >= range.FirstOffset && offset <= range.NextOffset
            ? TopicSource.At(topic, offset)
            : throw new EngineException(
                ErrorDomain.User,
                string.Create(CultureInfo.InvariantCulture, $"topic {topic.Name}, partition {partition.Index}, can't be read from offset {offset}: it holds {range.FirstOffset} up to {range.NextOffset} (next)"),
                "Give an offset from there. Nothing was changed.");
    }

    private void CheckNamed(ResetTarget.Offsets offsets, List<(SubgraphPlan Subgraph, SourceNode Node)> sources)
    {
        foreach ((string topic, int partition) in offsets.At.Keys)
        {
            string[] read = [.. sources.Select(source => source.Node.Source.Topic).OfType<string>().Distinct()];
            if (!read.Contains(topic))
            {
                throw new EngineException(
                    ErrorDomain.User,
                    $"pipeline {plan.Name} doesn't read topic {topic}",
                    read.Length == 0 ? "It reads no topic. Nothing was changed." : $"It reads {string.Join(", ", read)}. Nothing was changed.");
            }

            if (log.Find(topic) is { } info && partition >= info.Partitions)
            {
                throw new EngineException(
                    ErrorDomain.User, $"topic {topic} has {Counted.Of(info.Partitions, "partition")}, so none of number {partition}", $"Give 0 to {info.Partitions - 1}. Nothing was changed.");
            }
        }
    }

    private EngineException CantBegin(SourceNode node, ISource source, StartPlace place)
    {
        IEnumerable<string> can = source.Places.Select(kind => kind switch { StartPlaceKind.Earliest => "earliest", StartPlaceKind.Latest => "latest", _ => "a time" });
        return new EngineException(
            ErrorDomain.User,
            $"source {node.Name} of pipeline {plan.Name} reads {node.Source.Target}, which can't be begun at {place}",
            $"It can begin at {string.Join(" or ", can)}. Nothing was changed.");
    }
}
