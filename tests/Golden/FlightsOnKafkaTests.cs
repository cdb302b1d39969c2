using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Golden.Tests;

/// <summary>The flights example with its log on a Kafka cluster by settings alone, held against SQL over the same file.</summary>
public sealed class FlightsOnKafkaTests(FlightsCluster cluster) : IClassFixture<FlightsCluster>
{
    private const int Runs = 3;

    [SkippableTheory]
    [MemberData(nameof(FlightsTests.Forms), MemberType = typeof(FlightsTests))]
    public void Interrupted_and_resumed_with_other_numbers_of_tasks_January_gives_what_SQL_gives(string pipelines)
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGINT to send to another process here");
        cluster.Begin();
        using var folder = new TemporaryFolder();
        string data = folder.Combine("data");
        int interrupted = 0;
        for (int tasks = 1; tasks <= Runs; tasks++)
        {
            using HostProcess host = HostProcess.Start(
                ["run", Path.GetFullPath(pipelines, HostProcess.Repository), "--data", data, "--set", $"stream-engine.pipeline.tasks.max={tasks}", .. cluster.Settings]);
            if (tasks < Runs)
            {
                // Something of this run is in the topics: it is in the middle of its work, or through with it.
                long before = cluster.Progress();
                while (!host.HasExited && cluster.Progress() <= before)
                {
                    // The next look is the wait.
                }

                host.Interrupt();
            }

            host.WaitForExit();
            Assert.True(host.ExitCode == 0, host.Text);
            if (host.Output.Contains("stopped in order", StringComparison.Ordinal)) interrupted++;
        }

        Assert.True(interrupted > 0, "no run was interrupted");
        Assert.Empty(Checker.Compare(Answer.Of(HostProcess.January), cluster.Read(data)));
        using HostProcess again = HostProcess.Run(["run", Path.GetFullPath(pipelines, HostProcess.Repository), "--data", data, .. cluster.Settings]);
        Assert.True(again.ExitCode == 0, again.Text);
        Assert.Contains("nothing to do", again.Output, StringComparison.Ordinal);
    }
}
