using Confluent.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.Native;
using StreamEngine.Kafka.State;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Commits;

/// <summary>
/// A task's commit point on a cluster: one transaction of its id holds an epoch's output, changelog and positions. Output is produced while the epoch fills; the
/// transaction begins with its first record, and only when the one before is known to be committed.
/// </summary>
/// <remarks>
/// Calls into the native client that wait run on a thread of the session's own; writers produce on theirs. After any error but a commit without an answer the
/// session is of no use: its producer is abandoned, and the next attempt's fences it.
/// </remarks>
internal sealed class KafkaSession : ILogSession
{
    private static readonly TimeSpan SupersededCheck = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(2);

    private readonly KafkaCommits commits;
    private readonly TaskClaim claim;
    private readonly TopicInfo deadLetters;
    private readonly bool sendsOutside;
    private readonly WorkerThread thread;
    private readonly PipelineStore store;
    private readonly object gate = new();
    private readonly List<KafkaTopicWriter> writers = [];
    private readonly CopyBounds bounds;
    private NativeProducer? producer;
    private NativeProducer? outside;
    private Epoch? last;
    private Exception? failure;
    private bool inTransaction;
    private bool closed;
    private int sending;

    /// <param name="commits">The commits on the cluster.</param>
    /// <param name="claim">Who commits.</param>
    /// <param name="deadLetters">The topic that takes its dead letters.</param>
    /// <param name="guarantee">At-least-once sends output outside of transactions, so that it is seen at once.</param>
    public KafkaSession(KafkaCommits commits, TaskClaim claim, TopicInfo deadLetters, Guarantee guarantee)
    {
        this.commits = commits;
        this.claim = claim;
        this.deadLetters = deadLetters;
        sendsOutside = guarantee == Guarantee.AtLeastOnce;
        store = commits.Store(claim.Task.Pipeline);
        thread = new WorkerThread($"kafka {claim.Task}");
        bounds = new CopyBounds(commits, claim, thread);
        commits.Opened(this);
    }

    /// <summary>Who commits.</summary>
    public TaskClaim Holder => claim;

    private string TransactionalId => OwnTopics.TransactionalId(claim.Task.Pipeline, claim.Slot);

    private string Where => $"{claim.Task}, transactional id {TransactionalId} on {commits.Cluster.Description}";

    /// <summary>The cluster it commits on.</summary>
    public KafkaCluster Cluster => commits.Cluster;

    public bool HoldsEpochs => false;

    public Task ClaimAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation) => thread.Run(Claim).WaitAsync(cancellation);

    public Task CheckStartAsync(CancellationToken cancellation) => thread.Run(CheckStart).WaitAsync(cancellation);

    public Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation) =>
        thread.Run(() => ReadPositions(partitions)).WaitAsync(cancellation);

    public Task CommitAsync(EpochCommit commit, CancellationToken cancellation) => thread.Run(() => Guarded(() => Commit(commit))).WaitAsync(cancellation);

    public ITopicWriter OpenWriter(TopicInfo topic)
    {
        commits.Cluster.CheckWritable(topic);
        var writer = new KafkaTopicWriter(this, topic);
        lock (gate) writers.Add(writer);
        return writer;
    }

    public void RestoreStates(IReadOnlyList<StateInfo> states, IReadOnlyList<int> partitions, Action<string> progress)
    {
        foreach (StateInfo state in states) commits.States.Restore(state, partitions, progress);
        bounds.Own(states.SelectMany(state => partitions.Where(partition => partition < state.Spec.Partitions).Select(partition => (state, partition))));
    }

    /// <summary>Gives the session up: who waits in a writer is told, an open transaction is aborted, clients are closed. Returns at once.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (closed) return;
            closed = true;
            Monitor.PulseAll(gate);
        }

        bounds.Stop();
        commits.Closed(this);
        commits.Closing(thread.Run(Close));
        thread.Dispose();
    }

    /// <inheritdoc cref="CopyBounds.AskWhenIdle"/>
    internal Action? AskWhenIdle() => bounds.AskWhenIdle();

    /// <summary>Produces a chunk of a writer's epoch; waits while its epoch before is being committed. On the writer's thread.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="chunk">The records.</param>
    /// <param name="partition">Their partition.</param>
    /// <param name="routes">Whether that is meant only for those without a key, and the others go where Kafka's clients expect theirs.</param>
    internal void Send(KafkaTopicWriter writer, Chunk chunk, int partition, bool routes)
    {
        NativeProducer target;
        lock (gate)
        {
            while (writer.Sealed is not null && failure is null && !closed)
            {
                if (!Monitor.Wait(gate, SupersededCheck) && commits.Superseded(claim) is { } newer) throw newer;
            }

            if (failure is CommitRefusedException refused) throw commits.Superseded(claim) ?? new CommitRefusedException(refused.Reason, refused.Message);
            if (failure is not null) throw new EngineException(ErrorDomain.External, $"{Where}: {failure.Message}", "The task begins again from its last commit.", failure);
            ObjectDisposedException.ThrowIf(closed, this);
            target = sendsOutside ? outside! : producer!;
            if (!sendsOutside && !inTransaction) Begin(NotWritten(writer));
            sending++;
        }

        try
        {
            target.Produce(target.Topic(writer.Topic.Name), chunk, partition, routes ? writer.Topic.Partitions : 0);
            commits.NoteSize(writer.Topic, chunk);
        }
        catch (KafkaFault e)
        {
            // After an error that ends a producer each call says only that there was one: who holds the pipeline says whether it was that of being fenced.
            if ((e.IsFenced || e.Code == ErrorCode.Local_Fatal) && Lost() is { } refused) throw refused;
            throw commits.Cluster.Explain(e, NotWritten(writer));
        }
        finally
        {
            lock (gate)
            {
                sending--;
                if (closed) Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>A writer's epoch is closed: what it writes from now on waits until that is committed.</summary>
    internal void Seal(KafkaTopicWriter writer, SentRecords output)
    {
        lock (gate) writer.Sealed = output;
    }

    private string NotWritten(KafkaTopicWriter writer) => $"topic {writer.Topic.Name} of {commits.Cluster.Description} can't be written by {claim.Task}";

    private void Claim()
    {
        commits.Cluster.CheckBatches(deadLetters);
        NativeProducer made;
        lock (commits.FenceGate(claim.Task))
        {
            commits.Take(claim);
            try
            {
                made = store.Take(TransactionalId);
            }
            catch (KafkaFault e)
            {
                throw commits.Cluster.Explain(e, Where);
            }
        }

        lock (gate) producer = made;
        if (sendsOutside) outside = commits.Cluster.NewProducer($"{claim.Task} output");
    }

    /// <summary>Behind the fencing of its id the task reads whose the pipeline is: another's means that it was this task that came late.</summary>
    private void CheckStart()
    {
        if (OtherStart() is { } refused) throw refused;
    }

    private IReadOnlyList<CommittedPosition> ReadPositions(IReadOnlyList<SourcePartitionId> partitions)
    {
        HashSet<SourcePartitionId> wanted = [.. partitions];
        CommittedPosition[] found =
        [
            .. store.PositionsFinal().Where(held => held.Subgraph == claim.Task.Subgraph && wanted.Contains(held.Position.Partition)).Select(held => held.Position),
        ];
        last ??= found.Length == 0 ? Epoch.None : found.Max(position => position.Epoch);
        return found;
    }

    private void Commit(EpochCommit commit)
    {
        if (last is not { } before) throw new InvalidOperationException($"{claim.Task} commits before it has read its positions");
        commits.Check(claim);
        if (commit.Epoch != before.Next()) throw CommitRefusedException.WrongEpoch(claim, commit.Epoch, before);
        if (sendsOutside) FlushOutside(commit);

        IReadOnlyList<(ILocalState Copy, LocalStateBound Bound)> reached = bounds.AskAtCommit(commit.State.Count > 0);
        lock (gate) Begin(Where);
        Produce(commit);
        commits.Options.AtPoint("before-commit");
        producer!.TakeDisconnects();
        bool repeated = Transactions.Commit(producer, commits.Options.TransactionTimeout);
        commits.Options.AtPoint("after-commit");
        last = commit.Epoch;
        lock (gate) inTransaction = false;

        // What this producer has sent may still be on its way, and would arrive in its next transaction: a new one of the same id is told from it.
        if (repeated || producer.TakeDisconnects())
        {
            Renew();
            CheckCommitted(commit);
        }

        commits.States.Apply(commit.State, reached);
        Release(commit);
        commits.Mirror(claim.Task, commit.Positions);
    }

    /// <summary>Everything of an epoch that isn't there yet.</summary>
    private void Produce(EpochCommit commit)
    {
        foreach (Chunk chunk in DeadLetterFormat.Encode(commit.DeadLetters, deadLetters.RecordBytesMax))
        {
            producer!.Produce(producer.Topic(deadLetters.Name), chunk);
            chunk.Release();
        }

        long now = commits.Options.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (StateChanges changes in commit.State)
        {
            NativeTopic changelog = producer!.Topic(commits.States.ChangelogOf(changes.State));
            foreach (StateChange change in changes) producer.Produce(changelog, change.Partition, change.Key, true, change.Value, !change.IsDelete, now, default);
        }

        foreach (CommittedPosition position in commit.Positions)
        {
            store.Produce(
                producer!, PositionsFormat.PositionsPartition, PositionsFormat.PositionKey(claim.Task.Subgraph, position.Partition), PositionsFormat.Position(position.Position, commit.Epoch));
        }

        foreach (SealedOutput output in commit.Outputs)
        {
            switch (output)
            {
                case SealedStage stage:
                    string key = PositionsFormat.SealedKey(new UnpublishedStage(claim.Task, claim.Start, commit.Epoch, stage.Sink, stage.Manifest));
                    store.Produce(producer!, PositionsFormat.PositionsPartition, key, stage.Manifest.ToArray());
                    break;
                case SealedChunks chunks:
                    foreach (Chunk chunk in chunks.Chunks) producer!.Produce(producer.Topic(chunks.Topic.Name), chunk);
                    break;
                case not SentRecords:
                    throw new InvalidOperationException($"a Kafka cluster can't commit {output.GetType().Name}");
            }
        }
    }

    /// <summary>At-least-once: what was sent has arrived before the positions say so; the next epoch's may go on at once then.</summary>
    private void FlushOutside(EpochCommit commit)
    {
        outside!.Deliver(commits.Options.TransactionTimeout);
        Release(commit);
    }

    private void Release(EpochCommit commit)
    {
        lock (gate)
        {
            foreach (KafkaTopicWriter writer in writers.Where(writer => writer.Sealed is { } output && commit.Outputs.Contains(output))) writer.Sealed = null;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>A new producer of the same id, which the cluster tells from the one before. If the pipeline isn't this start's any more, that one ends here.</summary>
    private void Renew()
    {
        producer!.Dispose();
        NativeProducer made = store.Take(TransactionalId);
        lock (gate) producer = made;
        CheckStart();
    }

    /// <summary>
    /// A broker that restarted within a commit may call it committed and have forgotten to end it in its partitions, until a later one ends them one by one. Nothing
    /// is built on what no reader sees.
    /// </summary>
    private void CheckCommitted(EpochCommit commit)
    {
        if (commit.Positions.Count == 0) return;
        SourcePartitionId any = commit.Positions[0].Partition;
        Epoch? seen = store.PositionsFinal().Where(held => held.Subgraph == claim.Task.Subgraph && held.Position.Partition == any).Select(held => (Epoch?)held.Position.Epoch).FirstOrDefault();
        if (seen == commit.Epoch) return;
        throw new EngineException(
            ErrorDomain.External,
            $"{Where}: epoch {commit.Epoch} was called committed, and the position of {any} is of {(seen is { } held ? $"epoch {held}" : "none")}",
            "The task begins again from its last commit.");
    }

    private void Begin(string doing)
    {
        if (inTransaction) return;
        try
        {
            producer!.BeginTransaction();
        }
        catch (KafkaFault e)
        {
            throw commits.Cluster.Explain(e, doing);
        }

        inTransaction = true;
    }

    /// <summary>Makes what the native client says the task's own: refused, or failed; and the session useless.</summary>
    private void Guarded(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e)
        {
            Exception told = Explain(e);
            bounds.Stop();
            lock (gate)
            {
                failure = told;
                Monitor.PulseAll(gate);
            }

            if (ReferenceEquals(told, e)) throw;
            throw told;
        }
    }

    private Exception Explain(Exception error)
    {
        if (error is not KafkaFault fault) return error;
        if (!fault.IsFenced) return commits.Cluster.Explain(fault, Where);

        // Fenced by the brokers, which ended a transaction that took too long, or by another: whose the pipeline is says which.
        if (Lost() is { } refused) return refused;
        return new EngineException(
            ErrorDomain.External,
            $"{Where}: the brokers ended its transaction: {fault.Message} ({fault.Code})",
            "The task begins again from its last commit. If this comes again and again, commits take longer than stream-engine.log.kafka.transaction.timeout.",
            fault);
    }

    /// <summary>The refusal, if the pipeline or the task is another's by now; null when it is still this one's.</summary>
    private CommitRefusedException? Lost() => OtherStart() ?? commits.Superseded(claim);

    /// <summary>The refusal, if the home record is another start's by now.</summary>
    private CommitRefusedException? OtherStart()
    {
        HomeEntry? home = store.ReadHomeFinal();
        return home?.Start != claim.Start ? store.Refused(claim, home) : null;
    }

    private void Close()
    {
        lock (gate)
        {
            // A writer may be deep in the native client, which must not be closed under it.
            long until = Environment.TickCount64 + 30_000;
            while (sending > 0 && Environment.TickCount64 < until) Monitor.Wait(gate, 1000);
            if (sending > 0) return;
        }

        try
        {
            if (inTransaction && failure is null) producer?.AbortTransaction(AbortTimeout);
        }
        catch (KafkaFault)
        {
            // It ends by its timeout, or is fenced by whoever comes next.
        }

        producer?.Dispose();
        outside?.Dispose();
    }
}
