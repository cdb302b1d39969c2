using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>Looks at a log that several processes may have open at once, as one on a Kafka cluster; closes it in the end.</summary>
/// <param name="log">The log.</param>
/// <param name="clock">Tells how long ago a heartbeat was.</param>
internal sealed class SharedLogView(ILog log, TimeProvider clock) : ILogView
{
    /// <summary>How long a reader waits for what lies before the end. A transaction that is open longer belongs to a process that died, or to one that takes its time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>How long counting waits for what lies before the end: what isn't committed then isn't counted.</summary>
    private static readonly TimeSpan CountPatience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public string Id => log.Id;

    /// <inheritdoc/>
    public string Description => log.Description;

    /// <inheritdoc/>
    public IReadOnlyList<TopicInfo> Topics => log.Topics();

    /// <inheritdoc/>
    public IReadOnlyList<PipelineName> Pipelines => log.Homes();

    /// <inheritdoc/>
    public HomeEntry? ReadHome(PipelineName pipeline) => log.ReadHome(pipeline);

    /// <inheritdoc/>
    public bool IsHeld(PipelineName pipeline) => log.ReadHome(pipeline) is { Heartbeat: { } beat } && clock.GetUtcNow() - beat < log.HeartbeatTimeout;

    /// <inheritdoc/>
    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(PipelineName pipeline) => log.Positions(pipeline);

    /// <inheritdoc/>
    public IReadOnlyList<UnpublishedStage> Unpublished(PipelineName pipeline) => log.Unpublished(pipeline);

    /// <inheritdoc/>
    public IReadOnlyList<StateInfo> States(PipelineName pipeline) => log.States(pipeline);

    /// <inheritdoc/>
    public TopicInfo? Find(string name) => log.Find(name);

    /// <inheritdoc/>
    public PartitionRange Range(TopicInfo topic, int partition) => log.Range(topic, partition);

    /// <summary>Markers of transactions have offsets too, and so have records that were given up: what a committed reader gets is counted.</summary>
    public long Count(TopicInfo topic, int partition)
    {
        PartitionRange range = log.Range(topic, partition);
        if (range.FirstOffset >= range.NextOffset) return 0;
        using ILogReader reader = log.OpenReader(new ChunkPool());
        reader.Assign(topic, partition, range.FirstOffset);
        long count = 0;
        while (reader.NextOffset(topic, partition) is var before && before < range.NextOffset)
        {
            if (reader.Poll(CountPatience) is { } read)
            {
                count += read.Chunk.Records;
                read.Chunk.Release();
            }
            else if (reader.NextOffset(topic, partition) == before)
            {
                break;
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public IEnumerable<Chunk> Read(TopicInfo topic, int partition, long from, ChunkPool pool)
    {
        long end = log.Range(topic, partition).NextOffset;
        if (from >= end) yield break;
        using ILogReader reader = log.OpenReader(pool);
        reader.Assign(topic, partition, from);
        while (reader.NextOffset(topic, partition) < end)
        {
            long before = reader.NextOffset(topic, partition);
            if (reader.Poll(Patience) is { } read) yield return read.Chunk;
            else if (reader.NextOffset(topic, partition) == before)
            {
                throw new EngineException(
                    ErrorDomain.External,
                    $"topic {topic.Name}, partition {partition}: what lies from offset {before} to {end} can't be read yet: a transaction that writes there is still open, or the log doesn't answer",
                    "What was printed is committed. Try again in a while: a transaction that nobody ends is given up when its time is over.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => log.Dispose();
}
