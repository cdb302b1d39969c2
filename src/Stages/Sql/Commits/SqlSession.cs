using System.Data.Common;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Sql.Commits;

/// <summary>
/// One attempt of a task at its database: a connection of its own, from the claim to the end. After any error it is over: a lost connection is
/// never replaced, for what it had under way may have been committed or not.
/// </summary>
internal sealed class SqlSession(SqlDatabase database, TaskClaim claim) : ICommitPoint
{
    private DbConnection? connection;
    private IReadOnlyList<SourcePartitionId> claimed = [];
    private Epoch? last;
    private bool isOver;

    /// <summary>The database.</summary>
    public SqlDatabase Database => database;

    public Task ClaimAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation) => RunAsync($"{claim.Task} claiming its partitions", async () =>
    {
        connection ??= await database.ConnectAsync(create: false, cancellation).ConfigureAwait(false);
        Epoch found = Epoch.None;
        await database.TransactAsync(
            connection,
            async work =>
            {
                await database.Guards.CheckHeldAsync(work, claim).ConfigureAwait(false);
                await PositionRows.TakeAsync(work, claim, partitions).ConfigureAwait(false);
                found = (await ReadAsync(work, partitions).ConfigureAwait(false)).Select(position => position.Epoch).DefaultIfEmpty(Epoch.None).Max();
            },
            cancellation).ConfigureAwait(false);
        claimed = partitions;
        last = found;
    });

    public async Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation)
    {
        IReadOnlyList<CommittedPosition> found = [];
        await RunAsync($"{claim.Task} reading its positions", async () =>
        {
            connection ??= await database.ConnectAsync(create: false, cancellation).ConfigureAwait(false);
            found = await ReadAsync(new SqlWork(connection, null, cancellation), partitions).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return found;
    }

    public Task CommitAsync(EpochCommit commit, CancellationToken cancellation) => RunAsync($"{claim.Task} committing epoch {commit.Epoch}", async () =>
    {
        if (connection is null || last is not { } before) throw new InvalidOperationException($"{claim.Task} commits before it has claimed its partitions");
        if (commit.Claim != claim || commit.State.Count > 0) throw new InvalidOperationException($"{claim.Task} is handed what its database can't commit");
        await database.TransactAsync(connection, work => WriteAsync(work, commit, before), cancellation).ConfigureAwait(false);
        last = commit.Epoch;
    });

    public void Dispose()
    {
        isOver = true;
        connection?.Dispose();
        connection = null;
    }

    private async Task WriteAsync(SqlWork work, EpochCommit commit, Epoch before)
    {
        await database.Guards.CheckHeldAsync(work, claim).ConfigureAwait(false);
        await PositionRows.MoveAsync(work, commit).ConfigureAwait(false);
        if (commit.Positions.Count == 0 && claimed.Count > 0) await PositionRows.CheckHeldAsync(work, claim, claimed[0], database.SharedLock).ConfigureAwait(false);
        if (commit.Epoch != before.Next()) throw CommitRefusedException.WrongEpoch(claim, commit.Epoch, before);
        foreach (SealedOutput output in commit.Outputs) await WriteAsync(work, output).ConfigureAwait(false);
        await DeadLetterRows.WriteAsync(work, claim.Task.Pipeline, commit.DeadLetters).ConfigureAwait(false);
    }

    private async Task WriteAsync(SqlWork work, SealedOutput output)
    {
        if (output is not SealedRows rows) throw new InvalidOperationException($"{database.Id} can't commit {output.GetType().Name}");
        try
        {
            await rows.WriteAsync(work.Connection, work.Cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (EngineException or OperationCanceledException))
        {
            throw database.Explain(e, $"{claim.Task} writing {rows.Table}");
        }
    }

    private async Task<IReadOnlyList<CommittedPosition>> ReadAsync(SqlWork work, IReadOnlyList<SourcePartitionId> partitions)
    {
        List<CommittedPosition> all = await PositionRows.ReadAsync(work, claim.Task.Pipeline, claim.Task.Subgraph).ConfigureAwait(false);
        Dictionary<SourcePartitionId, CommittedPosition> found = all.ToDictionary(position => position.Partition);
        return [.. partitions.Where(found.ContainsKey).Select(partition => found[partition])];
    }

    private async Task RunAsync(string doing, Func<Task> act)
    {
        if (isOver) throw new EngineException(ErrorDomain.External, $"{claim.Task}: its session with {database.Id} is over", "A new attempt goes on from what is committed.");
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (CommitRefusedException)
        {
            // Nothing was written, and the answer will be the same: the database says it.
            throw;
        }
        catch (Exception e)
        {
            isOver = true;
            if (e is EngineException or OperationCanceledException or InvalidOperationException) throw;
            throw database.Explain(e, doing);
        }
    }
}
