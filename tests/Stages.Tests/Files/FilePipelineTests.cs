using System.Text;
using Akka.Actor;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Settings;
using FileStages = StreamEngine.Files.Files;

namespace StreamEngine.Stages.Tests.Files;

public sealed class FilePipelineTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

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
        await RunAsync(path: "in/a.csv");
        File.WriteAllText(folder.Combine("in", "a.csv"), "origin,distance\nother,2\n");
        PipelineStatus status = await RunAsync(mayFail: true, path: "in/a.csv");
        Assert.Contains("a.csv", status.Failure?.Message, StringComparison.Ordinal);
        Assert.Equal(Expected(10), Lines());
    }

    [Fact]
    public async Task A_replaced_file_of_a_watched_folder_is_a_new_one()
    {
        TestFiles.Append(folder.Combine("in", "a.csv"), "origin,distance\n" + Rows(0, 10));
        await RunAsync();
        File.WriteAllText(folder.Combine("in", "a.csv"), "origin,distance\n" + Rows(10, 10));
        await RunAsync();
        Assert.Equal(Expected(20), Lines());
        File.WriteAllText(folder.Combine("in", "a.csv"), "origin,distance\n" + Rows(20, 2));
        await RunAsync();
        Assert.Equal(Expected(22), Lines());
    }

    [Fact]
    public async Task A_folder_that_was_emptied_since_is_waited_in()
    {
        string file = folder.Combine("in", "a.csv");
        TestFiles.Append(file, "origin,distance\n" + Rows(0, 10));
        await RunAsync();
        File.Delete(file);
        Assert.Null((await RunAsync(follows: true)).Failure);
        Assert.Equal(Expected(10), Lines());
    }

    [Fact]
    public async Task A_dead_letter_of_a_typed_record_has_its_content()
    {
        TestFiles.Append(folder.Combine("in", "a.csv"), "origin,distance\n" + Rows(0, 10));
        var letters = new List<string>();
        await RunAsync(trip => trip.Distance == 6 ? throw new InvalidOperationException("six") : trip.Distance % 2 == 0, whenEnded: log => letters.AddRange(Values(log, "streamengine.trips.dead-letters")));
        Assert.Equal(["""{"origin":"A6","distance":6,"unitPrice":null}"""], letters);
    }

    private static List<string> Values(EmbeddedLog log, string topic)
    {
        var values = new List<string>();
        var pool = new ChunkPool();
        TopicInfo info = log.Find(topic)!;
        using ILogReader reader = log.OpenReader(pool);
        long next = log.Range(info, 0).FirstOffset, end = log.Range(info, 0).NextOffset;
        reader.Assign(info, 0, next);
        while (next < end)
        {
            if (reader.Poll(TimeSpan.FromSeconds(1)) is not { } read) continue;
            next = read.NextOffset;
            var records = new ChunkReader(read.Chunk);
            while (records.MoveNext()) values.Add(Encoding.UTF8.GetString(records.Value));
            read.Chunk.Release();
        }

        pool.Close();
        return values;
    }

    private static string Rows(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(n => $"A{n},{n}\n"));

    private static IEnumerable<string> Expected(int count) => Enumerable.Range(0, count).Where(n => n % 2 == 0).Select(n => $$"""{"origin":"A{{n}}","distance":{{n}},"unitPrice":null}""");

    private string[] Lines() => [.. Directory.EnumerateFiles(folder.Combine("data", "out")).Order(StringComparer.Ordinal).SelectMany(File.ReadLines)];

    private async Task<PipelineStatus> RunAsync(Func<Trip, bool>? predicate = null, bool mayFail = false, bool follows = false, Action<EmbeddedLog>? whenEnded = null, string path = "in/*.csv")
    {
        using var data = DataDirectory.Open(folder.Combine("data"));
        using var log = EmbeddedLog.Open(data.LogPath);
        var settings = EngineSettings.Parse("", "test");
        ActorSystem system = EngineRuntime.CreateSystem(settings.Journal, data.JournalPath, Serilog.Core.Logger.None);
        var pipeline = new PipelineBuilder("trips").Set("errors.tolerance", "all").Set("restarts.max", "1");
        pipeline.From(FileStages.Csv<Trip>(path)).Where(predicate ?? (trip => trip.Distance % 2 == 0)).To(FileStages.JsonLines<Trip>("out"));
        var options = new EngineRuntime.Options { Settings = settings, Log = log, DataFolder = data.Path, JournalPath = data.JournalPath };
        await using var runtime = EngineRuntime.Create(options, system, [pipeline.Build(folder.Path)]);
        Task ended = runtime.RunAsync(follows);
        PipelineStatus status = Assert.Single(runtime.Statuses);
        if (follows)
        {
            Assert.True(SpinWait.SpinUntil(() => status.State is PipelineState.Running or PipelineState.Failed, Patience), $"the pipeline is {status.State}");
            await runtime.StopAsync().WaitAsync(Patience);
        }

        await ended.WaitAsync(Patience);
        if (!mayFail) Assert.True(status.Failure is null, status.Failure?.ToString());
        whenEnded?.Invoke(log);
        return status;
    }
}
