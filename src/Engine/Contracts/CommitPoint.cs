using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// Where an epoch is decided. Sinks with equal commit points can share a task; where a graph has several, it is cut.
/// </summary>
/// <param name="Id">What makes two the same: <c>log</c>, <c>sqlite:/data/orders.db</c>.</param>
public abstract record CommitPoint(string Id)
{
    /// <summary>The best guarantee it can give.</summary>
    public virtual Guarantee Best => Guarantee.ExactlyOnce;
}

/// <summary>The engine's log: output, state and positions in one transaction of it.</summary>
public sealed record LogCommitPoint() : CommitPoint("log")
{
    /// <summary>The only one.</summary>
    public static LogCommitPoint Instance { get; } = new();
}

/// <summary>The engine's log too, but for output that is staged elsewhere and published afterwards; its epochs last as long as the files are open.</summary>
public sealed record StagedCommitPoint() : CommitPoint("staged")
{
    /// <summary>The only one.</summary>
    public static StagedCommitPoint Instance { get; } = new();
}

/// <summary>Positions in the log after the output has arrived somewhere without transactions.</summary>
public sealed record FlushCommitPoint() : CommitPoint("flush")
{
    /// <summary>The only one.</summary>
    public static FlushCommitPoint Instance { get; } = new();

    /// <inheritdoc/>
    public override Guarantee Best => Guarantee.AtLeastOnce;
}

/// <summary>One transaction of a database that is written to: rows, dead letters and positions.</summary>
/// <param name="Id">The database, without secrets.</param>
public abstract record DatabaseCommitPoint(string Id) : CommitPoint(Id)
{
    /// <summary>What the id begins with where it is a Kafka cluster, and no database; the cluster's name follows.</summary>
    public const string ClusterPrefix = "kafka:";

    /// <summary>Makes a client of the database. It opens nothing yet.</summary>
    /// <param name="folder">The folder that relative paths count from: the data directory.</param>
    /// <param name="logId">The engine's log, which a guard belongs to.</param>
    public abstract ICommitDatabase Open(string folder, string logId);

    /// <summary>How long its transactions may be open, where epochs are filled into them; null where one is opened at the commit only.</summary>
    public virtual TransactionLimit? LimitOfTransactions() => null;
}

/// <summary>How long a transaction may be open.</summary>
/// <param name="Timeout">After how long it is given up.</param>
/// <param name="Setting">The setting that says so, below <c>stream-engine</c>.</param>
public sealed record TransactionLimit(TimeSpan Timeout, string Setting);

/// <summary>A database that tasks commit in. Thread-safe; calls wait for the database.</summary>
public interface ICommitDatabase : IDisposable
{
    /// <summary>
    /// Raises the guard of a pipeline's subgraphs to a start, ending whichever session holds it. When this completes, no older start can commit
    /// any more. Makes what tables it needs.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="subgraphs">The subgraphs whose positions it holds.</param>
    /// <param name="start">The start that fences.</param>
    /// <param name="generation">Its number.</param>
    /// <param name="tasks">The most tasks that any start not yet wholly fenced may have had, for stores that fence by name.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CommitRefusedException">The guard is higher already, or belongs to another engine.</exception>
    Task RaiseGuardAsync(PipelineName pipeline, IReadOnlyList<string> subgraphs, StartId start, Generation generation, int tasks, CancellationToken cancellation);

    /// <summary>
    /// Removes the positions and dead letters of a pipeline, and puts the positions there that it is to begin at, in one transaction. Rows it has
    /// written stay, and so does its guard.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="start">Its start, which holds the guard.</param>
    /// <param name="begin">Where partitions begin; those that aren't named begin where their source says.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CommitRefusedException">Another start holds the guard.</exception>
    Task ClearAsync(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin, CancellationToken cancellation);

    /// <summary>The positions of a subgraph as they are committed; none where the database has never been written to.</summary>
    Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(PipelineName pipeline, string subgraph, CancellationToken cancellation);

    /// <summary>A session for one attempt of a task.</summary>
    ICommitPoint OpenSession(TaskClaim claim);
}

/// <summary>What a pipeline promises of each record, in order of strength.</summary>
public enum Guarantee
{
    /// <summary>Positions are committed before records are processed: a crash may lose some, none is processed twice.</summary>
    AtMostOnce,

    /// <summary>Positions are committed after the output has arrived: a crash may double some, none is lost.</summary>
    AtLeastOnce,

    /// <summary>Positions, state and output are one act.</summary>
    ExactlyOnce,
}
