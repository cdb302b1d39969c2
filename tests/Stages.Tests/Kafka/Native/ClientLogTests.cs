using Serilog;
using Serilog.Core;
using Serilog.Events;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Stages.Tests.Kafka.Native;

/// <summary>That a broker that is down doesn't flood the log, and hides no other.</summary>
public sealed class ClientLogTests
{
    private readonly Clock clock = new();
    private readonly Lines lines = new();

    [Fact]
    public void Lines_that_say_the_same_come_once_in_a_while_with_how_many_were_left_out()
    {
        ClientLog log = NewLog();
        for (int n = 0; n < 10; n++) log.Write(3, "FAIL", $"127.0.0.1:9092/1: Connection refused (after {n}ms in state CONNECT, {n} identical error(s) suppressed)");
        clock.Advance(ClientLog.Interval);
        log.Write(3, "FAIL", "127.0.0.1:9092/1: Connection refused (after 77ms in state CONNECT)");

        Assert.Equal(2, lines.Written.Count);
        Assert.DoesNotContain("left out", lines.Written[0], StringComparison.Ordinal);
        Assert.Contains("9 more like it were left out", lines.Written[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_about_different_brokers_are_both_logged()
    {
        ClientLog log = NewLog();
        log.Write(3, "FAIL", "127.0.0.1:9092/1: Connection refused (after 0ms in state CONNECT)");
        log.Write(3, "FAIL", "127.0.0.1:9093/2: Connection refused (after 0ms in state CONNECT)");
        Assert.Equal(2, lines.Written.Count);
    }

    [Fact]
    public void That_a_setting_is_of_the_other_kind_of_client_is_no_warning()
    {
        NewLog().Write(4, "CONFWARN", "Configuration property check.crcs is a consumer property and will be ignored by this producer instance");
        Assert.Empty(lines.Written);
    }

    [Fact]
    public void That_an_id_cannot_be_taken_yet_is_no_warning_but_that_it_cannot_be_is_one()
    {
        ClientLog log = NewLog();
        log.Write(4, "GETPID", "Failed to acquire transactional PID from broker TxnCoordinator/1: Broker: Coordinator load in progress: retrying");
        Assert.Empty(lines.Written);
        log.Write(4, "GETPID", "Failed to acquire transactional PID from broker TxnCoordinator/1: Broker: Transactional Id authorization failed");
        Assert.Single(lines.Written);
    }

    [Fact]
    public void The_memory_of_lines_is_bounded()
    {
        ClientLog log = NewLog();
        for (int n = 0; n < 10_000; n++) log.Write(3, "FAIL", $"host-{n}: down");
        log.Write(3, "FAIL", "host-9999: down");
        Assert.Equal(10_000, lines.Written.Count);
    }

    private ClientLog NewLog() => new(new LoggerConfiguration().WriteTo.Sink(lines).CreateLogger(), "test", clock);

    private sealed class Lines : ILogEventSink
    {
        public List<string> Written { get; } = [];

        public void Emit(LogEvent logEvent) => Written.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    private sealed class Clock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan by) => now += by.Ticks;
    }
}
