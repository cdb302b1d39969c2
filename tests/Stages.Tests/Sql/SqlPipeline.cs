using System.Buffers;
using System.Text;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Stages.Tests.Sql;

/// <summary>An order as the pipelines of these tests read it.</summary>
public sealed record Order(string Customer, int Number, decimal Total);

/// <summary>A whole pipeline from a topic of the embedded log to tables, run start by start in one data directory.</summary>
internal sealed class SqlPipeline : IDisposable
{
    public const int Partitions = 4;
    private const int ChunkRecords = 500;
    private const string Input = "orders";
    private static readonly ISerde<Order> Serde = new SerdeRegistry().For<Order>();
    private readonly TemporaryFolder folder = new();
    private int fed;

    public string Folder => folder.Path;

    /// <summary>How many orders the topic has.</summary>
    public int Fed => fed;

    /// <summary>The order of a number: every customer has many.</summary>
    public static Order OrderOf(int number) => new($"customer-{number % 37}", number, number / 4m);

    /// <summary>Appends orders to the topic, of each customer to one partition; every so often one that is no order, if wanted.</summary>
    public async Task FeedAsync(int count, int poisonEvery = 0)
    {
        using var data = DataDirectory.Open(Folder);
        using EmbeddedLog log = EmbeddedLog.Open(data.LogPath);
        TopicInfo topic = log.Find(Input) ?? log.Create(new TopicSpec(Input, Partitions));
        TopicInfo letters = log.Find("feed-letters") ?? log.Create(new TopicSpec("feed-letters"));
        var feeder = new PipelineName("feeder");
        var start = StartId.New();
        log.WriteHome(feeder, start, new byte[] { 1 }, log.ReadHome(feeder)?.Version ?? 0);
        using var task = new TestTask(log, new TaskClaim(new TaskId(feeder, "feed", 0), start, new Generation(1), 1), letters, [new SourcePartitionId("feed", "0")]);
        await task.BeginAsync();
        foreach (IGrouping<int, Order> orders in Enumerable.Range(fed, count).Select(OrderOf).GroupBy(order => order.Number % 37 % Partitions))
        {
            foreach (Order[] chunk in orders.Chunk(ChunkRecords)) task.Write(topic, orders.Key, [.. chunk.Select(order => ToRecord(order, poisonEvery))]);
        }

        await task.CommitAsync();
        fed += count;
    }

    /// <summary>Runs a pipeline to the end of its input.</summary>
    public async Task<PipelineStatus> RunAsync(Action<PipelineBuilder> define, string settings = "", Func<EngineRuntime, Task>? whileRunning = null)
    {
        using var data = DataDirectory.Open(Folder);
        using EmbeddedLog log = EmbeddedLog.Open(data.LogPath);
        EngineSettings parsed = EngineSettings.Parse(settings, "test");
        Akka.Actor.ActorSystem system = EngineRuntime.CreateSystem(parsed.Journal, data.JournalPath, Serilog.Core.Logger.None);
        var pipeline = new PipelineBuilder("sync");
        define(pipeline);
        await using EngineRuntime engine = EngineRuntime.Create(
            new EngineRuntime.Options { Settings = parsed, Log = log, DataFolder = Folder, JournalPath = data.JournalPath }, system, [pipeline.Build(Folder)]);
        Task ended = engine.RunAsync(follows: whileRunning is not null);
        if (whileRunning is not null) await whileRunning(engine);
        await ended;
        return Assert.Single(engine.Statuses);
    }

    /// <summary>The topic that the pipelines read.</summary>
    public static Topic<string, Order> Orders => Topic.Of<string, Order>(Input);

    public void Dispose() => folder.Dispose();

    private static TestRecord ToRecord(Order order, int poisonEvery) =>
        new(order.Customer, poisonEvery > 0 && order.Number % poisonEvery == 0 ? "no order" : Text(order));

    private static string Text(Order order)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Serde.Serialize(order, bytes);
        return Encoding.Latin1.GetString(bytes.WrittenSpan);
    }
}
