using StreamEngine.Diagnostics;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

namespace StreamEngine.State;

/// <summary>
/// The database of the local copies as it was opened once: it knows when it is of no more use, and leaves a mark beside its folder when it is damaged, so that
/// the next opening doesn't trust it. Thread-safe.
/// </summary>
internal sealed class LocalStateDatabase : IDisposable
{
    private readonly RocksDatabase db;
    private readonly string path;
    private volatile bool failed;

    private LocalStateDatabase(RocksDatabase db, string path)
    {
        this.db = db;
        this.path = path;
    }

    /// <summary>Whether something went wrong that only another opening can mend.</summary>
    public bool HasFailed => failed;

    /// <summary>Opens the database in a folder; makes it where there is none, and anew where it is damaged, saying so.</summary>
    /// <exception cref="EngineException">Another process has it open, or the disk refuses.</exception>
    public static LocalStateDatabase Open(string path, LocalStateOptions options)
    {
        try
        {
            return TryOpen(path, options);
        }
        catch (LocalStateDamagedException e)
        {
            options.Logger.Warning(
                "{Problem}: they are removed and made again from their changelogs, so each stateful task reads its whole state before it goes on", e.Message);
            return Guarded(path, "made anew", () =>
            {
                if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
                File.Delete(MarkOf(path));
                return TryOpen(path, options);
            });
        }
    }

    /// <summary>The value under a key; null when there is none.</summary>
    /// <exception cref="LocalStateDamagedException">What had to be read is damaged.</exception>
    /// <exception cref="EngineException">The disk refuses, or the database was opened anew meanwhile.</exception>
    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        try
        {
            return db.Get(LocalStateLayout.Family, key);
        }
        catch (Exception e) when (ErrorOf(e) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Appends the value under a key.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="LocalStateDamagedException">What had to be read is damaged.</exception>
    /// <exception cref="EngineException">The disk refuses, or the database was opened anew meanwhile.</exception>
    public bool TryRead(ReadOnlySpan<byte> key, ByteWriter value)
    {
        try
        {
            return db.TryGet(LocalStateLayout.Family, key, value, static (bytes, target) => target.Write(bytes));
        }
        catch (Exception e) when (ErrorOf(e) is { } error)
        {
            throw error;
        }
    }

    /// <summary>An empty batch.</summary>
    /// <exception cref="EngineException">The database was opened anew meanwhile.</exception>
    public RocksBatch NewBatch() => db.NewBatch();

    /// <summary>Writes a batch in one act; it outlives this process.</summary>
    /// <exception cref="EngineException">The disk refuses, or the database was opened anew meanwhile; nothing was written.</exception>
    public void Write(RocksBatch batch)
    {
        try
        {
            db.WriteBuffered(batch);
        }
        catch (Exception e) when (ErrorOf(e) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Says that a copy is of no more use, because something went wrong with the database that had it.</summary>
    public static EngineException Stale(string path, Exception? inner = null) => new(
        ErrorDomain.External, $"the local copies of states in {path} are opened anew after an error", "The task is started again; the first error says why.", inner);

    /// <summary>Closes it, with nothing left for the next opening to replay.</summary>
    public void Dispose()
    {
        try
        {
            if (!failed) db.Flush();
        }
        catch (Exception e) when (e is RocksException or ObjectDisposedException)
        {
            // What didn't get into a file is in the write-ahead log.
        }

        db.Dispose();
    }

    private static LocalStateDatabase TryOpen(string path, LocalStateOptions options) => Guarded(path, "opened", () =>
    {
        if (File.Exists(MarkOf(path))) throw new LocalStateDamagedException($"the local copies of states in {path} were found damaged when they were read");
        Directory.CreateDirectory(path);
        CheckForRemains(path);
        RocksDatabase? db = null;
        try
        {
            var memory = new RocksMemory((ulong)options.CacheBytes, (ulong)options.WriteBuffersBytes);
            db = RocksDatabase.Open(path, LocalStateLayout.Families, memory, RocksRecovery.Prefix);
            CheckVersion(db, path);
            return new LocalStateDatabase(db, path);
        }
        catch (Exception e)
        {
            db?.Dispose();
            if (e is RocksException { IsCorruption: true } or RocksException { IsMissingFile: true })
            {
                throw new LocalStateDamagedException($"the local copies of states in {path} are damaged: {e.Message}", e);
            }

            throw;
        }
    });

    /// <summary>RocksDB takes a folder whose CURRENT is gone for an empty one, and deletes what it finds there without a word.</summary>
    private static void CheckForRemains(string path)
    {
        if (File.Exists(Path.Combine(path, "CURRENT"))) return;
        string? left = Directory.EnumerateFiles(path, "*.sst").Concat(Directory.EnumerateFiles(path, "*.log").Where(file => new FileInfo(file).Length > 0)).FirstOrDefault();
        if (left is not null) throw new LocalStateDamagedException($"the local copies of states in {path} are damaged: CURRENT is missing, and {left} is left of a database");
    }

    private static void CheckVersion(RocksDatabase db, string path)
    {
        if (db.Get(LocalStateLayout.Family, LocalStateLayout.VersionKey) is { } found)
        {
            uint version = found.Length == LocalStateLayout.NumberBytes ? LocalStateLayout.ParseNumber(found) : 0;
            if (version == LocalStateLayout.Version) return;
            throw new LocalStateDamagedException(
                $"the local copies of states in {path} are of version {version}, which another build of the engine wrote; this one keeps version {LocalStateLayout.Version}");
        }

        using RocksBatch batch = db.NewBatch();
        batch.Put(LocalStateLayout.Family, LocalStateLayout.VersionKey, LocalStateLayout.Number(LocalStateLayout.Version));
        db.WriteBuffered(batch);
    }

    private static T Guarded<T>(string path, string what, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (RocksException e)
        {
            throw Refused(path, what, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(
                ErrorDomain.External, $"the local copies of states in {path} can't be {what}: {e.Message}", "Make room on that disk, and look at the rights on these files.", e);
        }
    }

    /// <summary>What an error means to whoever works with the copies; null where it is theirs already.</summary>
    private EngineException? ErrorOf(Exception e)
    {
        if (e is ObjectDisposedException && failed) return Stale(path, e);
        if (e is not RocksException error) return null;
        failed = true;
        if (!error.IsCorruption) return Refused(path, "read or written", error);
        Mark();
        return new LocalStateDamagedException($"the local copies of states in {path} are damaged: {e.Message}", e);
    }

    private static EngineException Refused(string path, string what, RocksException e) => new(
        e.Domain,
        $"the local copies of states in {path} can't be {what}: {e.Message}",
        e.IsFullDisk ? "Free space on that disk. Nothing is lost: the task goes on from its last commit." : e.Remedy,
        e);

    /// <summary>The file beside a database that says that it isn't to be trusted.</summary>
    private static string MarkOf(string path) => path.TrimEnd(Path.DirectorySeparatorChar) + ".damaged";

    private void Mark()
    {
        try
        {
            File.WriteAllBytes(MarkOf(path), []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever opens it next reads the same damage, and tries again to leave the mark.
        }
    }
}
