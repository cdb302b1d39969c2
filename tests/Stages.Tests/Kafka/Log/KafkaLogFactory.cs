using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Kafka;
using StreamEngine.State;

namespace StreamEngine.Stages.Tests.Kafka.Log;

/// <summary>Logs on the broker that the tests share.</summary>
public sealed class KafkaLogFactory : LogFactory
{
    private readonly List<TemporaryFolder> folders = [];

    public override bool HasGaplessOffsets => false;

    public override bool WritesAtCommit => false;

    public override int RecordBytesMax => 1_000_000;

    public override int ReadAheadBytes => 8 << 20;

    public override bool KeepsFormats => false;

    public override bool KnowsSizes => false;

    public override long TimesFrom => 0;

    public override TimeSpan VisibleAfter => TimeSpan.FromSeconds(2);

    public override int Schedules => 2;

    public override ILog Open()
    {
        var folder = new TemporaryFolder();
        folders.Add(folder);
        return Open(folder.Path);
    }

    public override ILog? Reopen(ILog log)
    {
        log.Dispose();
        return Open(folders[^1].Path);
    }

    public override void Dispose()
    {
        foreach (TemporaryFolder folder in folders) folder.Dispose();
        base.Dispose();
    }

    private static KafkaLog Open(string folder) => KafkaLog.Open(new KafkaLogOptions
    {
        Client = new Dictionary<string, string> { ["bootstrap.servers"] = KafkaServers.Shared.Bootstrap },
        LocalState = LocalStateStore.Open(folder),
        TransactionTimeout = TimeSpan.FromSeconds(20),
    });
}
