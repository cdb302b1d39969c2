using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>The topic between two subgraphs is purged behind its reader at once, while hosts are killed: what is gone from it is never needed again.</summary>
public sealed class PurgeTests(ITestOutputHelper output)
{
    private const int Kills = 3;

    [SkippableFact]
    public void What_is_purged_behind_a_reader_is_never_missed_by_the_host_that_follows_a_killed_one()
    {
        output.WriteLine($"seed {FaultSettings.Seed}");
        var random = new Random(FaultSettings.Seed);
        using var run = new TotalsRun(KafkaServers.Shared, name: "purged", options: new TotalsOptions { PurgesEntries = true });
        for (int n = 0; n < Kills; n++)
        {
            using HostProcess host = run.Start(1 + random.Next(3));
            run.AwaitProgress(host);
            Assert.False(host.WaitForExit(TimeSpan.FromMilliseconds(random.Next(1000))), $"the host failed by itself:\n{TotalsRun.Told(host)}");
            host.Kill();
        }

        long purged = new KafkaTestClient(KafkaServers.Shared.Bootstrap).PurgedFrom(run.EntriesTopic);
        output.WriteLine($"{purged} offsets of {run.EntriesTopic} are purged");
        Assert.True(purged > 0, $"nothing of {run.EntriesTopic} is purged");
        run.Finish(2);
    }
}
