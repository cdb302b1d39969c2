using StreamEngine.Diagnostics;
using StreamEngine.Log.Rocks;

namespace StreamEngine.Log;

/// <summary>
/// The files of a log, opened: its database, what that says of itself, and its durable end. What opens is whole as far as anybody can
/// tell; what isn't is refused with the file that tells.
/// </summary>
internal sealed record LogFiles(RocksDatabase Database, LogCatalog Catalog, DurableEnd End)
{
    /// <summary>Opens the log in a folder; makes it when there is none.</summary>
    /// <exception cref="LogDamagedException">Its files are not what was written.</exception>
    /// <exception cref="DataVersionException">A newer build wrote it.</exception>
    /// <exception cref="EngineException">Another process has it open, or the disk refuses.</exception>
    public static LogFiles Open(string path, EmbeddedLogOptions options)
    {
        Directory.CreateDirectory(path);
        string endFile = EndFile(path);
        bool isNew = IsNew(path, endFile), isNoted = File.Exists(endFile);
        RocksDatabase? db = null;
        DurableEnd? end = null;
        try
        {
            db = RocksDatabase.Open(path, LogLayout.Families, new RocksMemory((ulong)options.CacheBytes, (ulong)options.WriteBuffersBytes));
            LogCatalog catalog = LogCatalog.Load(db, path) ?? LogCatalog.Create(db);
            if (!isNoted && catalog.CommitNumber > 0)
            {
                throw new LogDamagedException(
                    $"the log in {path} holds {catalog.CommitNumber} commits, and {endFile}, which notes where it ends, is missing",
                    remedy: $"Restore the file, or the data directory from a backup. {DurableEnd.WayOut(endFile)}");
            }

            end = new DurableEnd(endFile);
            long durable = end.Read();
            if (catalog.CommitNumber < durable)
            {
                throw new LogDamagedException(
                    $"the log in {path} is damaged: it ends with commit {catalog.CommitNumber}, but commit {durable} was durable ({endFile} has it)");
            }

            return new LogFiles(db, catalog, end);
        }
        catch (Exception e)
        {
            db?.Dispose();
            end?.Dispose();
            if (e is not RocksException error) throw;
            if (error.IsCorruption || (error.IsMissingFile && !isNew)) throw LogDamagedException.At(path, error);
            throw new EngineException(error.Domain, $"the log in {path} can't be opened: {error.Message}", error.Remedy, error);
        }
    }

    /// <summary>The file beside a log's database that holds its durable end.</summary>
    public static string EndFile(string path) => path.TrimEnd(Path.DirectorySeparatorChar) + ".end";

    /// <summary>
    /// Whether there is no database yet. RocksDB takes one whose CURRENT is gone for none, makes a new one over it and deletes the files
    /// that it doesn't know, so whatever a database leaves behind is looked for first.
    /// </summary>
    private static bool IsNew(string path, string endFile)
    {
        string current = Path.Combine(path, "CURRENT");
        if (File.Exists(current)) return false;
        string? left = Directory.EnumerateFiles(path, "*.sst").Concat(Directory.EnumerateFiles(path, "*.log").Where(HasBytes)).FirstOrDefault();
        if (left is null && File.Exists(endFile))
        {
            using var end = new DurableEnd(endFile);
            if (end.Read() > 0) left = endFile;
        }

        return left is null ? true : throw new LogDamagedException($"the log in {path} is damaged: {current} is missing, and {left} tells of a log that was there");
    }

    private static bool HasBytes(string file) => new FileInfo(file).Length > 0;
}
