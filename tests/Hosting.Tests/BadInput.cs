using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Settings;
using FileStages = StreamEngine.Files.Files;

namespace StreamEngine.Hosting.Tests;

/// <summary>A row as these tests read it.</summary>
public sealed record Row(string Name, int Number);

/// <summary>A pipeline from a file into a topic, run to its end within the test's process, as often as wanted over one data directory.</summary>
internal sealed class BadInput : IDisposable
{
    public const string Letters = "streamengine.copy.dead-letters";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder folder = new();

    public string Input => folder.Combine("in.csv");

    /// <summary>The data directory; one of its own unless a test has another.</summary>
    public string Data { get; init; } = "";

    public string DataPath => Data.Length > 0 ? Data : folder.Combine("data");

    public string Combine(string name) => folder.Combine(name);

    /// <summary>Runs it.</summary>
    /// <param name="tolerance">Whether a record that fails fails its task (none), or becomes a dead letter (all).</param>
    /// <param name="define">What comes between the file and the topic, and beside it.</param>
    /// <param name="path">The file.</param>
    /// <param name="settings">More settings of the pipeline.</param>
    public async Task<PipelineStatus> RunAsync(string tolerance = "none", Func<Stream<NoKey, Row>, Stream<NoKey, Row>>? define = null, string path = "in.csv", string settings = "")
    {
        using var data = DataDirectory.Open(DataPath);
        using var log = EmbeddedLog.Open(data.LogPath);
        EngineSettings parsed = EngineSettings.Parse(
            $$"""stream-engine.pipeline { errors.tolerance = {{tolerance}}, restarts { max = 3, same-max = 1, delay = 10ms, delay-max = 10ms } {{settings}} }""", "test");
        Akka.Actor.ActorSystem system = EngineRuntime.CreateSystem(parsed.Journal, data.JournalPath, Serilog.Core.Logger.None);
        var pipeline = new PipelineBuilder("copy");
        Stream<NoKey, Row> rows = pipeline.From(FileStages.Csv<Row>(path));
        (define?.Invoke(rows) ?? rows).KeyBy(row => row.Name).To(Topic.Of<string, Row>("rows", 2));
        var options = new EngineRuntime.Options { Settings = parsed, Log = log, DataFolder = data.Path, JournalPath = data.JournalPath };
        await using var runtime = EngineRuntime.Create(options, system, [pipeline.Build(folder.Path)]);
        await runtime.RunAsync(follows: false).WaitAsync(Patience);
        return Assert.Single(runtime.Statuses);
    }

    /// <summary>Runs it, and checks that it fails with this error and this remedy.</summary>
    public async Task FailsAsync(string error, string remedy, Func<Stream<NoKey, Row>, Stream<NoKey, Row>>? define = null, string path = "in.csv", string settings = "")
    {
        PipelineStatus status = await RunAsync("none", define, path, settings);
        Assert.Equal(PipelineState.Failed, status.State);
        Assert.Contains(error, status.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, status.Failure.Remedy, StringComparison.Ordinal);
    }

    /// <summary>Runs it, and checks that it comes to its end.</summary>
    public async Task CompletesAsync(string tolerance = "none")
    {
        PipelineStatus status = await RunAsync(tolerance);
        Assert.True(status.State == PipelineState.Completed, status.Failure?.ToString());
    }

    /// <summary>Checks the numbers of the rows in the topic, each once.</summary>
    public void Has(IEnumerable<int> numbers) => Assert.Equal(numbers.Order(), TopicText.Numbers(DataPath).Order());

    public void Dispose()
    {
        // The journal's connections stay in their pool, and hold its file.
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Dispose();
    }
}
