using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>
/// A log that keeps everything in memory and forgets it at the end, for tests of pipelines and of the engine. It keeps every promise of
/// <see cref="ILog"/> but durability, and passes the same conformance suite as the logs that have it.
/// </summary>
/// <remarks>
/// Thread-safe: one lock stands where the embedded log has its committer. A commit is done when its call returns, on the caller's thread,
/// so a test that drives a pipeline step by step sees no other order than its own.
/// </remarks>
/// <param name="clock">Where times of append come from; the system's clock unless given.</param>
public sealed class InMemoryLog(TimeProvider? clock = null) : ILog
{
    private readonly SortedDictionary<string, MemoryTopic> topics = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MemoryPipeline> pipelines = new(StringComparer.Ordinal);
    private readonly MemoryStates states = new();
    private readonly ClaimTable claims = new();
    private uint lastNumber;
    private bool disposed;

    /// <inheritdoc/>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public string Description => "the log in memory";

    /// <summary>What every access holds, and readers wait on.</summary>
    internal object Gate { get; } = new();

    private TimeProvider Clock { get; } = clock ?? TimeProvider.System;

    /// <inheritdoc/>
    public IReadOnlyList<TopicInfo> Topics()
    {
        lock (Gate) return [.. topics.Values.Select(topic => topic.Info)];
    }

    /// <inheritdoc/>
    public TopicInfo? Find(string name)
    {
        lock (Gate) return topics.GetValueOrDefault(name)?.Info;
    }

    /// <inheritdoc/>
    public TopicInfo Create(TopicSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        spec.Check();
        using Access access = Enter();
        if (topics.ContainsKey(spec.Name)) throw new TopicException($"there is a topic {spec.Name} already");
        uint number = ++lastNumber;
        var topic = new MemoryTopic(new TopicInfo(LogCatalog.TopicId(Id, number), number, spec));
        topics.Add(spec.Name, topic);
        return topic.Info;
    }

    /// <inheritdoc/>
    public void Delete(TopicInfo topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        using Access access = Enter();
        if (topics.TryGetValue(topic.Name, out MemoryTopic? found) && found.Info.Number == topic.Number) Remove(found);
    }

    /// <inheritdoc/>
    public PartitionRange Range(TopicInfo topic, int partition)
    {
        lock (Gate) return Partition(topic, partition).Range;
    }

    /// <inheritdoc/>
    public long OffsetAt(TopicInfo topic, int partition, long timestamp)
    {
        lock (Gate) return Partition(topic, partition).OffsetAt(timestamp);
    }

    /// <inheritdoc/>
    public void Purge(TopicInfo topic, int partition, long before)
    {
        using Access access = Enter();
        Partition(topic, partition).Purge(before);
    }

    /// <inheritdoc/>
    public void Append(TopicInfo topic, IReadOnlyList<Chunk> appended)
    {
        ArgumentNullException.ThrowIfNull(appended);
        using Access access = Enter();
        MemoryPartition[] partitions = [.. appended.Select(chunk => Partition(topic, chunk.Partition))];
        long now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (int n = 0; n < partitions.Length; n++) partitions[n].Append(appended[n], now);
    }

    /// <summary>
    /// Removes what the topics' retention lets go of, by the clock as it stands. Nothing goes by itself, so that a test decides when.
    /// </summary>
    public void Retain()
    {
        using Access access = Enter();
        foreach (MemoryTopic topic in topics.Values) topic.Retain(Clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public ILogReader OpenReader(ChunkPool pool) => new MemoryLogReader(this, pool);

    /// <inheritdoc/>
    public HomeEntry? ReadHome(PipelineName pipeline)
    {
        lock (Gate) return Home(pipeline);
    }

    /// <inheritdoc/>
    public bool WriteHome(PipelineName pipeline, StartId start, ReadOnlyMemory<byte> record, long expectedVersion)
    {
        using Access access = Enter();
        if ((Home(pipeline)?.Version ?? 0) != expectedVersion) return false;
        Pipeline(pipeline).Home = new HomeEntry(start, record.ToArray(), expectedVersion + 1);
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<PipelineName> Homes()
    {
        lock (Gate) return [.. pipelines.Where(entry => entry.Value.Home is not null).Select(entry => new PipelineName(entry.Key))];
    }

    /// <inheritdoc/>
    public ILogSession OpenSession(TaskClaim claim, TopicInfo deadLetters, Guarantee guarantee = Guarantee.ExactlyOnce) => new MemoryLogSession(this, claim, deadLetters);

    /// <inheritdoc/>
    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(PipelineName pipeline)
    {
        lock (Gate) return Pipeline(pipeline).Positions();
    }

    /// <inheritdoc/>
    public IReadOnlyList<UnpublishedStage> Unpublished(PipelineName pipeline)
    {
        lock (Gate) return Pipeline(pipeline).Unpublished();
    }

    /// <inheritdoc/>
    public void NotePublished(UnpublishedStage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        using Access access = Enter();
        Pipeline(stage.Task.Pipeline).NotePublished(stage);
    }

    /// <inheritdoc/>
    public IReadOnlyList<StateInfo> States(PipelineName pipeline)
    {
        lock (Gate) return Pipeline(pipeline).States();
    }

    /// <inheritdoc/>
    public StateInfo OpenState(PipelineName pipeline, StateSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using Access access = Enter();
        return Pipeline(pipeline).FindState(spec.Name) ?? Pipeline(pipeline).Add(new StateInfo(++lastNumber, spec));
    }

    /// <inheritdoc/>
    public IStateReader ReadState(StateInfo state) => new MemoryStateReader(Gate, states, state.Number);

    /// <inheritdoc/>
    public void Clear(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin)
    {
        ArgumentNullException.ThrowIfNull(begin);
        using Access access = Enter();
        if (Home(pipeline)?.Start != start) throw ClaimTable.AnotherStart(pipeline, start);
        foreach (StateInfo state in Pipeline(pipeline).States()) states.Remove(state.Number);
        Pipeline(pipeline).Clear(begin);
        foreach (MemoryTopic topic in topics.Values.Where(topic => topic.Info.Spec.Owner == pipeline.Value).ToArray()) Remove(topic);
    }

    /// <summary>Forgets everything. Readers that wait fail, and so does every later write.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            disposed = true;
            Monitor.PulseAll(Gate);
        }
    }

    /// <summary>Makes a claim the holder of its task.</summary>
    internal HeldClaim Claim(TaskClaim claim, IReadOnlyList<SourcePartitionId> partitions)
    {
        using Access access = Enter();
        ClaimTable.CheckStart(Home(claim.Task.Pipeline), claim);
        claims.CheckNewAttempt(claim);
        IReadOnlyList<CommittedPosition> committed = Pipeline(claim.Task.Pipeline).Positions(claim.Task.Subgraph, partitions);
        return claims.Take(claim, committed.Count == 0 ? Epoch.None : committed.Max(position => position.Epoch));
    }

    /// <summary>Reads where partitions of a subgraph resume.</summary>
    internal IReadOnlyList<CommittedPosition> Positions(TaskId task, IReadOnlyList<SourcePartitionId> partitions)
    {
        using Access access = Enter();
        return Pipeline(task.Pipeline).Positions(task.Subgraph, partitions);
    }

    /// <summary>Commits an epoch: everything is checked before the first change.</summary>
    internal void Commit(EpochCommit commit, HeldClaim held, TopicInfo deadLetters)
    {
        using Access access = Enter();
        TaskId task = commit.Claim.Task;
        claims.Check(Home(task.Pipeline), commit, held);
        var targets = new List<(MemoryPartition Partition, Chunk Chunk)>();
        foreach (SealedOutput output in commit.Outputs)
        {
            if (output is SealedChunks chunks) targets.AddRange(chunks.Chunks.Select(chunk => (Partition(chunks.Topic, chunk.Partition), chunk)));
            else if (output is not SealedStage) throw new InvalidOperationException($"the log can't commit {output.GetType().Name}");
        }

        targets.AddRange(DeadLetterFormat.Encode(commit.DeadLetters).Select(letters => (Partition(deadLetters, 0), letters)));

        long now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach ((MemoryPartition partition, Chunk chunk) in targets) partition.Append(chunk, now);
        foreach (StateChanges changes in commit.State) states.Apply(changes);
        Pipeline(task.Pipeline).Commit(commit);
        held.Last = commit.Epoch;
    }

    /// <summary>The partition of a topic that its caller knows. Called under the lock.</summary>
    internal MemoryPartition Partition(TopicInfo topic, int partition)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!topics.TryGetValue(topic.Name, out MemoryTopic? found) || found.Info.Number != topic.Number)
        {
            throw new TopicException($"topic {topic.Name} was deleted");
        }

        return (uint)partition < (uint)found.Partitions.Count
            ? found.Partitions[partition]
            : throw new TopicException($"topic {topic.Name} has {found.Partitions.Count} partitions, so none of number {partition}");
    }

    private Access Enter()
    {
        Monitor.Enter(Gate);
        if (!disposed) return new Access(Gate);
        Monitor.Exit(Gate);
        throw new ObjectDisposedException("log");
    }

    private HomeEntry? Home(PipelineName pipeline) => pipelines.GetValueOrDefault(pipeline.Value)?.Home;

    private MemoryPipeline Pipeline(PipelineName name)
    {
        if (!pipelines.TryGetValue(name.Value, out MemoryPipeline? pipeline)) pipelines.Add(name.Value, pipeline = new MemoryPipeline());
        return pipeline;
    }

    private void Remove(MemoryTopic topic)
    {
        topics.Remove(topic.Info.Name);
        topic.IsDeleted = true;
    }

    /// <summary>One change of the log: whoever waits for news looks again behind it.</summary>
    private readonly struct Access(object gate) : IDisposable
    {
        public void Dispose()
        {
            Monitor.PulseAll(gate);
            Monitor.Exit(gate);
        }
    }
}
