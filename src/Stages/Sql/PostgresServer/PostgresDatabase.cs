using System.Data;
using System.Data.Common;
using Npgsql;
using StreamEngine.Records;
using StreamEngine.Sql.Commits;

namespace StreamEngine.Sql.PostgresServer;

/// <summary>
/// A PostgreSQL database that tasks commit in. A commit holds its guard's row shared; who raises a guard takes it alone, and ends a session
/// that still holds it after a moment: that of a host which is frozen, or cut off, in the middle of its commit.
/// </summary>
internal sealed class PostgresDatabase(string id, string connectionString, string logId) : SqlDatabase(id, logId)
{
    /// <summary>The lock that whoever makes tables holds: PostgreSQL's own IF NOT EXISTS fails when two do so at once.</summary>
    private const long CatalogLock = 0x73747265616d;

    /// <summary>What the server enforces by itself, should the client fall silent.</summary>
    private const string Limits =
        """
        SET lock_timeout = '10s';
        SET idle_in_transaction_session_timeout = '60s';
        SET tcp_keepalives_idle = 30;
        SET tcp_keepalives_interval = 10;
        SET tcp_keepalives_count = 3;
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
        """;

    /// <summary>How long a session that holds a guard has to end its commit by itself.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    public override string SharedLock => " FOR SHARE";

    /// <summary>Keeps others from making tables until the transaction ends.</summary>
    public static Task LockCatalogAsync(SqlWork work) => work.QueryAsync("SELECT pg_advisory_xact_lock(@lock)", _ => 0, ("lock", CatalogLock));

    public override async Task<DbConnection> ConnectAsync(bool create, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            await using var limits = new NpgsqlCommand(Limits, connection);
            await limits.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task<IDisposable?> EnterAsync(CancellationToken cancellation) => Task.FromResult<IDisposable?>(null);

    public override async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellation) =>
        await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation).ConfigureAwait(false);

    public override Exception Explain(Exception error, string doing) => PostgresErrors.Explain(error, Id, doing);

    protected override async Task CreateTablesAsync(SqlWork work)
    {
        // Asked first: a user who may not make tables may use those that are there.
        string[] names = [SqlTables.Guards, SqlTables.Positions, SqlTables.DeadLetters];
        int there = 0;
        foreach (string name in names) there += await HasTableAsync(work, name).ConfigureAwait(false) ? 1 : 0;
        if (there == names.Length) return;
        await LockCatalogAsync(work).ConfigureAwait(false);
        foreach (string sql in SqlTables.Create("bytea")) await work.ExecuteAsync(sql).ConfigureAwait(false);
    }

    protected override async Task<bool> HasTableAsync(SqlWork work, string name) =>
        (await work.QueryAsync("SELECT to_regclass(@name) IS NOT NULL", reader => reader.GetBoolean(0), ("name", name)).ConfigureAwait(false))[0];

    protected override async Task LockGuardsAsync(SqlWork work, PipelineName pipeline)
    {
        int own = ((NpgsqlConnection)work.Connection).ProcessID;
        Task locked = work.QueryAsync(
            $"""SELECT 1 FROM {SqlTables.Guards} WHERE "pipeline" = @pipeline ORDER BY "subgraph" FOR UPDATE""", _ => 0, ("pipeline", pipeline.Value));
        if (await Task.WhenAny(locked, Task.Delay(Grace, work.Cancellation)).ConfigureAwait(false) != locked) await EndHoldersAsync(locked, own, work.Cancellation).ConfigureAwait(false);
        await locked.ConfigureAwait(false);
    }

    /// <summary>Ends the sessions that a session waits for, until it waits no more. The server's own limit on waiting for locks bounds it.</summary>
    private async Task EndHoldersAsync(Task waiting, int waiter, CancellationToken cancellation)
    {
        await using DbConnection connection = await ConnectAsync(create: false, cancellation).ConfigureAwait(false);
        var work = new SqlWork(connection, null, cancellation);
        while (!waiting.IsCompleted)
        {
            await work.QueryAsync("SELECT pg_terminate_backend(pid) FROM unnest(pg_blocking_pids(@waiter)) AS pid WHERE pid <> 0", _ => 0, ("waiter", waiter)).ConfigureAwait(false);
            await Task.WhenAny(waiting, Task.Delay(Grace, cancellation)).ConfigureAwait(false);
        }
    }
}
