using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.Commits;
using StreamEngine.Kafka.Connectors;
using StreamEngine.Kafka.Native;
using StreamEngine.Records;

namespace StreamEngine.Kafka;

/// <summary>
/// The log on a Kafka cluster: topics are the cluster's, a task commits output, changelog and positions in one transaction, and the home record of a pipeline decides
/// which start may (KIP-98, KIP-447 for the transactions; positions lie in a compacted topic of the pipeline's own).
/// </summary>
public sealed class KafkaLog : ILog
{
    private readonly KafkaLogOptions options;
    private readonly KafkaCluster cluster;
    private readonly KafkaCommits commits;
    private readonly ConditionalWeakTable<KafkaLogReader, KafkaLog> readers = [];
    private bool isDisposed;

    private KafkaLog(KafkaLogOptions options)
    {
        this.options = options;
        cluster = new KafkaCluster(options.Client, options.ReplicationFactor, options.Logger);
        commits = new KafkaCommits(cluster, () => OpenReader(new ChunkPool()), () => NewReader(new ChunkPool(), new FetchMemory(FetchMemory.LeastBytes)), new KafkaCommitOptions
        {
            TransactionTimeout = options.TransactionTimeout,
            LocalState = options.LocalState,
            IdleBoundsInterval = options.IdleBoundsInterval,
            Logger = options.Logger,
            Clock = options.Clock,
            AtPoint = options.AtPoint,
        });
    }

    /// <inheritdoc/>
    public string Id => cluster.Id;

    /// <inheritdoc/>
    public string Description => cluster.Description;

    /// <inheritdoc/>
    public TimeSpan? HeartbeatInterval => options.HeartbeatInterval;

    /// <inheritdoc/>
    public TimeSpan HeartbeatTimeout => options.HeartbeatTimeout;

    /// <summary>How long a transaction may stay open: an epoch has to be committed within it.</summary>
    public TimeSpan? TransactionTimeout => options.TransactionTimeout;

    /// <summary>The cluster.</summary>
    internal KafkaCluster Cluster => cluster;

    /// <summary>Whether topics of users that a pipeline writes are made when they aren't there.</summary>
    public bool CreatesUserTopics => options.CreateTopics;

    /// <summary>Opens the log. The cluster is asked only when something is needed of it.</summary>
    /// <exception cref="EngineException">The client's settings can't be used.</exception>
    public static KafkaLog Open(KafkaLogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.IsNullOrWhiteSpace(options.Client.GetValueOrDefault("bootstrap.servers"))
            ? throw new EngineException(
                ErrorDomain.User, "the log is to be on Kafka, and no broker is named", "Set stream-engine.log.kafka.client.bootstrap.servers, as in \"localhost:9092\".")
            : new KafkaLog(options);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TopicInfo> Topics() => cluster.Topics();

    /// <inheritdoc/>
    public TopicInfo? Find(string name) => cluster.Find(name);

    /// <inheritdoc/>
    public TopicInfo Create(TopicSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        spec.Check();
        return cluster.Create(spec.Name, spec.Partitions, TopicConfig.Of(spec));
    }

    /// <inheritdoc/>
    public void Delete(TopicInfo topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (!cluster.Holds(topic)) return;
        cluster.Delete(topic.Name);
        CheckReaders();
    }

    /// <summary>
    /// What a partition holds. Its end is the high watermark: records of transactions that are still open lie before it, and a committed reader comes there when they
    /// are decided.
    /// </summary>
    public PartitionRange Range(TopicInfo topic, int partition)
    {
        ArgumentNullException.ThrowIfNull(topic);
        cluster.Check(topic, partition);
        (long low, long high) = cluster.Watermarks(topic.Name, partition);
        return new PartitionRange(low, high, (long)((high - low) * commits.RecordBytes(topic))) { IsEstimated = high > low };
    }

    /// <inheritdoc/>
    public long OffsetAt(TopicInfo topic, int partition, long timestamp)
    {
        ArgumentNullException.ThrowIfNull(topic);
        cluster.Check(topic, partition);

        // Times below zero mean other things to Kafka.
        (long low, long high) = cluster.Watermarks(topic.Name, partition);
        if (timestamp <= 0) return low;
        long offset = cluster.OffsetForTime(topic.Name, partition, timestamp);

        // After a purge a broker (4.3.1) may find nothing though a record of that time or a later one is there. What it says the last time is tells both cases apart.
        if (offset < 0 && cluster.LastTime(topic.Name, partition) >= timestamp) offset = low;
        return offset < 0 ? high : FirstAt(topic, partition, offset, timestamp) ?? high;
    }

    /// <summary>
    /// The first record of a time or a later one, from the offset that the cluster found: markers of transactions have times too, those of their commits, so it
    /// may be one of them that was found.
    /// </summary>
    private long? FirstAt(TopicInfo topic, int partition, long from, long timestamp)
    {
        long end = cluster.CommittedEnd(topic.Name, partition);
        using ILogReader reader = OpenReader(new ChunkPool());
        reader.Assign(topic, partition, from);
        while (reader.NextOffset(topic, partition) < end)
        {
            if (reader.Poll(KafkaCluster.RequestTimeout) is not { Chunk: var chunk }) continue;
            try
            {
                var records = new ChunkReader(chunk);
                while (records.MoveNext())
                {
                    if (records.Timestamp >= timestamp) return records.Offset;
                }
            }
            finally
            {
                chunk.Release();
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Purge(TopicInfo topic, int partition, long before)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (!cluster.Holds(topic)) return;
        (long low, long high) = cluster.Watermarks(topic.Name, partition);
        if (before > low) cluster.Purge(topic.Name, partition, Math.Min(before, high));
    }

    /// <inheritdoc/>
    public ILogReader OpenReader(ChunkPool pool) => NewReader(pool);

    /// <summary>A reader of any topics of the cluster.</summary>
    internal KafkaLogReader NewReader(ChunkPool pool, FetchMemory? memory = null)
    {
        var reader = new KafkaLogReader(cluster, pool, memory ?? FetchMemory.OfProcess);
        readers.Add(reader, this);
        return reader;
    }

    /// <inheritdoc/>
    public void Append(TopicInfo topic, IReadOnlyList<Chunk> appended)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(appended);
        cluster.Check(topic);
        if (appended.FirstOrDefault(chunk => chunk.Partition >= topic.Partitions) is { } wrong) throw new TopicException($"topic {topic.Name} has no partition {wrong.Partition}");
        using NativeProducer producer = cluster.NewProducer($"appends to {topic.Name}");
        try
        {
            foreach (Chunk chunk in appended) producer.Produce(producer.Topic(topic.Name), chunk);
            producer.Deliver(options.TransactionTimeout);
        }
        catch (KafkaFault e)
        {
            throw cluster.Explain(e, $"topic {topic.Name} of {Description} can't be written");
        }
    }

    /// <inheritdoc/>
    public HomeEntry? ReadHome(PipelineName pipeline) => commits.Store(pipeline).ReadHome();

    /// <inheritdoc/>
    public void ClaimHome(PipelineName pipeline, StartId start) => commits.Store(pipeline).Claim(start);

    /// <inheritdoc/>
    public bool WriteHome(PipelineName pipeline, StartId start, ReadOnlyMemory<byte> record, long expectedVersion) =>
        commits.Store(pipeline).WriteHome(start, record.Span, expectedVersion);

    /// <summary>
    /// Shows that the start lives; what its tasks, while they are idle, have asked of the ends of changelogs before is proved by that: whoever else writes there has
    /// written the home record first, and this heartbeat then isn't committed.
    /// </summary>
    public bool Beat(PipelineName pipeline, StartId start)
    {
        Action[] proved = commits.IdleBounds(pipeline, start);
        if (!commits.Store(pipeline).Beat(start)) return false;
        foreach (Action note in proved) note();
        return true;
    }

    /// <inheritdoc/>
    public void FenceTasks(PipelineName pipeline, StartId start, int upTo) => commits.Store(pipeline).FenceTasks(start, upTo);

    /// <inheritdoc/>
    public IReadOnlyList<PipelineName> Homes() =>
    [
        .. cluster.Names().Select(OwnTopics.PipelineOfPositions).OfType<string>().Order(StringComparer.Ordinal).Select(name => new PipelineName(name))
            .Where(HasHome),
    ];

    /// <summary>Whether a pipeline has its home here. A guard is no home, but what a pipeline has here whose log is elsewhere.</summary>
    private bool HasHome(PipelineName pipeline)
    {
        try
        {
            return commits.Store(pipeline).ReadHome() is { } home && !ClusterGuard.Is(home.Record);
        }
        catch (Exception e) when (e is InvalidDataException or EngineException { Domain: ErrorDomain.Data or ErrorDomain.User })
        {
            // There is something, which who asks for it is told of.
            return true;
        }
    }

    /// <inheritdoc/>
    public ILogSession OpenSession(TaskClaim claim, TopicInfo deadLetters, Guarantee guarantee = Guarantee.ExactlyOnce) => new KafkaSession(commits, claim, deadLetters, guarantee);

    /// <inheritdoc/>
    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(PipelineName pipeline) => commits.Store(pipeline).Positions();

    /// <inheritdoc/>
    public IReadOnlyList<UnpublishedStage> Unpublished(PipelineName pipeline) => commits.Store(pipeline).Unpublished();

    /// <inheritdoc/>
    public void NotePublished(UnpublishedStage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        commits.Store(stage.Task.Pipeline).NotePublished(stage);
    }

    /// <inheritdoc/>
    public IReadOnlyList<StateInfo> States(PipelineName pipeline) => [.. commits.Store(pipeline).States().Select(Known).OfType<StateInfo>()];

    /// <inheritdoc/>
    public StateInfo OpenState(PipelineName pipeline, StateSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        PipelineStore store = commits.Store(pipeline);
        string name = OwnTopics.Changelog(pipeline, spec.Name);
        if (store.States().FirstOrDefault(state => state.Name == spec.Name) is { } known)
        {
            return Known(known) ?? throw new EngineException(
                ErrorDomain.Data,
                $"topic {name}, which holds keyed state {spec.Name} of pipeline {pipeline}, was deleted, or made anew: the state is lost, and what it was made of would not be read again",
                "Restore the topic, or reset the pipeline to begin at the beginning: pipelines reset.");
        }

        // One that is there and noted nowhere was left by a start that died in between: nothing was ever committed with it.
        TopicInfo changelog = cluster.Find(name) ?? cluster.Create(name, spec.Partitions, TopicConfig.Changelog());
        if (changelog.Partitions != spec.Partitions)
        {
            cluster.Delete(name);
            changelog = cluster.Create(name, spec.Partitions, TopicConfig.Changelog());
        }

        var document = new StateDocument(spec.Name, spec.Shape, spec.Partitions, name, changelog.Id);
        store.WriteState(document);
        return commits.States.Info(document, changelog);
    }

    /// <inheritdoc/>
    public IStateReader ReadState(StateInfo state) => commits.States.Reader(state);

    /// <inheritdoc/>
    public bool Keeps(TopicInfo topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return OwnTopics.PipelineOfPositions(topic.Name) is not null;
    }

    /// <inheritdoc/>
    public void Clear(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin)
    {
        PipelineStore store = commits.Store(pipeline);
        IReadOnlyList<StateInfo> states = States(pipeline);
        store.Clear(start, begin);
        foreach (StateInfo state in states) commits.States.Drop(state);
        foreach (string name in OwnTopics.AllButPositions(pipeline, cluster.Names())) cluster.Delete(name);
        cluster.DeleteGroup(OwnTopics.Group(pipeline));
        CheckReaders();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, true)) return;
        foreach ((KafkaLogReader reader, _) in readers) reader.Close();
        commits.Dispose();
        cluster.Dispose();
        options.LocalState?.Dispose();
    }

    private void CheckReaders()
    {
        foreach ((KafkaLogReader reader, _) in readers) reader.CheckTopics();
    }

    private StateInfo? Known(StateDocument document) =>
        cluster.Find(document.Changelog) is { } changelog && changelog.Id == document.ChangelogId ? commits.States.Info(document, changelog) : null;
}
