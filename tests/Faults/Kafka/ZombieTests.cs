using StreamEngine.Conformance.Kafka;
using StreamEngine.Diagnostics;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>
/// A host is held while another takes its pipeline over, with fewer tasks and with data of its own, and goes on afterwards: it writes nothing that anybody
/// sees, and ends with an exit code of its own, or stands by where it hadn't claimed the pipeline yet.
/// </summary>
public sealed class ZombieTests(ITestOutputHelper output)
{
    private const int TakenOver = 4;

    /// <summary>The steps of a start up to that which writes the record: looking, checking the plan, taking the right to write, writing.</summary>
    private static readonly string[] BeforeClaim = [.. Enumerable.Range(1, 4).Select(n => $"{CrashPoints.Start}:{n}")];

    /// <summary>Where hosts are held: at each step of a start, and at those of a commit.</summary>
    private static readonly string[] Places =
    [
        .. BeforeClaim,
        .. Enumerable.Range(5, 5).Select(n => $"{CrashPoints.Start}:{n}"),
        .. Enumerable.Range(1, 4).Select(n => $"{CrashPoints.Fence}:{n}"),
        .. ((int[])[1, 4, 8, 12]).Select(n => $"{CrashPoints.TaskStart}:{n}"),
        $"{CrashPoints.AfterSeal}:3", $"{CrashPoints.BeforeCommit}:5", $"{CrashPoints.AfterCommit}:7",
    ];

    [SkippableFact]
    public void A_host_that_was_paused_writes_nothing_once_another_has_taken_over_with_fewer_tasks()
    {
        output.WriteLine($"seed {FaultSettings.Seed}");
        var random = new Random(FaultSettings.Seed);
        using KafkaServers servers = KafkaServers.Start(1, new Dictionary<string, string>
        {
            ["transaction.abort.timed.out.transaction.cleanup.interval.ms"] = "1000",
            ["offsets.retention.minutes"] = "1",
            ["offsets.retention.check.interval.ms"] = "1000",
        });

        // This one has committed something, and then stands still until the cluster has forgotten the offsets of its group.
        using var still = new TotalsRun(servers, name: "still");
        using (HostProcess host = still.Start(2)) still.AwaitCaughtUp(host);

        using var run = new TotalsRun(servers);
        HostProcess holder = run.Start(2);
        try
        {
            run.AwaitCaughtUp(holder);
            holder = OutlastTransactions(run, holder);
            string[] places = [.. Places];
            random.Shuffle(places);
            for (int n = 1; n < FaultSettings.KafkaZombies; n++) holder = PauseAt(run, holder, places[n % places.Length]);
            holder.Interrupt();
            holder.WaitForExit();
        }
        finally
        {
            holder.Dispose();
        }

        run.Finish(1 + random.Next(3));

        var tools = new KafkaTools(servers.Bootstrap);
        Assert.True(
            SpinWait.SpinUntil(() => !tools.ConsumerGroups("--list").Split('\n').Contains(still.Group), TimeSpan.FromMinutes(3)), "the offsets of the group didn't expire");
        still.Finish(2);
    }

    /// <summary>Holds a host at some moment for longer than the cluster keeps a transaction open.</summary>
    /// <returns>The host that has taken over.</returns>
    private HostProcess OutlastTransactions(TotalsRun run, HostProcess zombie)
    {
        using (zombie)
        {
            zombie.Pause();
            HostProcess next = run.Start(1, run.NewFolder());
            run.AwaitCaughtUp(next);
            Assert.False(next.WaitForExit(TotalsRun.TransactionTimeout), $"the host failed by itself:\n{TotalsRun.Told(next)}");
            zombie.Resume();
            AssertTakenOver(zombie, next);
            run.AwaitCaughtUp(next);
            output.WriteLine("held for longer than the transaction timeout: ended as taken over");
            return next;
        }
    }

    /// <summary>Kills the holder; the next host is held at a place, a third takes over, and the second goes on.</summary>
    /// <returns>The host that has taken over.</returns>
    private HostProcess PauseAt(TotalsRun run, HostProcess holder, string place)
    {
        holder.Dispose();
        using HostProcess zombie = run.Start(2, run.NewFolder(), takeOver: false, (CrashPoints.PauseVariable, place));
        zombie.WaitFor(() => zombie.Errors.Contains("pausing at", StringComparison.Ordinal), $"the pause at {place}");
        HostProcess next = run.Start(1, run.NewFolder(), takeOver: true);
        run.AwaitCaughtUp(next);
        zombie.Resume();
        bool standsBy = BeforeClaim.Contains(place);
        if (standsBy) zombie.WaitFor(() => zombie.Errors.Contains($"waits as standby: process {next.Id} on", StringComparison.Ordinal), $"the standby that was paused at {place}");
        else AssertTakenOver(zombie, next);
        run.AwaitCaughtUp(next);
        Assert.Equal(standsBy, !zombie.HasExited);
        output.WriteLine($"held at {place}: {(standsBy ? "stands by" : "ended as taken over")}");
        return next;
    }

    private static void AssertTakenOver(HostProcess zombie, HostProcess next)
    {
        zombie.WaitForExit();
        Assert.True(zombie.ExitCode == TakenOver, $"the zombie ended with {zombie.ExitCode}:\n{TotalsRun.Told(zombie)}");
        Assert.Contains($"{Environment.MachineName}", zombie.Text, StringComparison.Ordinal);
        Assert.Contains($"{next.Id}", zombie.Text, StringComparison.Ordinal);
    }
}
