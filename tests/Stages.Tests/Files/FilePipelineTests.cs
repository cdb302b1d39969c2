using Akka.Actor;
using StreamEngine.Conformance;
using StreamEngine.Log;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Settings;
using FileStages = StreamEngine.Files.Files;

namespace StreamEngine.Stages.Tests.Files;

public sealed class FilePipelineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FilePipelineTests() => Directory.CreateDirectory(folder.Combine("in"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Rows_of_a_file_become_lines_of_files_each_once_though_it_runs_again()
    {
        TestFiles.Append(folder.Combine("in", "a.csv"), "origin,distance\n");
        TestFiles.Append(folder.Combine("in", "a.csv"), Rows(0, 3000) + "no row\n" + Rows(3000, 2000));
        await RunAsync();
        Assert.Equal(Expected(5000), Lines());
        await RunAsync();
        Assert.Equal(Expected(5000), Lines());
        TestFiles.Append(folder.Combine("in", "a.csv"), Rows(5000, 1000));
        await RunAsync();
        Assert.Equal(Expected(6000), Lines());
    }

    [Fact]
    public async Task A_replaced_file_stops_the_next_start_with_the_way_out()
    {
        TestFiles.Append(folder.Combine("in", "a.csv"), "origin,distance\n" + Rows(0, 10));
        await RunAsync();
        File.WriteAllText(folder.Combine("in", "a.csv"), "origin,distance\nother,2\n");
        PipelineStatus status = await RunAsync(mayFail: true);
        Assert.Contains("a.csv", status.Failure?.Message, StringComparison.Ordinal);
        Assert.Equal(Expected(10), Lines());
    }

    private static string Rows(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(n => $"A{n},{n}\n"));

    private static IEnumerable<string> Expected(int count) => Enumerable.Range(0, count).Where(n => n % 2 == 0).Select(n => $$"""{"origin":"A{{n}}","distance":{{n}},"unitPrice":null}""");

    private string[] Lines() => [.. Directory.EnumerateFiles(folder.Combine("data", "out")).Order(StringComparer.Ordinal).SelectMany(File.ReadLines)];

    private async Task<PipelineStatus> RunAsync(bool mayFail = false)
    {
        using var data = DataDirectory.Open(folder.Combine("data"));
        using var log = EmbeddedLog.Open(data.LogPath);
        var settings = EngineSettings.Parse("", "test");
        ActorSystem system = EngineRuntime.CreateSystem(settings.Journal, data.JournalPath, Serilog.Core.Logger.None);
        var pipeline = new PipelineBuilder("trips").Set("errors.tolerance", "all").Set("restart.max", "1");
        pipeline.From(FileStages.Csv<Trip>("in/*.csv")).Where(trip => trip.Distance % 2 == 0).To(FileStages.JsonLines<Trip>("out"));
        var options = new EngineRuntime.Options { Settings = settings, Log = log, DataFolder = data.Path, JournalPath = data.JournalPath };
        await using var runtime = EngineRuntime.Create(options, system, [pipeline.Build(folder.Path)]);
        await runtime.RunAsync(follows: false).WaitAsync(TimeSpan.FromMinutes(2));
        PipelineStatus status = Assert.Single(runtime.Statuses);
        if (!mayFail) Assert.True(status.Failure is null, status.Failure?.ToString());
        return status;
    }
}
