using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>
/// Looks at the embedded log of a data directory, whether a process has it open or not, and changes nothing in it. It may show a commit an
/// instant before that commit is synced.
/// </summary>
internal sealed class LogView : ILogView
{
    private const ulong CacheBytes = 8 << 20;

    private readonly RocksDatabase db;
    private readonly LogCatalog catalog;
    private readonly ChunkStore chunks;
    private readonly string path;
    private readonly string dataFolder;
    private readonly string own;

    private LogView(RocksDatabase db, LogCatalog catalog, string path, string dataFolder, string own)
    {
        this.db = db;
        this.catalog = catalog;
        this.path = path;
        this.dataFolder = dataFolder;
        this.own = own;
        chunks = new ChunkStore(db, path);
    }

    /// <summary>The topics, in the order of their names.</summary>
    public IReadOnlyList<TopicInfo> Topics => [.. catalog.Topics().Select(topic => topic.Info)];

    /// <summary>The pipelines that were ever started here.</summary>
    public IReadOnlyList<PipelineName> Pipelines => catalog.Homes();

    /// <summary>Opens the log of a data directory.</summary>
    /// <exception cref="EngineException">There is none, it is damaged, or of a newer build.</exception>
    public static LogView Open(string dataFolder)
    {
        string path = DataDirectory.LogPathOf(dataFolder);
        if (!File.Exists(Path.Combine(path, "CURRENT")))
        {
            throw new EngineException(ErrorDomain.User, $"there is no log in {Path.GetFullPath(dataFolder)}", "Give the data directory of an engine with --data DIR.");
        }

        DataDirectory.CheckVersion(Path.GetFullPath(dataFolder));
        string own = Directory.CreateTempSubdirectory("streamengine-view-").FullName;
        RocksDatabase? db = null;
        try
        {
            db = RocksDatabase.OpenSecondary(path, own, LogLayout.Families, new RocksMemory(CacheBytes, CacheBytes));
            db.CatchUp();
            LogCatalog catalog = LogCatalog.Load(db, path)
                ?? throw new EngineException(ErrorDomain.User, $"the log in {path} is empty", "Run a pipeline first.");
            return new LogView(db, catalog, path, dataFolder, own);
        }
        catch (Exception e)
        {
            db?.Dispose();
            Directory.Delete(own, recursive: true);
            if (e is not RocksException error) throw;
            if (error.IsCorruption || error.IsMissingFile) throw LogDamagedException.At(path, error);
            throw new EngineException(error.Domain, $"the log in {path} can't be read: {error.Message}", error.Remedy, error);
        }
    }

    /// <inheritdoc/>
    public string Description => $"the log in {path}";

    /// <inheritdoc/>
    public bool IsHeld(PipelineName pipeline) => DataDirectory.IsInUse(dataFolder);

    /// <summary>The home record of a pipeline; null when there is none.</summary>
    public HomeEntry? ReadHome(PipelineName pipeline) => catalog.Home(pipeline);

    /// <summary>All positions of a pipeline that the log holds, by subgraph.</summary>
    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(PipelineName pipeline) => LogScan.Positions(db, pipeline);

    /// <summary>Output of a pipeline that is sealed and not noted as published.</summary>
    public IReadOnlyList<UnpublishedStage> Unpublished(PipelineName pipeline) => LogScan.Unpublished(db, pipeline);

    /// <summary>The states of a pipeline.</summary>
    public IReadOnlyList<StateInfo> States(PipelineName pipeline) => catalog.States(pipeline);

    /// <summary>The identity of the log.</summary>
    public string Id => catalog.Identity.Id;

    /// <summary>The topic of that name; null when there is none.</summary>
    public TopicInfo? Find(string name) => catalog.Find(name)?.Info;

    /// <summary>What a partition held when the view was opened.</summary>
    public PartitionRange Range(TopicInfo topic, int partition) => catalog.Get(topic, partition).Range;

    /// <inheritdoc/>
    public long Count(TopicInfo topic, int partition) => Range(topic, partition).NextOffset - Range(topic, partition).FirstOffset;

    /// <summary>The chunks of a partition from an offset on, up to what was there when the view was opened. Whoever takes one releases it.</summary>
    /// <exception cref="OffsetOutOfRangeException">What lies there was removed in the meantime.</exception>
    public IEnumerable<Chunk> Read(TopicInfo topic, int partition, long from, ChunkPool pool) =>
        chunks.Scan(topic, partition, from, Range(topic, partition).NextOffset, pool);

    /// <inheritdoc/>
    public void Dispose()
    {
        db.Dispose();
        Directory.Delete(own, recursive: true);
    }
}
