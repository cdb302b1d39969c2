using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;

namespace StreamEngine.Tests.Log;

public sealed class EmbeddedLogConformance() : DurableLogConformance(new EmbeddedLogFactory());

public sealed class EmbeddedLogScheduleConformance() : LogScheduleConformance(new EmbeddedLogFactory());

internal sealed class EmbeddedLogFactory : LogFactory
{
    private readonly TemporaryFolder folder = new();
    private int opened;

    public override ILog Open() => EmbeddedLog.Open(folder.Combine($"log-{opened++}"));

    public override ILog Reopen(ILog log)
    {
        string path = ((EmbeddedLog)log).Path;
        log.Dispose();
        return EmbeddedLog.Open(path);
    }

    public override void Dispose()
    {
        folder.Dispose();
        base.Dispose();
    }
}
