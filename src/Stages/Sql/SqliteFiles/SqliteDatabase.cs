using System.Data.Common;
using Microsoft.Data.Sqlite;
using StreamEngine.Records;
using StreamEngine.Sql.Commits;

namespace StreamEngine.Sql.SqliteFiles;

/// <summary>
/// A SQLite file that tasks commit in. It has one writer at a time: a transaction takes the file's write lock when it begins, so who raises a
/// guard waits for a commit that is under way, and none begins in between.
/// </summary>
internal sealed class SqliteDatabase(string path, string logId) : SqlDatabase($"sqlite:{path}", logId)
{
    /// <summary>How long to wait for another process that writes, in seconds.</summary>
    public const int BusySeconds = 5;

    public override string SharedLock => "";

    protected override bool Exists => File.Exists(path);

    public override async Task<DbConnection> ConnectAsync(bool create, CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder)) throw SqliteErrors.NoFolder(Id, folder);

        // A pooled connection would keep a file open that was deleted or restored meanwhile.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        }.ToString());
        try
        {
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            var work = new SqlWork(connection, null, cancellation);
            if (create) await work.ExecuteAsync("PRAGMA journal_mode = WAL").ConfigureAwait(false);

            // A commit that was answered survives a loss of power.
            await work.ExecuteAsync("PRAGMA synchronous = FULL").ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override bool IsThere(string data)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder) && folder != Path.TrimEndingDirectorySeparator(Path.GetFullPath(data))) throw SqliteErrors.NoFolder(Id, folder);
        return Exists;
    }

    public override async Task<IDisposable?> EnterAsync(CancellationToken cancellation) => await SqliteFileLock.EnterAsync(path, cancellation).ConfigureAwait(false);

    public override Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellation) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    public override Exception Explain(Exception error, string doing) => SqliteErrors.Explain(error, Id, doing);

    protected override async Task CreateTablesAsync(SqlWork work)
    {
        foreach (string sql in SqlTables.Create("BLOB")) await work.ExecuteAsync(sql).ConfigureAwait(false);
    }

    protected override async Task<bool> HasTableAsync(SqlWork work, string name) =>
        (await work.QueryAsync("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = @name", reader => reader.GetInt32(0), ("name", name)).ConfigureAwait(false)).Count == 1;

    protected override Task LockGuardsAsync(SqlWork work, PipelineName pipeline) => Task.CompletedTask;
}
