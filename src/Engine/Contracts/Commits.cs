using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>The random id of one start of a pipeline; two starts never share one, whatever their generations.</summary>
public readonly record struct StartId(Guid Value)
{
    /// <summary>A new one.</summary>
    public static StartId New() => new(Guid.NewGuid());

    /// <summary>The first eight characters, for names of files and for people.</summary>
    public string Short => Value.ToString("N")[..8];

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N");
}

/// <summary>
/// Who commits: a task, in an attempt of it, under a start of its pipeline. A store refuses every other claim once it knows a newer one.
/// </summary>
/// <param name="Task">The task.</param>
/// <param name="Start">The pipeline's start that made it.</param>
/// <param name="Generation">The number of that start.</param>
/// <param name="Attempt">How often the task was begun in this start, from 1.</param>
public sealed record TaskClaim(TaskId Task, StartId Start, Generation Generation, int Attempt)
{
    /// <summary>
    /// The task's number over the whole pipeline, from 0: what a store knows it by that fences by name. The tasks of a start have slots below the home record's number
    /// of tasks.
    /// </summary>
    public int Slot { get; init; }
}

/// <summary>A partition of a source, as positions know it.</summary>
/// <param name="Source">The source's name in its pipeline.</param>
/// <param name="Partition">The partition's name in the source: a number, a path.</param>
public readonly record struct SourcePartitionId(string Source, string Partition)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Source}/{Partition}";
}

/// <summary>Where a source partition resumes.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Position">The place.</param>
/// <param name="Epoch">The epoch of the task that committed it; <see cref="Epoch.None"/> for one that no epoch has touched yet.</param>
public sealed record CommittedPosition(SourcePartitionId Partition, Position Position, Epoch Epoch);

/// <summary>Where a source partition is to begin after a reset, put in place of the positions that went with it.</summary>
/// <param name="Subgraph">The subgraph that reads it.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Position">The place.</param>
public sealed record BeginPosition(string Subgraph, SourcePartitionId Partition, Position Position)
{
    /// <summary>The epoch that such a position counts as committed by: the first, which the task's own follow.</summary>
    public static Epoch Epoch { get; } = new(1);
}

/// <summary>
/// What a sink made of the records of one epoch, ready to be committed: chunks for a topic, rows for a table, files to be published.
/// Each commit point knows the kinds it takes.
/// </summary>
public abstract class SealedOutput
{
    /// <summary>How many records it has.</summary>
    public abstract int Records { get; }

    /// <summary>About how many bytes of memory it holds.</summary>
    public abstract long Bytes { get; }

    /// <summary>Gives its memory back: it was committed, or will never be.</summary>
    public virtual void Release()
    {
    }
}

/// <summary>Chunks for one topic of the log.</summary>
/// <param name="topic">The topic.</param>
/// <param name="chunks">The chunks in the order they were made, each with its partition.</param>
public sealed class SealedChunks(TopicInfo topic, IReadOnlyList<Chunk> chunks) : SealedOutput
{
    private bool released;

    /// <summary>The topic.</summary>
    public TopicInfo Topic { get; } = topic;

    /// <summary>The chunks in the order they were made, each with its partition.</summary>
    public IReadOnlyList<Chunk> Chunks { get; } = chunks;

    /// <inheritdoc/>
    public override int Records => Chunks.Sum(chunk => chunk.Records);

    /// <inheritdoc/>
    public override long Bytes => Chunks.Sum(chunk => (long)chunk.Bytes);

    /// <inheritdoc/>
    public override void Release()
    {
        if (released) return;
        released = true;
        foreach (Chunk chunk in Chunks) chunk.Release();
    }
}

/// <summary>Records that the log took while the epoch filled, and that its commit makes visible.</summary>
/// <param name="topic">The topic.</param>
/// <param name="records">How many they are.</param>
public sealed class SentRecords(TopicInfo topic, int records) : SealedOutput
{
    /// <summary>The topic.</summary>
    public TopicInfo Topic { get; } = topic;

    /// <inheritdoc/>
    public override int Records { get; } = records;

    /// <inheritdoc/>
    public override long Bytes => 0;
}

/// <summary>
/// Output that lies ready elsewhere (files, objects) and is to be made visible once the log holds this note of it.
/// </summary>
/// <param name="sink">The sink's name in its pipeline, which knows how to publish it.</param>
/// <param name="manifest">What to publish, in the sink's own words, small: it is written to the log.</param>
/// <param name="records">How many records it has.</param>
public sealed class SealedStage(string sink, ReadOnlyMemory<byte> manifest, int records) : SealedOutput
{
    /// <summary>The sink's name in its pipeline.</summary>
    public string Sink { get; } = sink;

    /// <summary>What to publish, in the sink's own words.</summary>
    public ReadOnlyMemory<byte> Manifest { get; } = manifest;

    /// <inheritdoc/>
    public override int Records { get; } = records;

    /// <inheritdoc/>
    public override long Bytes => Manifest.Length;
}

/// <summary>Sealed output that the log holds and nobody has noted as published.</summary>
/// <param name="Task">The task that sealed it.</param>
/// <param name="Start">The start it was sealed under.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Sink">The sink that publishes it.</param>
/// <param name="Manifest">What to publish, in the sink's own words.</param>
public sealed record UnpublishedStage(TaskId Task, StartId Start, Epoch Epoch, string Sink, ReadOnlyMemory<byte> Manifest);

/// <summary>An epoch of a task, to be made durable in one act.</summary>
/// <param name="Claim">Who commits.</param>
/// <param name="Epoch">The epoch, which continues the one committed last.</param>
/// <param name="Positions">Where each partition that moved resumes, with the epoch it was last committed in before.</param>
public sealed record EpochCommit(TaskClaim Claim, Epoch Epoch, IReadOnlyList<CommittedPosition> Positions)
{
    /// <summary>What the sinks made.</summary>
    public IReadOnlyList<SealedOutput> Outputs { get; init; } = [];

    /// <summary>What changed in keyed state; only a commit point that is the log takes it.</summary>
    public IReadOnlyList<StateChanges> State { get; init; } = [];

    /// <summary>The records that could not be processed.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters { get; init; } = [];

    /// <summary>Gives the memory of outputs and state back.</summary>
    public void Release()
    {
        foreach (SealedOutput output in Outputs) output.Release();
    }
}

/// <summary>A commit was refused by the compare-and-set: nothing of it was written, and nothing of this claim ever will be.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">Who holds the claim now.</param>
public sealed class CommitRefusedException(RefusalReason reason, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public RefusalReason Reason { get; } = reason;

    /// <summary>Another start than the claim's holds the pipeline.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="holder">The start that holds it; null when the pipeline has no record any more.</param>
    /// <param name="where">Where its record was looked for, as in <c>on the Kafka cluster at broker:9092</c>; null where there is no other place.</param>
    public static CommitRefusedException NewerStart(TaskClaim claim, StartId? holder, string? where = null) => new(
        RefusalReason.NewerStart,
        holder is { } start
            ? $"{claim.Task}: pipeline {claim.Task.Pipeline} was started again as {start.Short}, so start {claim.Start.Short} is over"
            : $"{claim.Task}: pipeline {claim.Task.Pipeline} has no record any more{(where is null ? "" : $" {where}")}, so start {claim.Start.Short} is over");

    /// <summary>Another attempt than the claim's holds the task.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="holder">The attempt that holds it.</param>
    public static CommitRefusedException NewerAttempt(TaskClaim claim, int holder) => new(
        RefusalReason.NewerAttempt, $"{claim.Task}: attempt {claim.Attempt} is over, attempt {holder} holds the task");

    /// <summary>The epoch isn't the one behind the last.</summary>
    /// <param name="claim">Who commits.</param>
    /// <param name="epoch">What it commits.</param>
    /// <param name="last">What was committed last.</param>
    public static CommitRefusedException WrongEpoch(TaskClaim claim, Epoch epoch, Epoch last) => new(
        RefusalReason.WrongEpoch, $"{claim.Task}: epoch {epoch} doesn't continue {last}, which was committed last");
}

/// <summary>Why a store refused a claim.</summary>
public enum RefusalReason
{
    /// <summary>A newer start of the pipeline holds it: this start is over.</summary>
    NewerStart,

    /// <summary>A newer attempt of the task holds it: this attempt is over, its start goes on.</summary>
    NewerAttempt,

    /// <summary>The epoch doesn't continue the one committed last: it was committed already, or one is missing.</summary>
    WrongEpoch,
}

/// <summary>
/// The one place where positions, state and output of a task become durable in one act: a session of the log, or of a database.
/// One for each attempt of a task.
/// </summary>
/// <remarks>
/// <see cref="ClaimAsync"/> first, then <see cref="ReadPositionsAsync"/>, then commits one after the other. An exception other than
/// <see cref="CommitRefusedException"/> leaves open whether the claim stands, or the epoch was committed: the caller gives this session up
/// and begins a new attempt, which reads the answer.
/// </remarks>
public interface ICommitPoint : IDisposable
{
    /// <summary>Claims the task's partitions: when this completes, no older attempt and no older start can commit them any more.</summary>
    /// <param name="partitions">The partitions of the task.</param>
    /// <param name="cancellation">Gives up waiting; the claim may stand all the same.</param>
    /// <exception cref="CommitRefusedException">A newer claim is known.</exception>
    Task ClaimAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation);

    /// <summary>
    /// Checks that the claim's start still holds the pipeline. Comes behind <see cref="ClaimAsync"/>, and before positions are read. Where claiming checks that
    /// itself there is nothing to do.
    /// </summary>
    /// <exception cref="CommitRefusedException">Another start holds it.</exception>
    Task CheckStartAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>
    /// Reads where partitions resume. After <see cref="ClaimAsync"/> the answer is final: before it, an older attempt might still move them.
    /// </summary>
    /// <returns>The positions there are; a partition without one has never been committed.</returns>
    Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation);

    /// <summary>Commits an epoch; completes when it is durable. Called again only when the call before has succeeded.</summary>
    /// <exception cref="CommitRefusedException">The claim is no longer held; nothing was written.</exception>
    Task CommitAsync(EpochCommit commit, CancellationToken cancellation);
}
