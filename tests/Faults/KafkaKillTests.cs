using StreamEngine.Diagnostics;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests;

/// <summary>
/// The host, with its log on a Kafka cluster, is killed while it works, at random moments and at points of a commit in turn, and begun again: nothing is lost,
/// nothing doubled, for readers that are no engine.
/// </summary>
public sealed class KafkaKillTests(ITestOutputHelper output)
{
    private const int TasksMax = 4;
    private const int WorkMilliseconds = 500;

    private static readonly string[] Points = [CrashPoints.BeforeCommit, CrashPoints.AfterCommit, CrashPoints.Sealed, CrashPoints.Start, CrashPoints.Published, CrashPoints.TaskStart];

    [SkippableFact]
    public void Killed_again_and_again_the_flights_are_all_there_once_and_in_order()
    {
        var random = new Random(FaultSettings.Seed);
        output.WriteLine($"seed {FaultSettings.Seed}");
        using var cluster = new FlightsCluster();
        using var input = new FirstDays(4);
        Answer expected = Answer.Of(input.Csv);
        int kills = 0;
        for (int runs = 0; kills < FaultSettings.KillsOnKafka; runs++)
        {
            Assert.True(runs <= FaultSettings.KillsOnKafka * 3, "the host is through before it is killed");
            cluster.Begin();
            using var run = new FlightsRun(input.Csv, cluster);
            while (kills < FaultSettings.KillsOnKafka && (kills % 2 == 0 ? KilledAtAMoment(run, cluster, random) : DiedAtAPoint(run, random))) kills++;
            run.Finish(1 + random.Next(TasksMax));
            Assert.Empty(Checker.Compare(expected, cluster.Read(run.Data)));
            output.WriteLine($"after {kills} kills all is right");
        }
    }

    /// <summary>Starts the host, and kills it at some moment after it has begun to work; false when it was through before.</summary>
    private static bool KilledAtAMoment(FlightsRun run, FlightsCluster cluster, Random random)
    {
        using HostProcess host = run.Start(1 + random.Next(TasksMax));
        long before = cluster.Progress();
        while (!host.HasExited && cluster.Progress() <= before)
        {
            // The next look is the wait.
        }

        if (!host.WaitForExit(TimeSpan.FromMilliseconds(random.Next(WorkMilliseconds))))
        {
            host.Kill();
            return true;
        }

        Assert.True(host.ExitCode == 0, $"the host failed by itself:\n{host.Text}");
        return false;
    }

    /// <summary>Runs the host until it dies at a point; false when it was through before.</summary>
    private bool DiedAtAPoint(FlightsRun run, Random random)
    {
        string point = Points[random.Next(Points.Length)];
        using HostProcess host = run.Start(1 + random.Next(TasksMax), $"{point}:{1 + random.Next(3)}");
        host.WaitForExit();
        bool died = host.Errors.Contains($"dying at {point}", StringComparison.Ordinal);
        Assert.True(died || host.ExitCode == 0, $"the host failed otherwise:\n{host.Text}");
        output.WriteLine($"{(died ? "died" : "was through before it died")} at {point}");
        return died;
    }
}
