using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>Hosts with no settings but the cluster's address: the limits and waits that they are shipped with hold through what happens to a cluster in a bad hour.</summary>
public sealed class ShippedSettingsTests(ITestOutputHelper output)
{
    private const int Broker = 1;
    private const int Kills = 2;
    private const int Cuts = 6;

    [SkippableFact]
    public void Hosts_as_they_are_shipped_survive_kills_lost_connections_and_a_broker_that_restarts()
    {
        output.WriteLine($"seed {FaultSettings.Seed}");
        var random = new Random(FaultSettings.Seed);
        using KafkaProxy proxy = KafkaProxy.Start();
        using var run = new TotalsRun(proxy.Servers, proxy.Bootstrap, "shipped", new TotalsOptions { IsAsShipped = true, PurgesEntries = true });
        for (int n = 0; n < Kills; n++)
        {
            using HostProcess killed = run.Start(2);
            run.AwaitProgress(killed);
            Assert.False(killed.WaitForExit(TimeSpan.FromMilliseconds(random.Next(700))), $"the host failed by itself:\n{TotalsRun.Told(killed)}");
            killed.Kill();
        }

        using (HostProcess host = run.Start(2))
        {
            output.WriteLine($"killed {Kills} times: all was done after {run.AwaitCaughtUp(host).TotalSeconds:0.0} s");
            TimeSpan longest = TimeSpan.Zero;
            for (int n = 0; n < Cuts; n++)
            {
                run.AwaitProgress(host);
                using ArmedFault fault = proxy.Arm(new ProxyFault(n % 2 == 0 ? ProxyAct.CutRequest : ProxyAct.LoseReply, n % 3 == 0 ? KafkaApi.EndTxn : KafkaApi.Produce));
                Assert.True(SpinWait.SpinUntil(() => fault.Hits > 0 || host.HasExited, TimeSpan.FromSeconds(60)), $"nothing was cut:\n{TotalsRun.Told(host)}");
                proxy.Cut();
                TimeSpan took = run.AwaitCaughtUp(host);
                if (took > longest) longest = took;
            }

            output.WriteLine($"connections cut {Cuts} times: all was done after {longest.TotalSeconds:0.0} s at most, {Failures(host)} tasks begun again");
            proxy.Servers.Kill(Broker);
            proxy.Servers.Restart(Broker);
            output.WriteLine($"broker killed and restarted: all was done after {run.AwaitCaughtUp(host).TotalSeconds:0.0} s, {Failures(host)} tasks begun again by now");
            run.Stop(host);
        }

        run.Finish(2);
    }

    private static int Failures(HostProcess host) => host.Text.Split('\n').Count(line => line.Contains("task failed, begins again", StringComparison.Ordinal));
}
