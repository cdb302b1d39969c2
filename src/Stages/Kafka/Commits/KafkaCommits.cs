using System.Collections.Concurrent;
using StreamEngine.Contracts;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.State;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Commits;

/// <summary>What the commits of all pipelines on one cluster share. Thread-safe.</summary>
internal sealed class KafkaCommits : IDisposable
{
    private const double RecordBytesUnknown = 100;

    private static readonly TimeSpan CloseWait = TimeSpan.FromSeconds(3);

    private readonly Func<ILogReader> openPositions;
    private readonly ConcurrentDictionary<PipelineName, PipelineStore> stores = new();
    private readonly ConcurrentDictionary<PipelineName, GroupMirror> mirrors = new();
    private readonly ConcurrentDictionary<string, double> recordBytes = new();
    private readonly Dictionary<TaskId, TaskClaim> claims = [];
    private readonly ConcurrentDictionary<TaskId, object> fenceGates = new();
    private readonly List<Task> closing = [];
    private readonly ConcurrentDictionary<KafkaSession, bool> sessions = new();

    /// <param name="cluster">The cluster.</param>
    /// <param name="openReader">Opens a reader of committed records.</param>
    /// <param name="openPositions">Opens one of a pipeline's few own records, which lives as long as the pipeline is looked at.</param>
    /// <param name="options">How pipelines commit.</param>
    public KafkaCommits(KafkaCluster cluster, Func<ILogReader> openReader, Func<ILogReader> openPositions, KafkaCommitOptions options)
    {
        Cluster = cluster;
        this.openPositions = openPositions;
        Options = options;
        States = new ChangelogStates(this, openReader);
    }

    /// <summary>The cluster.</summary>
    public KafkaCluster Cluster { get; }

    /// <summary>How pipelines commit.</summary>
    public KafkaCommitOptions Options { get; }

    /// <summary>The states of pipelines.</summary>
    public ChangelogStates States { get; }

    /// <summary>What the cluster holds of a pipeline.</summary>
    public PipelineStore Store(PipelineName pipeline) => stores.GetOrAdd(pipeline, name => new PipelineStore(Cluster, name, openPositions, Options));

    /// <summary>An attempt begins: the attempts before it, in this process, are over.</summary>
    /// <exception cref="CommitRefusedException">A younger attempt has begun.</exception>
    public void Take(TaskClaim claim)
    {
        lock (claims)
        {
            if (Newer(claim) is { } newer) throw newer;
            claims[claim.Task] = claim;
        }
    }

    /// <summary>Refuses an attempt that another has followed.</summary>
    /// <exception cref="CommitRefusedException">One has.</exception>
    public void Check(TaskClaim claim)
    {
        if (Superseded(claim) is { } newer) throw newer;
    }

    /// <summary>That another attempt, or another start, has followed in this process; null when none has.</summary>
    public CommitRefusedException? Superseded(TaskClaim claim)
    {
        if (Store(claim.Task.Pipeline).ClaimedBy is { } start && start != claim.Start) return CommitRefusedException.NewerStart(claim, start);
        lock (claims) return claims.TryGetValue(claim.Task, out TaskClaim? held) && held.Start == claim.Start && held.Attempt > claim.Attempt ? Over(claim, held) : null;
    }

    /// <summary>Attempts of one task fence each other one after the other, or an older one could fence a younger.</summary>
    public object FenceGate(TaskId task) => fenceGates.GetOrAdd(task, _ => new object());

    /// <summary>Positions are committed: shows them to tools as those of the pipeline's consumer group.</summary>
    public void Mirror(TaskId task, IReadOnlyList<CommittedPosition> positions)
    {
        if (positions.Count > 0) mirrors.GetOrAdd(task.Pipeline, name => new GroupMirror(Cluster, name)).Note(task.Subgraph, positions);
    }

    /// <summary>A chunk was written: its records are about as large as others of its topic.</summary>
    public void NoteSize(TopicInfo topic, Chunk chunk) => recordBytes[topic.Id] = chunk.Bytes / (double)Math.Max(1, chunk.Records);

    /// <summary>About how many bytes a record of a topic has; the cluster doesn't say, so it is guessed by what was written here.</summary>
    public double RecordBytes(TopicInfo topic) => recordBytes.GetValueOrDefault(topic.Id, RecordBytesUnknown);

    /// <summary>A session is open from now on.</summary>
    public void Opened(KafkaSession session) => sessions[session] = true;

    /// <summary>Lets the sessions of a start that have committed nothing for a while ask how far their copies go; waits for nothing.</summary>
    /// <returns>Notes what was asked earlier; to be called once this start is proved to be the pipeline's still.</returns>
    public Action[] IdleBounds(PipelineName pipeline, StartId start) =>
        [.. sessions.Keys.Where(session => session.Holder.Task.Pipeline == pipeline && session.Holder.Start == start).Select(session => session.AskWhenIdle()).OfType<Action>()];

    /// <summary>A session is closed.</summary>
    public void Closed(KafkaSession session) => sessions.TryRemove(session, out _);

    /// <summary>A session is closing; the end of the log waits for it a little, so that its transaction is aborted.</summary>
    public void Closing(Task session)
    {
        lock (closing)
        {
            closing.RemoveAll(task => task.IsCompleted);
            closing.Add(session);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Task[] open;
        lock (closing) open = [.. closing];
        try
        {
            Task.WaitAll(open, CloseWait);
        }
        catch (AggregateException)
        {
            // What fails while it closes is fenced by whoever comes next.
        }

        foreach (GroupMirror mirror in mirrors.Values) mirror.Dispose();
        foreach (PipelineStore store in stores.Values) store.Dispose();
    }

    private CommitRefusedException? Newer(TaskClaim claim) =>
        claims.TryGetValue(claim.Task, out TaskClaim? held) && held.Start == claim.Start && held.Attempt >= claim.Attempt ? Over(claim, held) : null;

    private static CommitRefusedException Over(TaskClaim claim, TaskClaim held) => CommitRefusedException.NewerAttempt(claim, held.Attempt);
}
