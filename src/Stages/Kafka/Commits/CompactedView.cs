using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Commits;

/// <summary>
/// What a compacted topic says now: the last committed value of each key of each partition, kept in memory and read on when asked. Thread-safe; calls wait for
/// the brokers.
/// </summary>
internal sealed class CompactedView : IDisposable
{
    private static readonly TimeSpan PollWait = TimeSpan.FromMilliseconds(100);

    private readonly KafkaCluster cluster;
    private readonly ILogReader reader;
    private readonly Dictionary<string, byte[]>[] entries;
    private readonly long[] next;
    private readonly Lock gate = new();

    /// <param name="cluster">The cluster.</param>
    /// <param name="topic">The topic, with few keys.</param>
    /// <param name="reader">Reads it; the view's own from now on.</param>
    public CompactedView(KafkaCluster cluster, TopicInfo topic, ILogReader reader)
    {
        this.cluster = cluster;
        this.reader = reader;
        Topic = topic;
        entries = [.. Enumerable.Range(0, topic.Partitions).Select(_ => new Dictionary<string, byte[]>(StringComparer.Ordinal))];
        next = new long[topic.Partitions];
        for (int partition = 0; partition < topic.Partitions; partition++)
        {
            next[partition] = cluster.Watermarks(topic.Name, partition).Low;
            reader.Assign(topic, partition, next[partition]);
        }
    }

    /// <summary>The topic.</summary>
    public TopicInfo Topic { get; }

    /// <summary>Reads on, and returns what a partition says then.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="isFinal">
    /// Whether to wait for everything that was appended before this call: what lies behind open transactions is waited for, so those of dead tasks have to be fenced
    /// before. Otherwise as far as a committed reader comes now.
    /// </param>
    /// <param name="within">How long to wait.</param>
    /// <exception cref="EngineException">It took longer, or the cluster can't be reached.</exception>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Read(int partition, bool isFinal, TimeSpan within)
    {
        long end = isFinal ? cluster.Watermarks(Topic.Name, partition).High : cluster.CommittedEnd(Topic.Name, partition);
        for (long until = Environment.TickCount64 + (long)within.TotalMilliseconds; ;)
        {
            // Whoever has its turn reads on for all: one that waits behind an open transaction keeps nobody from another partition.
            lock (gate)
            {
                if (next[partition] >= end) return [.. entries[partition]];
                if (Environment.TickCount64 >= until) throw NotReached(partition, next[partition], end);
                ReadOn();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate) reader.Dispose();
    }

    private void ReadOn()
    {
        if (reader.Poll(PollWait) is { } read)
        {
            Take(read.Chunk);
            next[read.Chunk.Partition] = read.NextOffset;
        }

        for (int n = 0; n < next.Length; n++) next[n] = Math.Max(next[n], reader.NextOffset(Topic, n));
    }

    private EngineException NotReached(int partition, long reached, long end) => new(
        ErrorDomain.External,
        $"topic {Topic.Name}, partition {partition} of {cluster.Description} can be read up to offset {reached} only, and ends at {end}: a transaction is open there",
        "It ends by itself, after its timeout at the latest. One that stays was forgotten by a broker that restarted, and its operator has to end it with "
        + "kafka-transactions.sh: docs/kafka.md says how, under \"Transactions that don't end\".");

    private void Take(Chunk chunk)
    {
        try
        {
            Dictionary<string, byte[]> target = entries[chunk.Partition];
            var records = new ChunkReader(chunk);
            while (records.MoveNext())
            {
                string key = Encoding.UTF8.GetString(records.Key);
                if (records.HasValue) target[key] = records.Value.ToArray();
                else target.Remove(key);
            }
        }
        finally
        {
            chunk.Release();
        }
    }
}
