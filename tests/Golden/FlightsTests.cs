using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Golden.Tests;

/// <summary>The flights example as users run it, in C# and without code, held against SQL over the same file.</summary>
public sealed class FlightsTests
{
    private static readonly Lazy<Answer> January = new(() => Answer.Of(HostProcess.January));

    public static TheoryData<string> Forms => ["examples/flights", "examples/flights/flights.conf"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void January_gives_what_SQL_gives(string pipelines)
    {
        using var folder = new TemporaryFolder();
        string data = folder.Combine("data");
        using HostProcess host = HostProcess.Run(["run", InRepository(pipelines), "--data", data]);
        Assert.True(host.ExitCode == 0, host.Output + host.Errors);
        Assert.Equal(508_239, January.Value.FlightCount);
        Assert.Empty(Checker.Compare(January.Value, Outcome.Read(data)));
        Assert.Contains("ingest completed: 508,239 records in, 508,239 out, 0 dead letters", host.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_finished_job_says_so_and_changes_nothing(string pipelines)
    {
        using var folder = new TemporaryFolder();
        string data = folder.Combine("data");
        using (HostProcess first = HostProcess.Run(["run", InRepository(pipelines), "--data", data])) Assert.Equal(0, first.ExitCode);
        string[] files = Directory.GetFiles(Path.Combine(data, "long-delays"));
        using HostProcess second = HostProcess.Run(["run", InRepository(pipelines), "--data", data]);
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("nothing to do", second.Output, StringComparison.Ordinal);
        Assert.Equal(files, Directory.GetFiles(Path.Combine(data, "long-delays")));
        Assert.Empty(Checker.Compare(January.Value, Outcome.Read(data)));
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void Interrupted_and_resumed_with_other_numbers_of_tasks_January_gives_what_SQL_gives(string pipelines)
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGINT to send to another process here");
        using var folder = new TemporaryFolder();
        string data = folder.Combine("data");
        int interrupted = 0;
        for (int tasks = 1; tasks <= 4; tasks++)
        {
            string config = folder.Combine($"tasks-{tasks}.conf");
            File.WriteAllText(config, $"stream-engine.pipeline {{ tasks.max = {tasks}, commit.interval = 50ms }}");
            using HostProcess host = HostProcess.Start(["run", InRepository(pipelines), "--data", data, "--config", config]);
            if (tasks < 4)
            {
                // Something of this run is in the topic: it is in the middle of its work, or through with it.
                long before = Progress.Of(data);
                while (!host.HasExited && Progress.Of(data) <= before) Thread.Yield();
                host.Interrupt();
            }

            host.WaitForExit();
            Assert.True(host.ExitCode == 0, host.Output + host.Errors);
            if (host.Output.Contains("stopped in order", StringComparison.Ordinal)) interrupted++;
        }

        Assert.True(interrupted > 0, "no run was interrupted");
        Assert.Empty(Checker.Compare(January.Value, Outcome.Read(data)));
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void Three_million_flights_with_other_numbers_of_tasks_and_partitions_give_what_SQL_gives(string pipelines)
    {
        Skip.If(HostProcess.ThreeMillion is null, "STREAMENGINE_FLIGHTS names no Parquet file of three million flights");
        using var folder = new TemporaryFolder();
        string csv = folder.Combine("flights.csv"), data = folder.Combine("data"), config = folder.Combine("tasks.conf");
        Answer.WriteCsv(HostProcess.ThreeMillion!, csv);
        File.WriteAllText(config, "stream-engine.pipeline { tasks.max = 3, internal-topics.partitions = 6 }");
        using HostProcess host = HostProcess.Run(["run", InRepository(pipelines), "--data", data, "--config", config], ("FLIGHTS", csv), ("FLIGHTS_PARTITIONS", "7"));
        Assert.True(host.ExitCode == 0, host.Output + host.Errors);
        Answer expected = Answer.Of(csv);
        Assert.Equal(3_000_000, expected.FlightCount);
        Assert.Empty(Checker.Compare(expected, Outcome.Read(data)));
    }

    private static string InRepository(string path) => Path.GetFullPath(path, HostProcess.Repository);
}
