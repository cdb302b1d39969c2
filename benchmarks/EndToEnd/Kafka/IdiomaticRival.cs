using Confluent.Kafka;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>
/// The loop as the documentation of Confluent.Kafka writes it: a subscribed consumer, one record at a time, a handler for each delivery.
/// Exactly-once commits a transaction with the group's offsets; at-least-once stores the offsets of what was delivered, for the consumer to commit.
/// </summary>
internal sealed class IdiomaticRival(KafkaJob job, int number)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollWait = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<TopicPartition, Offset> next = [];
    private Error? undelivered;
    private bool dirty;

    public static int Run(KafkaJob job) => RivalThreads.Run(job.Tasks, (number, stop) => new IdiomaticRival(job, number).Run(stop));

    private void Run(CancellationToken stop)
    {
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(ProducerSettings()).Build();
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(ConsumerSettings())
            .SetPartitionsRevokedHandler((revoking, partitions) =>
            {
                Commit(revoking, producer);
                foreach (TopicPartitionOffset partition in partitions) next.Remove(partition.TopicPartition);
            })
            .SetPartitionsLostHandler((_, partitions) => throw new InvalidOperationException($"{string.Join(", ", partitions)} went to another member of the group"))
            .Build();
        if (job.ExactlyOnce) producer.InitTransactions(Patience);
        consumer.Subscribe(job.Input);
        long due = Environment.TickCount64 + job.CommitMilliseconds;
        while (!stop.IsCancellationRequested)
        {
            ConsumeResult<byte[], byte[]>? result = consumer.Consume(PollWait);
            if (result is not null) Take(result, producer);
            if (Environment.TickCount64 < due) continue;
            Commit(consumer, producer);
            due = Environment.TickCount64 + job.CommitMilliseconds;
        }

        Commit(consumer, producer);
        consumer.Close();
    }

    private void Take(ConsumeResult<byte[], byte[]> result, IProducer<byte[], byte[]> producer)
    {
        if (job.ExactlyOnce && !dirty) producer.BeginTransaction();
        dirty = true;
        if (RivalWork.Transform(job.Workload, result.Message.Value) is { } value)
        {
            var message = new Message<byte[], byte[]> { Key = result.Message.Key, Value = value, Timestamp = result.Message.Timestamp };
            RivalWork.Produce(producer, job.Output, message, report =>
            {
                if (report.Error.IsError) undelivered = report.Error;
            });
        }

        next[result.TopicPartition] = result.Offset + 1;
    }

    private void Commit(IConsumer<byte[], byte[]> consumer, IProducer<byte[], byte[]> producer)
    {
        if (!dirty) return;
        TopicPartitionOffset[] offsets = [.. next.Select(entry => new TopicPartitionOffset(entry.Key, entry.Value))];
        if (job.ExactlyOnce)
        {
            producer.SendOffsetsToTransaction(offsets, consumer.ConsumerGroupMetadata, Patience);
            producer.CommitTransaction(Patience);
        }
        else
        {
            producer.Flush(Patience);
            if (undelivered is { } error) throw new KafkaException(error);
            foreach (TopicPartitionOffset offset in offsets) consumer.StoreOffset(offset);
        }

        dirty = false;
    }

    private ProducerConfig ProducerSettings() => new()
    {
        BootstrapServers = job.Bootstrap,
        TransactionalId = job.ExactlyOnce ? $"{job.App}-{number}" : null,
        EnableIdempotence = true,
        Partitioner = Partitioner.Murmur2Random,
        LingerMs = RivalSettings.LingerMs,
        BatchSize = RivalSettings.BatchBytes,
    };

    private ConsumerConfig ConsumerSettings() => new()
    {
        BootstrapServers = job.Bootstrap,
        GroupId = job.App,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        IsolationLevel = IsolationLevel.ReadCommitted,
        EnableAutoCommit = !job.ExactlyOnce,
        AutoCommitIntervalMs = job.CommitMilliseconds,
        EnableAutoOffsetStore = false,
    };
}
