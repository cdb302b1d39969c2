using System.Collections.Concurrent;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Pipelines;

/// <summary>A log whose commits fail where a test says: before they are done, or when they are and nobody was told.</summary>
internal sealed class FaultyLog(ILog log) : ILog
{
    private readonly ConcurrentDictionary<PipelineName, DateTimeOffset> beats = [];
    private readonly ConcurrentQueue<int> fenced = [];

    /// <summary>Is called before an epoch is committed; what it throws keeps it from being committed.</summary>
    public Action<EpochCommit>? BeforeCommit { get; set; }

    /// <summary>Is called when an epoch is committed; what it throws is all that its task is told.</summary>
    public Action<EpochCommit>? AfterCommit { get; set; }

    /// <summary>Is called before a task claims its partitions.</summary>
    public Action<IReadOnlyList<SourcePartitionId>>? BeforeClaim { get; set; }

    /// <summary>Makes it a log that several processes share, in which starts show by heartbeats that they live; null leaves it one process's.</summary>
    public TimeSpan? HeartbeatInterval { get; set; }

    public TimeSpan HeartbeatTimeout { get; set; }

    public TimeSpan? TransactionTimeout { get; set; }

    /// <summary>The most bytes that a record of any topic may have.</summary>
    public int RecordBytesMax { get; set; } = int.MaxValue;

    /// <summary>How many partitions each topic has grown by.</summary>
    public int Grown { get; set; }

    /// <summary>What was asked of it to fence, in the order of asking.</summary>
    public IReadOnlyList<int> Fenced => [.. fenced];

    public string Id => log.Id;

    public string Description => log.Description;

    public IReadOnlyList<TopicInfo> Topics() => log.Topics();

    public TopicInfo? Find(string name) => log.Find(name) is { } found
        ? found with { RecordBytesMax = RecordBytesMax, Spec = found.Spec with { Partitions = found.Partitions + Grown } }
        : null;

    public TopicInfo Create(TopicSpec spec) => log.Create(spec);

    public void Delete(TopicInfo topic) => log.Delete(topic);

    public PartitionRange Range(TopicInfo topic, int partition) => log.Range(topic, partition);

    public long OffsetAt(TopicInfo topic, int partition, long timestamp) => log.OffsetAt(topic, partition, timestamp);

    public void Purge(TopicInfo topic, int partition, long before) => log.Purge(topic, partition, before);

    public ILogReader OpenReader(ChunkPool pool) => log.OpenReader(pool);

    public HomeEntry? ReadHome(PipelineName pipeline) => log.ReadHome(pipeline) is not { } entry ? null
        : HeartbeatInterval is null ? entry
        : entry with { Heartbeat = beats.GetValueOrDefault(pipeline) };

    public bool WriteHome(PipelineName pipeline, StartId start, ReadOnlyMemory<byte> record, long expectedVersion)
    {
        bool written = log.WriteHome(pipeline, start, record, expectedVersion);
        if (written) beats[pipeline] = TimeProvider.System.GetUtcNow();
        return written;
    }

    public bool Beat(PipelineName pipeline, StartId start)
    {
        if (log.ReadHome(pipeline)?.Start != start) return false;
        beats[pipeline] = TimeProvider.System.GetUtcNow();
        return true;
    }

    public void FenceTasks(PipelineName pipeline, StartId start, int upTo) => fenced.Enqueue(upTo);

    public IReadOnlyList<PipelineName> Homes() => log.Homes();

    public void Append(TopicInfo topic, IReadOnlyList<Chunk> appended) => log.Append(topic, appended);

    public ILogSession OpenSession(TaskClaim claim, TopicInfo deadLetters, Guarantee guarantee = Guarantee.ExactlyOnce) => new Session(this, log.OpenSession(claim, deadLetters, guarantee));

    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(PipelineName pipeline) => log.Positions(pipeline);

    public IReadOnlyList<UnpublishedStage> Unpublished(PipelineName pipeline) => log.Unpublished(pipeline);

    public void NotePublished(UnpublishedStage stage) => log.NotePublished(stage);

    public IReadOnlyList<StateInfo> States(PipelineName pipeline) => log.States(pipeline);

    public StateInfo OpenState(PipelineName pipeline, StateSpec spec) => log.OpenState(pipeline, spec);

    public IStateReader ReadState(StateInfo state) => log.ReadState(state);

    public void Clear(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin) => log.Clear(pipeline, start, begin);

    public void Dispose()
    {
    }

    private sealed class Session(FaultyLog faults, ILogSession session) : ILogSession
    {
        public Task ClaimAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation)
        {
            faults.BeforeClaim?.Invoke(partitions);
            return session.ClaimAsync(partitions, cancellation);
        }

        public Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation) =>
            session.ReadPositionsAsync(partitions, cancellation);

        public async Task CommitAsync(EpochCommit commit, CancellationToken cancellation)
        {
            faults.BeforeCommit?.Invoke(commit);
            await session.CommitAsync(commit, cancellation);
            // Elsewhere than on the caller's thread, as an answer that is late comes.
            if (faults.AfterCommit is { } hook) await Task.Run(() => hook(commit), CancellationToken.None);
        }

        public ITopicWriter OpenWriter(TopicInfo topic) => session.OpenWriter(topic);

        public void Dispose() => session.Dispose();
    }
}
