using System.Diagnostics;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>The cluster can't be reached for a while: the host says so a few times, waits without spinning, and goes on by itself.</summary>
public sealed class BrokerAwayTests(ITestOutputHelper output)
{
    private const int Broker = 1;

    // A client says about four things of one address, each once in thirty seconds, and the host has about twenty clients while it runs.
    private const int LinesAtMost = 250;
    private const double CpuShareAtMost = 0.5;

    [SkippableFact]
    public void A_cluster_that_is_away_at_the_start_or_in_the_middle_is_waited_for()
    {
        TimeSpan away = TimeSpan.FromSeconds(FaultSettings.KafkaAwaySeconds);
        using KafkaServers servers = KafkaServers.Start();
        using var run = new TotalsRun(servers);

        servers.Kill(Broker);
        using HostProcess host = run.Start(2);
        host.WaitFor(() => host.Text.Contains("begins again in", StringComparison.Ordinal), "that the start is told to be tried again");
        AssertWaitsQuietly(host, away, "at the start");
        Assert.Contains(servers.Bootstrap, host.Text, StringComparison.Ordinal);
        servers.Restart(Broker);
        output.WriteLine($"at the start: all was done {run.AwaitCaughtUp(host).TotalSeconds:0.0} s after the broker was back");

        servers.Kill(Broker);
        AssertWaitsQuietly(host, away, "in the middle");
        servers.Restart(Broker);
        output.WriteLine($"in the middle: all was done {run.AwaitCaughtUp(host).TotalSeconds:0.0} s after the broker was back; it had forgotten {run.Forgotten.Count} ends of transactions");

        run.Stop(host);
        run.Finish(2);
    }

    private void AssertWaitsQuietly(HostProcess host, TimeSpan away, string when)
    {
        int lines = LinesOf(host);
        TimeSpan cpu = CpuOf(host);
        Assert.False(host.WaitForExit(away), $"the host failed by itself:\n{TotalsRun.Told(host)}");
        lines = LinesOf(host) - lines;
        cpu = CpuOf(host) - cpu;
        output.WriteLine($"{when}: {lines} lines and {cpu.TotalSeconds:0.0} s of CPU in {away.TotalSeconds:0} s");
        Assert.True(lines <= LinesAtMost, $"{lines} lines in {away.TotalSeconds:0} s:\n{host.Text}");
        Assert.True(cpu <= away * CpuShareAtMost, $"{cpu.TotalSeconds:0.0} s of CPU in {away.TotalSeconds:0} s");
    }

    private static int LinesOf(HostProcess host) => host.Text.Count(letter => letter == '\n');

    private static TimeSpan CpuOf(HostProcess host)
    {
        using Process process = Process.GetProcessById(host.Id);
        return process.TotalProcessorTime;
    }
}
