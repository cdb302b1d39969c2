using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamEngine.Conformance.Kafka;

/// <summary>
/// What a test says to a cluster, and hears from it, without the code that is tested: topics, records as text, what a committed reader sees.
/// Every call connects, waits for the answer and leaves nothing open.
/// </summary>
/// <param name="bootstrap">The cluster.</param>
/// <param name="settings">Client settings that are added, such as those of TLS.</param>
public sealed class KafkaTestClient(string bootstrap, IReadOnlyDictionary<string, string>? settings = null)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Makes a topic, and waits until every partition has its leader.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="partitions">How many partitions.</param>
    /// <param name="configs">Its settings, such as <c>cleanup.policy</c>.</param>
    public void CreateTopic(string topic, int partitions = 1, IDictionary<string, string>? configs = null) => Administer(admin =>
    {
        admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = -1, Configs = configs?.ToDictionary() }])
            .GetAwaiter().GetResult();
        DateTime end = DateTime.UtcNow + Deadline;
        while (!admin.GetMetadata(topic, Deadline).Topics.Any(found =>
            found.Error.Code == ErrorCode.NoError && found.Partitions.Count == partitions && found.Partitions.All(partition => partition.Leader >= 0)))
        {
            if (DateTime.UtcNow > end) throw new InvalidOperationException($"topic {topic} has no leaders");
        }
    });

    /// <summary>Removes a topic.</summary>
    public void DeleteTopic(string topic) => Administer(admin => admin.DeleteTopicsAsync([topic]).GetAwaiter().GetResult());

    /// <summary>Changes the settings of a topic.</summary>
    public void AlterTopic(string topic, IReadOnlyDictionary<string, string> configs) => Administer(admin => admin.IncrementalAlterConfigsAsync(new()
    {
        [new ConfigResource { Type = ResourceType.Topic, Name = topic }] =
            [.. configs.Select(config => new ConfigEntry { Name = config.Key, Value = config.Value, IncrementalOperation = AlterConfigOpType.Set })],
    }).GetAwaiter().GetResult());

    /// <summary>The names of all topics but the cluster's own.</summary>
    public IReadOnlyList<string> Topics() =>
        [.. Administer(admin => admin.GetMetadata(Deadline)).Topics.Select(topic => topic.Topic).Where(topic => !topic.StartsWith("__", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The offsets behind what was appended to a topic's partitions, committed or not, added up; 0 when there is no such topic.</summary>
    public long AppendedTo(string topic) => Offsets(topic, OffsetSpec.Latest());

    /// <summary>The first offsets that a topic's partitions still have, added up.</summary>
    public long PurgedFrom(string topic) => Offsets(topic, OffsetSpec.Earliest());

    /// <summary>Writes records in their order and waits until all are acknowledged.</summary>
    public void Produce(string topic, IEnumerable<KafkaTestRecord> records)
    {
        using IProducer<byte[]?, byte[]?> producer = Producer(new ProducerConfig(Settings()) { EnableIdempotence = true });
        Produce(producer, topic, records);
    }

    /// <summary>Writes records in one transaction; no committed reader sees them when it ends in an abort.</summary>
    /// <param name="transactionalId">Whose transaction it is.</param>
    /// <param name="topic">Where they are written.</param>
    /// <param name="records">What is written.</param>
    /// <param name="commit">Whether it ends in a commit.</param>
    public void ProduceTransaction(string transactionalId, string topic, IEnumerable<KafkaTestRecord> records, bool commit = true)
    {
        using IProducer<byte[]?, byte[]?> producer = Producer(new ProducerConfig(Settings()) { TransactionalId = transactionalId });
        producer.InitTransactions(Deadline);
        producer.BeginTransaction();
        Produce(producer, topic, records);
        if (commit) producer.CommitTransaction(Deadline);
        else producer.AbortTransaction(Deadline);
    }

    /// <summary>
    /// All records that a committed reader sees now, by partition and offset: none behind the first transaction that is open, none of those that
    /// were aborted.
    /// </summary>
    public IReadOnlyList<KafkaTestRecord> ReadCommitted(string topic) => Read(topic, IsolationLevel.ReadCommitted);

    /// <summary>All records, aborted or not decided yet among them, by partition and offset.</summary>
    public IReadOnlyList<KafkaTestRecord> ReadUncommitted(string topic) => Read(topic, IsolationLevel.ReadUncommitted);

    private long Offsets(string topic, OffsetSpec of) => Administer(admin =>
    {
        TopicMetadata found = admin.GetMetadata(topic, Deadline).Topics.Single();
        TopicPartitionOffsetSpec[] asked = [.. found.Partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, partition.PartitionId), OffsetSpec = of })];
        return asked.Length == 0 ? 0 : admin.ListOffsetsAsync(asked, new ListOffsetsOptions { RequestTimeout = Deadline }).GetAwaiter().GetResult().ResultInfos.Sum(found => found.TopicPartitionOffsetError.Offset.Value);
    });

    private List<KafkaTestRecord> Read(string topic, IsolationLevel isolation)
    {
        var config = new ConsumerConfig(Settings())
        {
            GroupId = "unused",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            IsolationLevel = isolation,
            FetchWaitMaxMs = 10,
        };
        int partitions = Administer(admin => admin.GetMetadata(topic, Deadline)).Topics.Single().Partitions.Count;
        using IConsumer<byte[]?, byte[]?> consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var records = new List<KafkaTestRecord>();
        var ended = new HashSet<int>();
        DateTime end = DateTime.UtcNow + Deadline;
        while (ended.Count < partitions)
        {
            if (Consume(consumer) is { } result)
            {
                if (result.IsPartitionEOF) ended.Add(result.Partition);
                else records.Add(ToRecord(result));
            }
            else if (DateTime.UtcNow > end)
            {
                throw new InvalidOperationException($"partitions {string.Join(", ", Enumerable.Range(0, partitions).Except(ended))} of {topic} can't be read to their ends");
            }
        }

        consumer.Close();
        return [.. records.OrderBy(record => record.Partition).ThenBy(record => record.Offset)];
    }

    /// <summary>The next record or end of a partition. A consumer asks for its group's coordinator though it uses none, and may be refused it.</summary>
    private static ConsumeResult<byte[]?, byte[]?>? Consume(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(TimeSpan.FromSeconds(1));
        }
        catch (ConsumeException e) when (e.Error.Code == ErrorCode.GroupAuthorizationFailed)
        {
            return null;
        }
    }

    private static void Produce(IProducer<byte[]?, byte[]?> producer, string topic, IEnumerable<KafkaTestRecord> records)
    {
        Error? failure = null;
        foreach (KafkaTestRecord record in records)
        {
            producer.Produce(new TopicPartition(topic, record.Partition < 0 ? Partition.Any : record.Partition), ToMessage(record), report =>
            {
                if (report.Error.IsError) Interlocked.CompareExchange(ref failure, report.Error, null);
            });
        }

        producer.Flush(CancellationToken.None);
        if (failure is not null) throw new KafkaException(failure);
    }

    private static IProducer<byte[]?, byte[]?> Producer(ProducerConfig config)
    {
        config.LingerMs = 1;
        config.MessageTimeoutMs = (int)Deadline.TotalMilliseconds;
        return new ProducerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
    }

    private static Message<byte[]?, byte[]?> ToMessage(KafkaTestRecord record)
    {
        var message = new Message<byte[]?, byte[]?>
        {
            Key = Bytes(record.Key),
            Value = Bytes(record.Value),
            Timestamp = record.Timestamp is { } time ? new Timestamp(time) : Timestamp.Default,
            Headers = [],
        };
        foreach ((string name, string? value) in record.Headers ?? []) message.Headers.Add(name, Bytes(value));
        return message;
    }

    private static KafkaTestRecord ToRecord(ConsumeResult<byte[]?, byte[]?> result) => new(
        Text(result.Message.Key),
        Text(result.Message.Value),
        result.Partition,
        DateTimeOffset.FromUnixTimeMilliseconds(result.Message.Timestamp.UnixTimestampMs),
        [.. result.Message.Headers.Select(header => new KeyValuePair<string, string?>(header.Key, Text(header.GetValueBytes())))],
        result.Offset);

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    private void Administer(Action<IAdminClient> act) => Administer(admin =>
    {
        act(admin);
        return 0;
    });

    private T Administer<T>(Func<IAdminClient, T> ask)
    {
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig(Settings())).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        return ask(admin);
    }

    private Dictionary<string, string> Settings() => new(settings ?? new Dictionary<string, string>())
    {
        ["bootstrap.servers"] = bootstrap,
        ["reconnect.backoff.ms"] = "20",
        ["reconnect.backoff.max.ms"] = "200",
        ["topic.metadata.refresh.sparse"] = "true",
    };
}
