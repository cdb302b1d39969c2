using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests;

/// <summary>The host is killed, as by <c>kill -9</c>, while it works, and begun again until the work is done: nothing is lost, nothing doubled.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int TasksMax = 4;

    // Within this time after the first record of a run there is still work left, mostly.
    private const int WorkMilliseconds = 700;

    [Fact]
    public void Killed_at_random_moments_the_flights_are_all_there_once_and_in_order()
    {
        var random = new Random(FaultSettings.Seed);
        output.WriteLine($"seed {FaultSettings.Seed}");
        Answer expected = Answer.Of(HostProcess.January);
        int kills = 0;
        int runs = 0;
        while (kills < FaultSettings.Kills)
        {
            using var run = new FlightsRun(null);
            var flights = new TopicWatcher(run.Data, "flights");
            var seenInRun = 0;
            while (kills < FaultSettings.Kills && KillOnce(run, flights, random))
            {
                kills++;
                seenInRun++;
            }

            run.Finish(1 + random.Next(TasksMax));
            Assert.Empty(flights.CompareWithNow());
            Assert.Empty(Checker.Compare(expected, Outcome.Read(run.Data)));
            output.WriteLine($"run {++runs}: {seenInRun} kills, {flights.Seen} records were read meanwhile");
        }

        Assert.True(kills >= FaultSettings.Kills);
    }

    /// <summary>Starts the host, and kills it at some moment after it has begun to work.</summary>
    /// <returns>False when it was through before.</returns>
    private static bool KillOnce(FlightsRun run, TopicWatcher flights, Random random)
    {
        using HostProcess host = run.Start(1 + random.Next(TasksMax));
        long before = Progress.Of(run.Data);
        while (!host.HasExited && Progress.Of(run.Data) <= before)
        {
            // The next look is the wait.
        }

        flights.ReadOn();
        if (host.WaitForExit(TimeSpan.FromMilliseconds(random.Next(WorkMilliseconds))))
        {
            Assert.True(host.ExitCode == 0, $"the host failed by itself:\n{host.Output}\n{host.Errors}");
            return false;
        }

        host.Kill();
        flights.ReadOn();
        return true;
    }
}
