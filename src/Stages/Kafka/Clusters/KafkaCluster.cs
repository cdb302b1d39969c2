using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Serilog;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Kafka.Clusters;

/// <summary>
/// A Kafka cluster: its topics, and clients of it. Calls wait for the brokers, at most <see cref="RequestTimeout"/>, and fail with errors that say what to do.
/// Thread-safe.
/// </summary>
internal sealed class KafkaCluster : IDisposable
{
    /// <summary>How long one request may take.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    private const int DefaultRecordBytesMax = 1_000_000;

    /// <summary>What a batch of one record has around it, and more.</summary>
    private const int BatchOverhead = 256;

    private readonly ConcurrentDictionary<string, TopicInfo> byId = new();
    private readonly ConnectionTroubles troubles = new();
    private readonly AdminCalls admin;
    private readonly ClusterQueries queries;
    private readonly ILogger logger;
    private readonly int replicationFactor;
    private readonly int clientRecordBytesMax;

    /// <param name="client">Settings of clients, by librdkafka's names, checked by the allow-list.</param>
    /// <param name="replicationFactor">Of topics that are made; -1 for the brokers' own.</param>
    /// <param name="logger">Takes what clients say.</param>
    public KafkaCluster(IReadOnlyDictionary<string, string> client, int replicationFactor, ILogger logger)
    {
        Client = client;
        Bootstrap = client.GetValueOrDefault("bootstrap.servers") ?? "";
        this.replicationFactor = replicationFactor;
        this.logger = logger;
        admin = new AdminCalls(client, Description, logger, troubles);
        queries = new ClusterQueries(this);
        clientRecordBytesMax = int.TryParse(client.GetValueOrDefault("message.max.bytes"), out int max) ? max : DefaultRecordBytesMax;
    }

    /// <summary>Settings of clients, by librdkafka's names.</summary>
    public IReadOnlyDictionary<string, string> Client { get; }

    /// <summary>The addresses it was given.</summary>
    public string Bootstrap { get; }

    /// <summary>What it is, for messages.</summary>
    public string Description => $"the Kafka cluster at {Bootstrap}";

    /// <summary>The cluster's own id.</summary>
    /// <exception cref="EngineException">It can't be reached.</exception>
    public string Id => admin.Reached().Id;

    /// <summary>All topics but Kafka's own, in the order of their names.</summary>
    public IReadOnlyList<TopicInfo> Topics() => Topics([.. Names()]);

    /// <summary>The topics of those names that there are, in the order of their names.</summary>
    public IReadOnlyList<TopicInfo> Topics(string[] names)
    {
        if (names.Length == 0) return [];
        DescribedTopic[] described = [.. Described(names).Where(topic => topic.Error == ErrorCode.NoError)];
        Dictionary<string, DescribeConfigsResult> configs = Configs([.. described.Select(topic => topic.Name)]);
        return [.. described.Where(topic => configs.ContainsKey(topic.Name)).Select(topic => Info(topic, configs[topic.Name])).OrderBy(topic => topic.Name, StringComparer.Ordinal)];
    }

    /// <summary>The names of all topics but Kafka's own.</summary>
    public IEnumerable<string> Names() => [.. admin.Metadata().Topics.Select(topic => topic.Topic).Where(name => !name.StartsWith("__", StringComparison.Ordinal))];

    /// <summary>The topic of that name; null when there is none.</summary>
    public TopicInfo? Find(string name) =>
        Describe(name) is { } topic && Configs([name]).TryGetValue(name, out DescribeConfigsResult? config) ? Info(topic, config) : null;

    /// <summary>Whether a topic is still the one that was found: it wasn't deleted, or made anew.</summary>
    public bool Holds(TopicInfo topic) => Describe(topic.Name)?.Id == topic.Id;

    /// <summary>Makes sure that a topic is still the one that was found.</summary>
    /// <exception cref="TopicException">It was deleted, or made anew, or has no such partition.</exception>
    public void Check(TopicInfo topic, int partition = 0)
    {
        if (Describe(topic.Name) is not { } now || now.Id != topic.Id) throw new TopicException($"topic {topic.Name} was deleted");
        if (partition < 0 || partition >= now.Partitions) throw new TopicException($"topic {topic.Name} has no partition {partition}");
    }

    /// <summary>Refuses a topic that would not take the batches which this engine's clients make.</summary>
    /// <exception cref="TopicException">It was deleted.</exception>
    /// <exception cref="EngineException">Its batches have to be smaller.</exception>
    public void CheckWritable(TopicInfo topic)
    {
        Check(topic);
        CheckBatches(topic);
    }

    /// <summary>Refuses a topic that would not take the batches which this engine's clients make, by what is known of it; asks no broker.</summary>
    /// <exception cref="EngineException">Its batches have to be smaller.</exception>
    public void CheckBatches(TopicInfo topic)
    {
        Dictionary<string, string> settings = ClientDefaults.Producer(Client);
        if (!int.TryParse(settings["batch.size"], out int batch) || batch <= topic.RecordBytesMax) return;
        throw new EngineException(
            ErrorDomain.User,
            $"topic {topic.Name} of {Description} takes at most {topic.RecordBytesMax} bytes at once, and the engine's clients make batches of {batch}",
            $"Set batch.size = {topic.RecordBytesMax} in the client's settings, or raise the topic's max.message.bytes.");
    }

    /// <summary>A topic that was found before, by its identity; null when it wasn't.</summary>
    public TopicInfo? Known(string topicId) => byId.GetValueOrDefault(topicId);

    /// <summary>Makes a topic; returns when it can be used.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">How many partitions.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="TopicException">There is one of that name.</exception>
    public TopicInfo Create(string name, int partitions, Dictionary<string, string> config)
    {
        var spec = new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = (short)replicationFactor, Configs = config };
        var options = new CreateTopicsOptions { RequestTimeout = AdminCalls.TryTimeout, OperationTimeout = AdminCalls.TryTimeout };
        ErrorCode answer = admin.Make($"topic {name} of {Description} can't be made", client => client.CreateTopicsAsync([spec], options), ErrorCode.TopicAlreadyExists);
        if (answer == ErrorCode.TopicAlreadyExists) throw new TopicException($"there is a topic {name} already");
        return Await(() => Find(name) is { } made && HasLeaders(made) ? made : null) ?? throw new EngineException(
            ErrorDomain.External, $"topic {name} was made, and {Description} doesn't show it", "Check the brokers; start again.");
    }

    /// <summary>Deletes a topic, and waits until it is gone.</summary>
    public void Delete(string name)
    {
        var options = new DeleteTopicsOptions { RequestTimeout = AdminCalls.TryTimeout, OperationTimeout = AdminCalls.TryTimeout };
        ErrorCode answer = admin.Change($"topic {name} of {Description} can't be deleted", client => client.DeleteTopicsAsync([name], options), ErrorCode.UnknownTopicOrPart);
        if (answer != ErrorCode.UnknownTopicOrPart) Await(() => Describe(name) is null ? "" : null);
    }

    /// <summary>Removes what lies before an offset.</summary>
    public void Purge(string topic, int partition, long before)
    {
        var options = new DeleteRecordsOptions { RequestTimeout = AdminCalls.TryTimeout, OperationTimeout = AdminCalls.TryTimeout };

        // Purged further already, or gone altogether: that is as good.
        admin.Change(
            $"topic {topic}, partition {partition} of {Description} can't be purged",
            client => client.DeleteRecordsAsync([new TopicPartitionOffset(topic, partition, before)], options),
            ErrorCode.OffsetOutOfRange, ErrorCode.UnknownTopicOrPart);
    }

    /// <summary>The first offset of a partition, and its high watermark: the offset behind everything that was appended, committed or not.</summary>
    public (long Low, long High) Watermarks(string topic, int partition) => queries.Watermarks(topic, partition);

    /// <summary>Up to where a committed reader can read now: the last stable offset.</summary>
    public long CommittedEnd(string topic, int partition) => queries.CommittedEnd(topic, partition);

    /// <summary>The latest time of a record of a partition, in milliseconds since 1970, markers of transactions included; -1 when there is none.</summary>
    public long LastTime(string topic, int partition)
    {
        var asked = new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, partition), OffsetSpec = OffsetSpec.MaxTimestamp() };
        var options = new ListOffsetsOptions { RequestTimeout = AdminCalls.TryTimeout, IsolationLevel = IsolationLevel.ReadUncommitted };
        return admin.Ask($"the last time in topic {topic}, partition {partition}", client => client.ListOffsetsAsync([asked], options)).ResultInfos[0].Timestamp;
    }

    /// <summary>The first offset of a record of that time or a later one; -1 when there is none.</summary>
    public long OffsetForTime(string topic, int partition, long timestamp) => queries.ForTime(topic, partition, timestamp);

    /// <summary>Removes consumer groups; what can't be removed stays.</summary>
    public void DeleteGroup(string group)
    {
        try
        {
            admin.Change($"consumer group {group} stays", client => client.DeleteGroupsAsync([group], new DeleteGroupsOptions { RequestTimeout = AdminCalls.TryTimeout }));
        }
        catch (EngineException e)
        {
            logger.Debug("{Error}", e.Message);
        }
    }

    /// <summary>The error for a fault of a client of this cluster; where that says only that it had no answer, with what clients were told of their connections.</summary>
    public EngineException Explain(KafkaFault fault, string where) => KafkaErrors.Explain(fault, where, troubles.Last);

    /// <summary>Says something to the log that stops nothing.</summary>
    public void Warn(string text) => logger.Warning("{Text}", text);

    /// <summary>A consumer of no group; its user owns it.</summary>
    /// <param name="name">Its name, for the log.</param>
    /// <param name="committed">Whether it sees committed records only.</param>
    /// <param name="group">The group that it may commit offsets for.</param>
    public NativeConsumer NewConsumer(string name, bool committed = true, string group = "streamengine") =>
        Make(() => new NativeConsumer(ClientDefaults.Consumer(Client, committed, group), Log(name)), name);

    /// <summary>A consumer of committed records of no group; its user owns it.</summary>
    /// <param name="prefetchBytes">How much it prefetches.</param>
    public NativeConsumer NewReader(long prefetchBytes) => Make(() => new NativeConsumer(ClientDefaults.Reader(Client, prefetchBytes), Log("reader")), "reader");

    /// <summary>An idempotent producer without transactions; its user owns it.</summary>
    /// <param name="name">Its name, for the log.</param>
    public NativeProducer NewProducer(string name) => Make(() => new NativeProducer(ClientDefaults.Producer(Client), Log(name)), name);

    /// <summary>A transactional producer; its user owns it.</summary>
    /// <param name="transactionalId">Its transactional id.</param>
    /// <param name="timeout">How long the brokers let a transaction of it stay open.</param>
    public NativeProducer NewProducer(string transactionalId, TimeSpan timeout) =>
        Make(() => new NativeProducer(ClientDefaults.Producer(Client, transactionalId, timeout), Log(transactionalId)), transactionalId);

    /// <inheritdoc/>
    public void Dispose()
    {
        admin.Dispose();
        queries.Dispose();
    }

    /// <summary>Looks again and again until something is found; null when <see cref="RequestTimeout"/> is over.</summary>
    private static T? Await<T>(Func<T?> look)
        where T : class
    {
        long until = Environment.TickCount64 + (long)RequestTimeout.TotalMilliseconds;
        for (int wait = 5; ; wait = Math.Min(wait * 2, 200))
        {
            if (look() is { } found) return found;
            if (Environment.TickCount64 > until) return null;
            Thread.Sleep(wait);
        }
    }

    private T Make<T>(Func<T> make, string name)
    {
        try
        {
            return make();
        }
        catch (KafkaFault e)
        {
            throw KafkaErrors.CannotBeMade($"{name}: {Description}", e);
        }
    }

    private bool HasLeaders(TopicInfo topic)
    {
        Metadata metadata = admin.Metadata(topic.Name);
        return metadata.Topics.Count == 1 && metadata.Topics[0].Partitions.Count == topic.Partitions && metadata.Topics[0].Partitions.All(partition => partition.Leader >= 0);
    }

    private DescribedTopic? Describe(string name)
    {
        DescribedTopic topic = Described([name]).Single();
        if (topic.Error is ErrorCode.UnknownTopicOrPart or ErrorCode.TopicException) return null;
        return topic.Error == ErrorCode.NoError ? topic : throw KafkaErrors.Explain(topic.Error, topic.ErrorText, $"topic {name} of {Description}");
    }

    private IReadOnlyList<DescribedTopic> Described(string[] names)
    {
        // Says what is wrong where the cluster can't be reached, or lets nobody in.
        admin.Reached();
        return queries.Describe(names);
    }

    private TopicInfo Info(DescribedTopic topic, DescribeConfigsResult config)
    {
        string topicId = topic.Id;
        TopicSpec spec = TopicConfig.Read(topic.Name, topic.Partitions, config, out int recordBytesMax, out long timesAheadMax);
        var info = new TopicInfo(topicId, XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(topicId)), spec)
        {
            RecordBytesMax = Math.Min(recordBytesMax - BatchOverhead, clientRecordBytesMax),
            TimestampMin = 0,
            TimesAheadMax = timesAheadMax,
        };
        byId[topicId] = info;
        return info;
    }

    private Dictionary<string, DescribeConfigsResult> Configs(string[] names) => names.Length == 0
        ? []
        : admin.Ask("the configuration of topics", client => DescribeConfigs(client, names)).ToDictionary(result => result.ConfigResource.Name);

    private static async Task<IReadOnlyList<DescribeConfigsResult>> DescribeConfigs(IAdminClient client, string[] names)
    {
        try
        {
            return await client.DescribeConfigsAsync(
                names.Select(name => new ConfigResource { Type = ResourceType.Topic, Name = name }), new DescribeConfigsOptions { RequestTimeout = AdminCalls.TryTimeout }).ConfigureAwait(false);
        }
        catch (DescribeConfigsException e)
        {
            if (e.Results.FirstOrDefault(result => result.Error.IsError && result.Error.Code != ErrorCode.UnknownTopicOrPart) is { } failed) throw new KafkaException(failed.Error);
            return [.. e.Results.Where(result => !result.Error.IsError).Select(result => new DescribeConfigsResult { ConfigResource = result.ConfigResource, Entries = result.Entries })];
        }
    }

    private ClientLog Log(string name) => new(logger, name, troubles: troubles);
}
