using System.Collections.Concurrent;

namespace StreamEngine.Sql.SqliteFiles;

/// <summary>
/// The turn to write to a SQLite file, of which there is one: tasks of this process wait for each other here, in order, rather than ask the
/// file again and again.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Files = new();
    private readonly SemaphoreSlim file;

    private SqliteFileLock(SemaphoreSlim file) => this.file = file;

    /// <summary>Waits for the turn; disposing what is returned gives it on.</summary>
    public static async Task<SqliteFileLock> EnterAsync(string path, CancellationToken cancellation)
    {
        SemaphoreSlim file = Files.GetOrAdd(path, _ => new SemaphoreSlim(1));
        await file.WaitAsync(cancellation).ConfigureAwait(false);
        return new SqliteFileLock(file);
    }

    public void Dispose() => file.Release();
}
