using StreamEngine.Diagnostics;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests;

/// <summary>The host dies inside each step of a commit, of a start, of a reset, and is begun again: nothing is lost, nothing doubled.</summary>
public sealed class CrashPointTests(ITestOutputHelper output)
{
    private const int TasksMax = 4;

    [Theory]
    [MemberData(nameof(Points))]
    public void Dying_at_a_point_of_a_commit_loses_and_doubles_nothing(string point)
    {
        var random = new Random(FaultSettings.Seed + point.Length);
        output.WriteLine($"seed {FaultSettings.Seed}");
        using var input = new FirstDays(4);
        Answer expected = Answer.Of(input.Csv);
        int crashes = 0;
        int rounds = 0;
        while (crashes < FaultSettings.CrashesAtEachPoint)
        {
            Assert.True(++rounds <= FaultSettings.CrashesAtEachPoint * 10, $"the host passes {point} too seldom");
            using var run = new FlightsRun(input.Csv);
            while (crashes < FaultSettings.CrashesAtEachPoint && DiedAt(run, point, 1 + random.Next(PassesOf(point)), 1 + random.Next(TasksMax))) crashes++;
            run.Finish(1 + random.Next(TasksMax));
            Assert.Empty(Checker.Compare(expected, Outcome.Read(run.Data)));
        }

        output.WriteLine($"{crashes} crashes at {point} in {rounds} runs");
    }

    /// <summary>The points that a run passes; those of a reset have a test of their own, and the embedded log doesn't fence task by task.</summary>
    public static TheoryData<string> Points => [.. CrashPoints.All.Where(point => point is not (CrashPoints.Reset or CrashPoints.Fence))];

    [Fact]
    public void A_reset_that_dies_between_two_steps_is_finished_by_the_next_start()
    {
        using var input = new FirstDays(2);
        Answer expected = Answer.Of(input.Csv);
        using var run = new FlightsRun(input.Csv);
        run.Finish(2);
        for (int step = 1; step <= 12; step++)
        {
            using HostProcess reset = HostProcess.Run(
                ["pipelines", "reset", "airport-days", "--pipelines", HostProcess.Flights, "--data", run.Data], ("STREAMENGINE_CRASH_AT", $"{CrashPoints.Reset}:{step}"), ("FLIGHTS", input.Csv));
            bool died = reset.Errors.Contains($"dying at {CrashPoints.Reset}", StringComparison.Ordinal);
            Assert.True(died || reset.ExitCode == 0, reset.Output + reset.Errors);
            run.Finish(1 + (step % TasksMax));

            // What it wrote before the reset stays in the topic, so its counts begin anew there; the last ones and the table must be right.
            Outcome outcome = Outcome.Read(run.Data);
            Assert.Equal(expected.AirportDays.OrderBy(day => day.Key), outcome.Table.OrderBy(day => day.Key));
            Assert.Equal(expected.AirportDays.OrderBy(day => day.Key), outcome.Topic.ToDictionary(day => day.Key, day => day.Value[^1]).OrderBy(day => day.Key));
            if (!died)
            {
                Assert.True(step > 3, "a reset has more steps than that");
                return;
            }
        }
    }

    /// <summary>How often a run passes a point at least: at which of these it dies is drawn.</summary>
    private static int PassesOf(string point) => point is CrashPoints.Staged or CrashPoints.Sealed or CrashPoints.Published or CrashPoints.Purge or CrashPoints.Journal ? 4 : 16;

    /// <summary>Runs the host until it dies at the point; false when it was through before.</summary>
    private static bool DiedAt(FlightsRun run, string point, int times, int tasks)
    {
        using HostProcess host = run.Start(tasks, $"{point}:{times}");
        host.WaitForExit();
        if (host.Errors.Contains($"dying at {point}", StringComparison.Ordinal)) return true;
        Assert.True(host.ExitCode == 0, $"the host failed otherwise:\n{host.Output}\n{host.Errors}");
        return false;
    }
}
