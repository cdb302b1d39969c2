using System.Data.Common;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Sql.Commits;

/// <summary>A database that tasks commit in: what both kinds have in common. Opens a connection for each call, and one for each session.</summary>
/// <param name="id">The database without secrets, for messages.</param>
/// <param name="logId">The engine's log, which guards belong to.</param>
internal abstract class SqlDatabase(string id, string logId) : ICommitDatabase
{
    /// <summary>The database without secrets, for messages.</summary>
    public string Id => id;

    /// <summary>What follows a <c>SELECT</c> so that others can't change the rows until the transaction ends.</summary>
    public abstract string SharedLock { get; }

    /// <summary>The rows that say which start may commit.</summary>
    public GuardRows Guards => field ??= new GuardRows(id, SharedLock);

    protected string LogId => logId;

    /// <summary>Connects.</summary>
    /// <param name="create">Whether to make the database where that is what opening it does.</param>
    /// <param name="cancellation">Gives up.</param>
    public abstract Task<DbConnection> ConnectAsync(bool create, CancellationToken cancellation);

    /// <summary>Waits for the turn to write, where there is one for all; disposing what is returned gives it on.</summary>
    public abstract Task<IDisposable?> EnterAsync(CancellationToken cancellation);

    /// <summary>Begins a transaction that writes.</summary>
    public abstract Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellation);

    /// <summary>An error of the client as one that says where, what and what to do; itself if it says that already, or is none of the client's.</summary>
    public abstract Exception Explain(Exception error, string doing);

    public Task RaiseGuardAsync(PipelineName pipeline, IReadOnlyList<string> subgraphs, StartId start, Generation generation, int tasks, CancellationToken cancellation) =>
        RunAsync($"raising the guard of pipeline {pipeline}", create: true, async connection =>
        {
            await TransactAsync(connection, CreateTablesAsync, cancellation).ConfigureAwait(false);
            await Guards.CheckRisesAsync(new SqlWork(connection, null, cancellation), pipeline, start, generation, logId).ConfigureAwait(false);
            await TransactAsync(
                connection,
                async work =>
                {
                    await LockGuardsAsync(work, pipeline).ConfigureAwait(false);
                    await Guards.RaiseAsync(work, pipeline, subgraphs, start, generation, logId).ConfigureAwait(false);
                },
                cancellation).ConfigureAwait(false);
        }, cancellation);

    public Task ClearAsync(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin, CancellationToken cancellation) =>
        RunAsync($"clearing pipeline {pipeline}", create: false, connection => TransactAsync(
            connection,
            async work =>
            {
                await LockGuardsAsync(work, pipeline).ConfigureAwait(false);
                long generation = await Guards.CheckClearsAsync(work, pipeline, start).ConfigureAwait(false);
                await PositionRows.ReplaceAsync(work, pipeline, start, generation, begin).ConfigureAwait(false);
                await DeadLetterRows.ClearAsync(work, pipeline).ConfigureAwait(false);
            },
            cancellation), cancellation);

    public async Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(PipelineName pipeline, string subgraph, CancellationToken cancellation)
    {
        if (!Exists) return [];
        List<CommittedPosition> found = [];
        await RunAsync($"reading positions of pipeline {pipeline}", create: false, async connection =>
        {
            var work = new SqlWork(connection, null, cancellation);
            if (await HasTableAsync(work, SqlTables.Positions).ConfigureAwait(false)) found = await PositionRows.ReadAsync(work, pipeline, subgraph).ConfigureAwait(false);
        }, cancellation).ConfigureAwait(false);
        return found;
    }

    public ICommitPoint OpenSession(TaskClaim claim) => new SqlSession(this, claim);

    /// <summary>Does something in a transaction of its own.</summary>
    public async Task TransactAsync(DbConnection connection, Func<SqlWork, Task> act, CancellationToken cancellation)
    {
        using IDisposable? turn = await EnterAsync(cancellation).ConfigureAwait(false);
        await using DbTransaction transaction = await BeginAsync(connection, cancellation).ConfigureAwait(false);
        await act(new SqlWork(connection, transaction, cancellation)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Does something on a connection of its own.</summary>
    public async Task RunAsync(string doing, bool create, Func<DbConnection, Task> act, CancellationToken cancellation)
    {
        try
        {
            await using DbConnection connection = await ConnectAsync(create, cancellation).ConfigureAwait(false);
            await act(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (CommitRefusedException or EngineException or OperationCanceledException))
        {
            throw Explain(e, doing);
        }
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Whether there is a database at all.</summary>
    protected virtual bool Exists => true;

    /// <summary>Whether there is a database at all, or else a place where opening it makes one.</summary>
    /// <param name="data">The data directory, which is made if need be.</param>
    /// <exception cref="EngineException">There is neither.</exception>
    public virtual bool IsThere(string data) => Exists;

    /// <summary>Makes the engine's own tables where they are missing.</summary>
    protected abstract Task CreateTablesAsync(SqlWork work);

    /// <summary>Whether there is a table of the engine's own.</summary>
    protected abstract Task<bool> HasTableAsync(SqlWork work, string name);

    /// <summary>Takes the guards of a pipeline for oneself, ending whichever session holds them.</summary>
    protected abstract Task LockGuardsAsync(SqlWork work, PipelineName pipeline);
}
