using Confluent.Kafka;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>
/// The fastest loop we know over the managed client: each thread has partitions of its own, skips what of a message isn't needed,
/// and produces without delivery reports, which a transaction's commit makes up for. Without transactions a record that couldn't be delivered
/// would go unnoticed, so its at-least-once holds only while the brokers are up.
/// </summary>
internal sealed class TunedRival(KafkaJob job, int number)
{
    private const int PollMilliseconds = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static int Run(KafkaJob job)
    {
        int partitions = KafkaTopics.Partitions(job.Bootstrap, job.Input);
        return RivalThreads.Run(job.Tasks, (number, stop) => new TunedRival(job, number).Run(partitions, stop));
    }

    private void Run(int partitions, CancellationToken stop)
    {
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(ProducerSettings()).Build();
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(ConsumerSettings()).Build();
        if (job.ExactlyOnce) producer.InitTransactions(Patience);
        TopicPartition[] own = [.. Enumerable.Range(0, partitions).Where(partition => partition % job.Tasks == number).Select(partition => new TopicPartition(job.Input, partition))];
        consumer.Assign(own.Select(partition => new TopicPartitionOffset(partition, Offset.Stored)));
        long[] next = new long[partitions];
        bool dirty = false;
        long due = Environment.TickCount64 + job.CommitMilliseconds;
        while (!stop.IsCancellationRequested)
        {
            ConsumeResult<byte[], byte[]>? result = consumer.Consume(PollMilliseconds);
            if (result is not null)
            {
                if (job.ExactlyOnce && !dirty) producer.BeginTransaction();
                dirty = true;
                next[result.Partition] = result.Offset + 1;
                if (RivalWork.Transform(job.Workload, result.Message.Value) is { } value)
                {
                    RivalWork.Produce(producer, job.Output, new Message<byte[], byte[]> { Key = result.Message.Key, Value = value, Timestamp = result.Message.Timestamp }, null);
                }
            }

            if (!dirty || Environment.TickCount64 < due) continue;
            Commit(next, consumer, producer);
            dirty = false;
            due = Environment.TickCount64 + job.CommitMilliseconds;
        }

        if (dirty) Commit(next, consumer, producer);
        consumer.Close();
    }

    private void Commit(long[] next, IConsumer<byte[], byte[]> consumer, IProducer<byte[], byte[]> producer)
    {
        TopicPartitionOffset[] offsets = [.. next.Index().Where(partition => partition.Item > 0).Select(partition => new TopicPartitionOffset(job.Input, partition.Index, partition.Item))];
        if (job.ExactlyOnce)
        {
            producer.SendOffsetsToTransaction(offsets, consumer.ConsumerGroupMetadata, Patience);
            producer.CommitTransaction(Patience);
            return;
        }

        if (producer.Flush(Patience) is var left and > 0) throw new InvalidOperationException($"{left} records were not delivered within {Patience}");
        consumer.Commit(offsets);
    }

    private ProducerConfig ProducerSettings() => new()
    {
        BootstrapServers = job.Bootstrap,
        TransactionalId = job.ExactlyOnce ? $"{job.App}-{number}" : null,
        EnableIdempotence = true,
        EnableDeliveryReports = false,
        Partitioner = Partitioner.Murmur2Random,
        LingerMs = 50,
        BatchSize = 1_000_000,
        BatchNumMessages = 100_000,
        QueueBufferingMaxMessages = 1_000_000,
        RetryBackoffMs = 10,
    };

    private ConsumerConfig ConsumerSettings() => new()
    {
        BootstrapServers = job.Bootstrap,
        GroupId = job.App,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        IsolationLevel = IsolationLevel.ReadCommitted,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        ConsumeResultFields = "timestamp",
        CheckCrcs = false,
        QueuedMinMessages = 500_000,
        QueuedMaxMessagesKbytes = 65_536,
        FetchMaxBytes = 52_428_800,
        MaxPartitionFetchBytes = 4_000_000,
        FetchQueueBackoffMs = 20,
    };
}
