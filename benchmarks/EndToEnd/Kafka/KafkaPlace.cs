using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>The cluster of a comparison, and the tool that watches it.</summary>
internal sealed class KafkaPlace : IDisposable
{
    private const int BytesPerRecord = 200;
    private const int CopiesKept = 4;

    private readonly BenchmarkBroker? broker;

    private KafkaPlace(BenchmarkBroker? broker, string bootstrap, BenchTool tool)
    {
        this.broker = broker;
        Bootstrap = bootstrap;
        Tool = tool;
    }

    /// <summary>The cluster's servers.</summary>
    public string Bootstrap { get; }

    public BenchTool Tool { get; }

    /// <summary>Opens the cluster that the options name, or starts a broker of the distribution they name.</summary>
    /// <param name="options">The options; the last of them are read here.</param>
    /// <param name="records">How many records it has to hold.</param>
    public static KafkaPlace Open(NamedOptions options, long records)
    {
        string? bootstrap = options.Find("--bootstrap"), home = options.Find("--kafka-home"), peers = options.Find("--peers");
        options.RefuseOthers();
        if (bootstrap is null == home is null) throw new EngineException(ErrorDomain.User, "it isn't clear which cluster to use", "Give either --bootstrap SERVERS or --kafka-home DIR, where DIR has a Kafka distribution.");
        BenchTool.Check(peers);
        if (bootstrap is not null) return new KafkaPlace(null, bootstrap, BenchTool.Find(peers, bootstrap));
        long free = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace, need = records * BytesPerRecord * CopiesKept;
        if (free < need) throw new EngineException(ErrorDomain.User, $"{Path.GetTempPath()} has {free >> 20} MB free, and the broker needs {need >> 20} MB", "Take fewer --records, or set TMPDIR.");
        var broker = BenchmarkBroker.Start(home!);
        return new KafkaPlace(broker, broker.Bootstrap, BenchTool.Find(peers, broker.Bootstrap));
    }

    public void Dispose() => broker?.Dispose();
}
