using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.TestKit;

namespace StreamEngine.Tests.Log;

public sealed class InMemoryLogConformance() : LogConformance(new InMemoryLogFactory());

public sealed class InMemoryLogScheduleConformance() : LogScheduleConformance(new InMemoryLogFactory());

internal sealed class InMemoryLogFactory : LogFactory
{
    public override int Schedules => 300;

    public override ILog Open() => new InMemoryLog();
}
