using System.Globalization;
using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Topics;

namespace StreamEngine.Pipelines;

/// <summary>Describes a pipeline from what the log and the journal hold of it. Reads only, whether an engine runs or not; may block.</summary>
/// <param name="view">The log.</param>
/// <param name="folder">The data directory.</param>
/// <param name="history">What the journal has of the pipeline; null when it can't be read.</param>
/// <param name="plan">The pipeline's plan, which databases are opened by; null when it isn't at hand.</param>
internal sealed class PipelineInspector(ILogView view, string folder, PipelineHistory? history, PipelinePlan? plan)
{
    private const int StartsShown = 10;

    private readonly List<string> unknown = [];

    /// <summary>Describes a pipeline.</summary>
    /// <param name="name">The pipeline.</param>
    /// <param name="home">Its home record.</param>
    /// <param name="checkpoints">The checkpoints there are.</param>
    public PipelineDescription Describe(PipelineName name, HomeRecord home, IReadOnlyList<CheckpointEntry> checkpoints)
    {
        PipelineHistory known = history ?? new PipelineHistory();
        bool engineRuns = view.IsHeld(name);
        PipelineCondition condition = Conditions.Of(home, known, engineRuns);
        OwnTopicDescription[] own = [.. view.Topics.Where(topic => topic.Spec.Owner == name.Value).Select(Describe)];
        string letters = Planner.OwnTopic(name, Planner.DeadLetters);
        SubgraphDescription[] subgraphs = [.. (home.Plan?.Subgraphs ?? []).Select(subgraph => Describe(name, subgraph))];
        return new PipelineDescription
        {
            Name = name.Value,
            State = condition,
            Failure = Conditions.HasFailed(home, known) ? new FailureDescription(known.Failure!.Cause, known.Failure.Remedy, known.Failure.At) : null,
            Generation = home.Generation.Value,
            LastWritten = new WriterDescription(home.Heartbeat, home.Process, home.Host),
            Guarantee = known.Defined?.Guarantee,
            Subgraphs = subgraphs,
            States = [.. view.States(name).Select(state => new StateDescription(state.Spec.Name, state.Spec.Shape, state.Spec.Partitions))],
            InternalTopics = [.. own.Where(one => one.Name != letters)],
            DeadLetters = new DeadLettersDescription(
                letters, view.Find(letters) is { } topic ? view.Count(topic, 0) : 0, [.. home.Databases.Select(store => DeadLetterPlace.In(name, store).ToString())]),
            Unpublished = view.Unpublished(name).Count,
            Starts = [.. known.Starts.TakeLast(StartsShown).Select(start => new StartDescription(start.Generation, start.Tasks, start.At))],
            TaskFailures = [.. known.TaskFailures.TakeLast(StartsShown).Select(failed => new TaskFailureDescription(failed.Task, failed.Attempt, failed.Cause, failed.At))],
            Checkpoints = [.. checkpoints.Where(entry => entry.Positions.Any(position => position.Pipeline == name.Value)).Select(entry => entry.Id)],
            Unknown = unknown,
        };
    }

    private SubgraphDescription Describe(PipelineName name, SubgraphRecord subgraph)
    {
        IReadOnlyList<CommittedPosition>? positions = subgraph.Store == PlanRecord.LogStore
            ? [.. view.Positions(name).Where(held => held.Subgraph == subgraph.Name).Select(held => held.Position)]
            : InDatabase(name, subgraph);
        return new SubgraphDescription(
            subgraph.Name,
            subgraph.Store,
            [.. subgraph.Sources.Select(source => Describe(source, positions))],
            [.. subgraph.Sinks.Select(sink => new SinkDescription(sink.Name, sink.Target))]);
    }

    private SourceDescription Describe(SourceRecord source, IReadOnlyList<CommittedPosition>? positions)
    {
        if (positions is null) return new SourceDescription(source.Name, source.Target, null, []);
        TopicInfo? topic = source.Topic is { } read ? view.Find(read) : null;
        CommittedPosition[] own = [.. positions.Where(position => position.Partition.Source == source.Name).OrderBy(position => position.Partition.Partition, StringComparer.Ordinal)];
        SourcePartitionDescription[] partitions =
        [
            .. own.Select(position => new SourcePartitionDescription(position.Partition.Partition, position.Position.At, position.Epoch.Value, topic is null ? null : LagOf(topic, position))),
        ];
        return new SourceDescription(source.Name, source.Target, topic is null || partitions.Any(partition => partition.Lag is null) ? null : LagOf(topic, partitions), partitions);
    }

    /// <summary>The lag of a whole topic; partitions that were never read lag by all they hold.</summary>
    private long LagOf(TopicInfo topic, SourcePartitionDescription[] partitions)
    {
        HashSet<string> read = [.. partitions.Select(partition => partition.Partition)];
        long unread = Enumerable.Range(0, topic.Partitions).Where(number => !read.Contains(number.ToString(CultureInfo.InvariantCulture)))
            .Select(number => view.Range(topic, number)).Sum(range => range.NextOffset - range.FirstOffset);
        return unread + partitions.Sum(partition => partition.Lag!.Value);
    }

    /// <summary>Null for a position that doesn't point into the topic as it is.</summary>
    private long? LagOf(TopicInfo topic, CommittedPosition position) =>
        position.Position.Into == TopicSource.Identity(topic) && int.TryParse(position.Partition.Partition, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < topic.Partitions
            ? Math.Max(0, view.Range(topic, number).NextOffset - TopicSource.OffsetOf(position.Position))
            : null;

    private IReadOnlyList<CommittedPosition>? InDatabase(PipelineName name, SubgraphRecord subgraph)
    {
        DatabaseCommitPoint? point = plan?.Subgraphs.Select(planned => planned.CommitPoint).OfType<DatabaseCommitPoint>().FirstOrDefault(point => point.Id == subgraph.Store);
        if (point is null)
        {
            unknown.Add($"positions of subgraph {subgraph.Name} are in {subgraph.Store}, and its definition is needed to open that: --pipelines PATH");
            return null;
        }

        try
        {
            using ICommitDatabase database = point.Open(folder, view.Id);
            return database.ReadPositionsAsync(name, subgraph.Name, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (EngineException e)
        {
            unknown.Add($"positions of subgraph {subgraph.Name}: {e.Message}");
            return null;
        }
    }

    private OwnTopicDescription Describe(TopicInfo topic)
    {
        PartitionRange[] ranges = [.. Enumerable.Range(0, topic.Partitions).Select(partition => view.Range(topic, partition))];
        return new OwnTopicDescription(topic.Name, topic.Partitions, ranges.Sum(range => range.NextOffset - range.FirstOffset), ranges.Sum(range => range.Bytes), ranges.Any(range => range.IsEstimated));
    }
}
