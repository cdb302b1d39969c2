using Confluent.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Kafka.Clusters;

/// <summary>Asks a cluster what its topics are, and the leaders of partitions for offsets. Thread-safe.</summary>
/// <param name="cluster">The cluster.</param>
internal sealed class ClusterQueries(KafkaCluster cluster) : IDisposable
{
    private readonly Lock gate = new();
    private NativeConsumer? uncommitted;
    private NativeConsumer? committed;
    private bool disposed;

    /// <summary>The first offset of a partition, and its high watermark: the offset behind everything that was appended, committed or not.</summary>
    public (long Low, long High) Watermarks(string topic, int partition) => Query(ref uncommitted, false, topic, partition, (consumer, within) => consumer.QueryWatermarks(topic, partition, within));

    /// <summary>Up to where a committed reader can read now: the last stable offset.</summary>
    public long CommittedEnd(string topic, int partition) => Query(ref committed, true, topic, partition, (consumer, within) => consumer.QueryWatermarks(topic, partition, within)).High;

    /// <summary>The first offset of a record of that time or a later one; -1 when there is none.</summary>
    public long ForTime(string topic, int partition, long timestamp) =>
        Query(ref uncommitted, false, topic, partition, (consumer, within) => consumer.OffsetForTime(topic, partition, timestamp, within));

    /// <summary>
    /// What the cluster says of topics, those that aren't there included. That is asked of the controller which the client knew last, and which may be gone: so it is
    /// asked for before every further try.
    /// </summary>
    public IReadOnlyList<DescribedTopic> Describe(string[] names)
    {
        NativeConsumer use = Opened(ref uncommitted, isCommitted: false);
        for (long until = Environment.TickCount64 + (long)KafkaCluster.RequestTimeout.TotalMilliseconds; ;)
        {
            try
            {
                return use.Describe(names, AdminCalls.TryTimeout);
            }
            catch (KafkaFault e) when (HasLeft(e.Code) && Environment.TickCount64 < until)
            {
                FindBrokers(use);
            }
            catch (KafkaFault e)
            {
                throw cluster.Explain(e, names.Length == 1 ? $"{cluster.Description} was asked for topic {names[0]}" : $"{cluster.Description} was asked for its topics");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            uncommitted?.Dispose();
            committed?.Dispose();
        }
    }

    /// <summary>
    /// Asks the leader of a partition, within <see cref="KafkaCluster.RequestTimeout"/>: the leader may have changed since it was asked last, or be just about to,
    /// so no single try takes all of that time.
    /// </summary>
    private T Query<T>(ref NativeConsumer? consumer, bool isCommitted, string topic, int partition, Func<NativeConsumer, TimeSpan, T> query)
    {
        NativeConsumer use = Opened(ref consumer, isCommitted);
        long until = Environment.TickCount64 + (long)KafkaCluster.RequestTimeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                return query(use, AdminCalls.TryTimeout);
            }
            catch (KafkaFault e) when (e.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
            {
                // Also said of a partition whose leader is being elected, and by a broker that has just come back and doesn't know all topics yet.
                if (cluster.Find(topic) is not { } there || partition >= there.Partitions) throw new TopicException($"topic {topic} was deleted, or has no partition {partition}");
                if (Environment.TickCount64 >= until) throw KafkaErrors.Explain(ErrorCode.LeaderNotAvailable, e.Message, $"topic {topic}, partition {partition} of {cluster.Description}", e);
                FindBrokers(use);
            }
            catch (KafkaFault e) when (HasLeft(e.Code) && Environment.TickCount64 < until)
            {
                FindBrokers(use);
            }
            catch (KafkaFault e)
            {
                throw cluster.Explain(e, $"topic {topic}, partition {partition} of {cluster.Description}");
            }
        }
    }

    private NativeConsumer Opened(ref NativeConsumer? consumer, bool isCommitted)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return consumer ??= cluster.NewConsumer($"offsets of {cluster.Bootstrap}", isCommitted);
        }
    }

    /// <summary>Whether an answer means that another broker may lead the partition now, or soon.</summary>
    private static bool HasLeft(ErrorCode code) => code is ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable or ErrorCode.FencedLeaderEpoch
        or ErrorCode.UnknownLeaderEpoch or ErrorCode.ReplicaNotAvailable or ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown
        or ErrorCode.Local_DestroyBroker or ErrorCode.RequestTimedOut or ErrorCode.OffsetNotAvailable;

    private static void FindBrokers(NativeConsumer consumer)
    {
        try
        {
            AdminCalls.Pause();
            consumer.FindBrokers(AdminCalls.TryTimeout);
        }
        catch (KafkaFault)
        {
            // The next try says what is wrong.
        }
    }
}
