using System.IO.Compression;
using System.Text.RegularExpressions;
using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

/// <summary>The ways to run a project of pipelines, with the flights example and few flights.</summary>
[Collection(HostProcesses.Name)]
public sealed partial class FlightsProgramTests : IDisposable
{
    private const int Flights = 2000;

    private readonly TemporaryFolder folder = new();

    public FlightsProgramTests()
    {
        using var january = new StreamReader(new GZipStream(File.OpenRead(HostProcess.January), CompressionMode.Decompress));
        File.WriteAllLines(folder.Combine("few.csv"), Enumerable.Range(0, Flights + 1).Select(_ => january.ReadLine()!));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_plan_of_a_project_is_as_it_was()
    {
        using HostProcess host = HostProcess.Run(["plan", HostProcess.Flights]);
        Assert.True(host.ExitCode == 0, host.Text);
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Snapshots", "flights.plan")), Line().Replace(host.Output, "Program.cs:LINE"));
    }

    [Fact]
    public void A_folder_a_project_file_and_the_program_itself_run_the_same_pipelines()
    {
        Answer expected = Answer.Of(folder.Combine("few.csv"));
        (string, string) input = ("FLIGHTS", folder.Combine("few.csv"));
        using HostProcess byFolder = HostProcess.Run(["run", HostProcess.Flights, "--data", folder.Combine("one")], input);
        Check(byFolder, expected, "one");
        using HostProcess byFile = HostProcess.Run(["run", Path.Combine(HostProcess.Flights, "flights.csproj"), "--data", folder.Combine("two")], input);
        Check(byFile, expected, "two");
        Directory.CreateDirectory(folder.Combine("three"));
        using HostProcess byItself = HostProcess.StartCommand(["dotnet", HostProcess.FlightsProgram], folder.Combine("three"), input);
        byItself.WaitForExit();
        Check(byItself, expected, "three", "data");
        using HostProcess planOfItself = HostProcess.StartCommand(["dotnet", HostProcess.FlightsProgram, "plan"], folder.Path, input);
        planOfItself.WaitForExit();
        Assert.Equal(0, planOfItself.ExitCode);
        Assert.Contains("pipeline airport-days: exactly-once", planOfItself.Output, StringComparison.Ordinal);
    }

    private void Check(HostProcess host, Answer expected, params string[] data)
    {
        Assert.True(host.ExitCode == 0, host.Text);
        Assert.Empty(Checker.Compare(expected, Outcome.Read(folder.Combine(data))));
        Assert.Contains($"ingest completed: {Flights:N0} records in, {Flights:N0} out, 0 dead letters", host.Output, StringComparison.Ordinal);
        Assert.Contains($"results: {folder.Combine(data)}", host.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Program\.cs:\d+")]
    private static partial Regex Line();
}
