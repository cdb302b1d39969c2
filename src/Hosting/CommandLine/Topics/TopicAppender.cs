using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary>
/// Appends records to a topic, batch by batch: a batch is there as a whole and durable, or not at all. Keys go where the engine's sinks and Kafka's clients
/// put them; records without one go to each partition in turn, a batch at a time. Not thread-safe.
/// </summary>
internal sealed class TopicAppender(ILog log, TopicInfo topic) : IDisposable
{
    private const int BatchRecordsMax = 10_000;
    private const int BatchBytesMax = 1 << 20;

    private readonly ChunkPool pool = new();
    private readonly ChunkBuilder?[] builders = new ChunkBuilder?[topic.Partitions];
    private readonly List<Chunk> full = [];
    private long open;
    private long openBytes;
    private int turn;

    /// <summary>How many records are written and durable.</summary>
    public long Written { get; private set; }

    /// <summary>Takes a record into the open batch; commits that when it is full.</summary>
    public void Add(RecordLine record)
    {
        int partition = record.Partition ?? (record.HasKey ? Murmur2.Partition(record.Key, topic.Partitions) : turn);
        ChunkBuilder builder = builders[partition] ??= new ChunkBuilder(pool, partition);
        builder.Append(record.Key, record.HasKey, record.Value, record.HasValue, record.Timestamp, record.Headers);
        if (builder.IsFull) full.Add(builder.Take()!);
        open++;
        openBytes += record.Key.Length + record.Value.Length;
        if (open >= BatchRecordsMax || openBytes >= BatchBytesMax) Commit();
    }

    /// <summary>Commits the open batch; returns when it is durable.</summary>
    public void Commit()
    {
        if (open == 0) return;
        foreach (ChunkBuilder? builder in builders)
        {
            if (builder?.Take() is { } chunk) full.Add(chunk);
        }

        log.Append(topic, full);
        foreach (Chunk chunk in full) chunk.Release();
        full.Clear();
        Written += open;
        (open, openBytes) = (0, 0);
        turn = (turn + 1) % topic.Partitions;
    }

    /// <summary>Gives up what isn't committed.</summary>
    public void Dispose()
    {
        foreach (ChunkBuilder? builder in builders) builder?.Take()?.Release();
        foreach (Chunk chunk in full) chunk.Release();
        pool.Close();
    }
}
