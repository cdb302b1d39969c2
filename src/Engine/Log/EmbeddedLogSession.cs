using StreamEngine.Contracts;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>A task's commit point in the embedded log.</summary>
internal sealed class EmbeddedLogSession(EmbeddedLog log, TaskClaim claim, TopicInfo deadLetters) : ILogSession
{
    /// <summary>The claim, once it stands, with the epoch committed last. Belongs to the committer's thread.</summary>
    private HeldClaim? held;

    public Task ClaimAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation) =>
        log.Committer.Submit(new SingleWrite(transaction =>
        {
            ClaimTable.CheckStart(transaction.Catalog.Home(claim.Task.Pipeline), claim);
            log.Claims.CheckNewAttempt(claim);
            List<CommittedPosition> committed = Read(transaction.Database, partitions);
            held = log.Claims.Take(claim, committed.Count == 0 ? Epoch.None : committed.Max(position => position.Epoch));
        })).WaitAsync(cancellation);

    public async Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation)
    {
        // On the committer's thread: what was handed in before is written by then.
        IReadOnlyList<CommittedPosition> found = [];
        await log.Committer.Submit(new SingleWrite(transaction => found = Read(transaction.Database, partitions)))
            .WaitAsync(cancellation).ConfigureAwait(false);
        return found;
    }

    public Task CommitAsync(EpochCommit commit, CancellationToken cancellation) =>
        log.Committer.Submit(new EpochWrite(this, commit)).WaitAsync(cancellation);

    public ITopicWriter OpenWriter(TopicInfo topic) => new BufferedTopicWriter(topic);

    public void Dispose()
    {
    }

    private List<CommittedPosition> Read(RocksDatabase db, IReadOnlyList<SourcePartitionId> partitions)
    {
        var found = new List<CommittedPosition>();
        foreach (SourcePartitionId partition in partitions)
        {
            byte[]? value = db.Get(LogLayout.Positions, LogLayout.PositionKey(claim.Task, partition));
            if (value is not null) found.Add(LogLayout.ParsePosition(partition, value));
        }

        return found;
    }

    /// <summary>An epoch on its way into the log.</summary>
    private sealed class EpochWrite : LogWrite
    {
        private readonly EmbeddedLogSession session;
        private readonly EpochCommit commit;

        public EpochWrite(EmbeddedLogSession session, EpochCommit commit)
        {
            this.session = session;
            this.commit = commit;
            Bytes = commit.Outputs.Sum(output => output.Bytes) + commit.State.Sum(changes => (long)changes.Bytes) + (commit.Positions.Count * 128L);

            // Who gives up waiting may release its chunks, and their memory must not change while the batch is made of it.
            foreach (Chunk chunk in Chunks) chunk.Retain();
        }

        public override bool IsGrouped => true;

        public override long Bytes { get; }

        private IEnumerable<Chunk> Chunks => commit.Outputs.OfType<SealedChunks>().SelectMany(output => output.Chunks);

        public override void Stage(LogTransaction transaction)
        {
            HeldClaim held = session.held ?? throw new InvalidOperationException($"{commit.Claim.Task} commits before it has begun");
            session.Log.Claims.Check(transaction.Catalog.Home(commit.Claim.Task.Pipeline), commit, held);
            var targets = new List<(PartitionState Partition, Chunk Chunk)>();
            foreach (SealedOutput output in commit.Outputs)
            {
                if (output is SealedChunks chunks) targets.AddRange(chunks.Chunks.Select(chunk => (transaction.Catalog.Get(chunks.Topic, chunk.Partition), chunk)));
                else if (output is not SealedStage) throw new InvalidOperationException($"the log can't commit {output.GetType().Name}");
            }

            targets.AddRange(DeadLetterFormat.Encode(commit.DeadLetters).Select(letters => (transaction.Catalog.Get(session.DeadLetters, 0), letters)));

            long now = session.Log.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            foreach ((PartitionState partition, Chunk chunk) in targets) transaction.Append(partition, chunk, now);
            foreach (StateChanges changes in commit.State) StageState(transaction, changes);
            foreach (CommittedPosition position in commit.Positions)
            {
                transaction.Batch.Put(
                    LogLayout.Positions, LogLayout.PositionKey(commit.Claim.Task, position.Partition), LogLayout.PositionValue(position, commit.Epoch));
            }

            foreach (SealedStage stage in commit.Outputs.OfType<SealedStage>())
            {
                transaction.Batch.Put(
                    LogLayout.Commits, LogLayout.UnpublishedKey(commit.Claim.Task, commit.Claim.Start, commit.Epoch, stage.Sink), stage.Manifest.Span);
            }

            // An epoch follows another of the same task only when that one is known to be durable, so this can't run ahead of the disk.
            held.Last = commit.Epoch;
        }

        protected override void Release()
        {
            foreach (Chunk chunk in Chunks) chunk.Release();
        }

        private static void StageState(LogTransaction transaction, StateChanges changes)
        {
            Span<byte> key = stackalloc byte[256];
            foreach (StateChange change in changes)
            {
                int length = 8 + change.Key.Length;
                Span<byte> k = length <= key.Length ? key[..length] : new byte[length];
                LogLayout.WriteStatePrefix(k, changes.State.Number, change.Partition);
                change.Key.CopyTo(k[8..]);
                if (change.IsDelete) transaction.Batch.Delete(LogLayout.State, k);
                else transaction.Batch.Put(LogLayout.State, k, change.Value);
            }
        }
    }

    private EmbeddedLog Log => log;

    private TopicInfo DeadLetters => deadLetters;
}

/// <summary>Collects the chunks of an epoch in memory, as a log does whose transaction is one write.</summary>
internal sealed class BufferedTopicWriter(TopicInfo topic) : ITopicWriter
{
    private List<Chunk> open = [];

    public long OpenBytes { get; private set; }

    public void Write(Chunk chunk)
    {
        open.Add(chunk);
        OpenBytes += chunk.Bytes;
    }

    public SealedOutput Seal()
    {
        var sealedChunks = new SealedChunks(topic, open);
        open = [];
        OpenBytes = 0;
        return sealedChunks;
    }

    public void Dispose() => Seal().Release();
}
