using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.Native;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Commits;

/// <summary>
/// Commits a pipeline's positions as those of a consumer group too, so that any tool shows its lag. A mirror, behind the commits and never read: where two subgraphs
/// read one topic it has the lower, and what tools do to the group changes nothing.
/// </summary>
internal sealed class GroupMirror : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly KafkaCluster cluster;
    private readonly PipelineName pipeline;
    private readonly Dictionary<(string Topic, int Partition), Dictionary<string, long>> positions = [];
    private readonly HashSet<(string Topic, int Partition)> changed = [];
    private readonly object gate = new();
    private readonly Thread thread;
    private bool stopped;

    public GroupMirror(KafkaCluster cluster, PipelineName pipeline)
    {
        this.cluster = cluster;
        this.pipeline = pipeline;
        thread = new Thread(Run) { IsBackground = true, Name = $"group of {pipeline}" };
        thread.Start();
    }

    /// <summary>A subgraph has committed positions; those of other places than topics of this cluster are left out.</summary>
    public void Note(string subgraph, IReadOnlyList<CommittedPosition> committed)
    {
        lock (gate)
        {
            foreach (CommittedPosition position in committed)
            {
                if (TopicOf(position.Position) is not { } topic) continue;
                int slash = position.Partition.Partition.LastIndexOf('/');
                if (!int.TryParse(position.Partition.Partition.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int partition)) continue;
                if (!long.TryParse(position.Position.At, NumberStyles.None, CultureInfo.InvariantCulture, out long offset)) continue;
                if (!positions.TryGetValue((topic, partition), out Dictionary<string, long>? of)) positions[(topic, partition)] = of = [];
                of[subgraph] = offset;
                changed.Add((topic, partition));
            }

            if (changed.Count > 0) Monitor.Pulse(gate);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.Pulse(gate);
        }

        thread.Join(TimeSpan.FromSeconds(2));
    }

    private string? TopicOf(Position position)
    {
        int colon = position.Into.LastIndexOf(':');
        return colon < 0 ? null : cluster.Known(position.Into[(colon + 1)..])?.Name;
    }

    private void Run()
    {
        NativeConsumer? group = null;
        try
        {
            while (Take() is { } offsets)
            {
                group ??= cluster.NewConsumer($"group of {pipeline}", group: OwnTopics.Group(pipeline));
                group.CommitAsync(offsets);
                if (group.Events.TakeGroupError() is { } refused) throw cluster.Explain(refused, $"consumer group {OwnTopics.Group(pipeline)} of {cluster.Description}");
            }
        }
        catch (Exception e) when (e is KafkaFault or Diagnostics.EngineException)
        {
            cluster.Warn($"consumer group {OwnTopics.Group(pipeline)} shows no more how far the pipeline is, which itself goes on: {e.Message}{(e is Diagnostics.EngineException { Remedy: var remedy } ? $" {remedy}" : "")}");
        }
        finally
        {
            group?.Dispose();
        }
    }

    /// <summary>What has changed since it was last asked, at most every so often; null at the end.</summary>
    private List<(string Topic, int Partition, long Offset)>? Take()
    {
        lock (gate)
        {
            long until = Environment.TickCount64 + (long)Interval.TotalMilliseconds;
            while (!stopped && until - Environment.TickCount64 is > 0 and var left) Monitor.Wait(gate, (int)left);
            while (changed.Count == 0 && !stopped) Monitor.Wait(gate);
            if (changed.Count == 0) return null;
            List<(string, int, long)> offsets = [.. changed.Select(place => (place.Topic, place.Partition, positions[place].Values.Min()))];
            changed.Clear();
            return offsets;
        }
    }
}
