using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log.Rocks;

namespace StreamEngine.State;

/// <summary>
/// The local copies of all states of a process in one RocksDB database. Its write-ahead log is written and not synced: a kill loses nothing, and what the loss of
/// power leaves is an older copy, but whole, because a copy's bound is written in one act with its keys.
/// </summary>
/// <remarks>
/// Whatever goes wrong with the files (damage, a full disk) is thrown where it is met; the next <see cref="Open(string, int)"/> opens the database again, and anew
/// when it is damaged. Copies opened before that are of no more use, so that every task that works with one fails and asks for it again.
/// </remarks>
internal sealed class LocalStateStore : ILocalStateStore
{
    // Held for reading while a batch is filled and written, so that neither the database nor a copy goes away under it.
    private readonly ReaderWriterLockSlim use = new();
    private readonly Dictionary<(string Changelog, int Partition), LocalState> states = [];
    private readonly string path;
    private readonly LocalStateOptions options;
    private LocalStateDatabase database;
    private bool disposed;

    private LocalStateStore(string path, LocalStateOptions options)
    {
        this.path = path;
        this.options = options;
        database = LocalStateDatabase.Open(path, options);
    }

    /// <summary>Opens the copies in a folder that this process alone uses; makes it when there is none.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">How they are kept.</param>
    /// <exception cref="EngineException">Another process has them open, or the disk refuses.</exception>
    public static LocalStateStore Open(string path, LocalStateOptions? options = null) => new(Path.GetFullPath(path), options ?? new LocalStateOptions());

    /// <inheritdoc/>
    /// <exception cref="EngineException">The disk refuses.</exception>
    public ILocalState Open(string changelog, int partition)
    {
        ArgumentException.ThrowIfNullOrEmpty(changelog);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        return Alone(() =>
        {
            if (database.HasFailed) Reopen();
            if (states.TryGetValue((changelog, partition), out LocalState? known)) return known;
            var state = new LocalState(database, changelog, partition, NumberOf(changelog, partition));
            states.Add((changelog, partition), state);
            return state;
        });
    }

    public void Write(Action<ILocalStateBatch> fill)
    {
        use.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (database.HasFailed) throw Stale();
            using var batch = new LocalStateBatch(database);
            fill(batch);
            foreach (LocalState state in batch.Touched) Check(state);
            if (batch.Changes.Count > 0) database.Write(batch.Changes);
        }
        finally
        {
            use.ExitReadLock();
        }
    }

    public void Drop(ILocalState state)
    {
        if (state is not LocalState local) throw new ArgumentException($"{state} is a copy of another store", nameof(state));
        Alone(() =>
        {
            if (local.IsDropped) return false;
            Check(local);
            using RocksBatch batch = database.NewBatch();
            batch.Delete(LocalStateLayout.Family, LocalStateLayout.CatalogKey(local.Changelog, local.Partition));
            batch.Delete(LocalStateLayout.Family, LocalStateLayout.BoundKey(local.Number));
            batch.DeleteRange(LocalStateLayout.Family, LocalStateLayout.FirstKey(local.Number), LocalStateLayout.FirstKey(local.Number + 1));
            database.Write(batch);
            local.MarkDropped();
            return states.Remove((local.Changelog, local.Partition));
        });
    }

    public void Dispose()
    {
        use.EnterWriteLock();
        disposed = true;
        database.Dispose();
        use.ExitWriteLock();
    }

    private T Alone<T>(Func<T> act)
    {
        use.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return act();
        }
        finally
        {
            use.ExitWriteLock();
        }
    }

    private void Reopen()
    {
        states.Clear();
        database.Dispose();
        database = LocalStateDatabase.Open(path, options);
    }

    /// <summary>The number of a copy; a new one is noted before its first key can be written.</summary>
    private uint NumberOf(string changelog, int partition)
    {
        byte[] key = LocalStateLayout.CatalogKey(changelog, partition);
        if (database.Get(key) is { } found) return LocalStateLayout.ParseNumber(found);
        uint number = checked((database.Get(LocalStateLayout.LastNumberKey) is { } last ? LocalStateLayout.ParseNumber(last) : 0) + 1);
        using RocksBatch batch = database.NewBatch();
        batch.Put(LocalStateLayout.Family, LocalStateLayout.LastNumberKey, LocalStateLayout.Number(number));
        batch.Put(LocalStateLayout.Family, key, LocalStateLayout.Number(number));
        database.Write(batch);
        return number;
    }

    private void Check(LocalState state)
    {
        if (state.IsDropped) throw new InvalidOperationException($"the local copy {state} was removed");
        if (state.Database != database || database.HasFailed) throw Stale();
    }

    private EngineException Stale() => LocalStateDatabase.Stale(path);
}
