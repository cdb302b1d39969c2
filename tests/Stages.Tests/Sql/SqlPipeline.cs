using System.Buffers;
using System.Text;
using StreamEngine.Commits;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Planning;
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
    public void Feed(int count, int poisonEvery = 0)
    {
        using var data = DataDirectory.Open(Folder);
        using EmbeddedLog log = EmbeddedLog.Open(data.LogPath);
        TopicInfo topic = log.Find(Input) ?? log.Create(new TopicSpec(Input, Partitions));
        var chunks = new List<Chunk>();
        foreach (IGrouping<int, Order> orders in Enumerable.Range(fed, count).Select(OrderOf).GroupBy(order => order.Number % 37 % Partitions))
        {
            chunks.AddRange(orders.Chunk(ChunkRecords).Select(chunk => TestRecord.Chunk(new ChunkPool(), orders.Key, [.. chunk.Select(order => ToRecord(order, poisonEvery))])));
        }

        log.Append(topic, chunks);
        foreach (Chunk chunk in chunks) chunk.Release();
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

    /// <summary>Resets or deletes the pipeline.</summary>
    /// <param name="define">Defines it; null when its definition isn't at hand.</param>
    /// <param name="intent">Which of the two.</param>
    /// <param name="to">Where it is to begin, as on the command line.</param>
    /// <param name="deletesTopics">Whether its topics go too.</param>
    public async Task<RemovalPreview> RemoveAsync(Action<PipelineBuilder>? define, StartIntent intent, string? to = null, bool deletesTopics = false)
    {
        using var data = DataDirectory.Open(Folder);
        using EmbeddedLog log = EmbeddedLog.Open(data.LogPath);
        PipelinePlan? plan = null;
        if (define is not null)
        {
            var pipeline = new PipelineBuilder("sync");
            define(pipeline);
            plan = Planner.Plan(pipeline.Build(Folder), Guarantee.ExactlyOnce, 2);
        }

        var removal = new PipelineRemoval(new PipelineRemoval.Options
        {
            Log = log,
            Folder = Folder,
            Pipeline = new PipelineName("sync"),
            Intent = intent,
            Plan = plan,
            Target = to is null ? null : ResetTarget.Parse(to),
            DeletesTopics = deletesTopics,
        });
        RemovalPreview preview = removal.Look();
        await removal.RunAsync(preview);
        return preview;
    }

    /// <summary>The keys and values of a topic, partition after partition.</summary>
    public IReadOnlyList<string> Records(string topic)
    {
        using LogView view = LogView.Open(Folder);
        var found = new List<string>();
        if (view.Find(topic) is not { } info) return found;
        var pool = new ChunkPool();
        for (int partition = 0; partition < info.Partitions; partition++)
        {
            foreach (Chunk chunk in view.Read(info, partition, view.Range(info, partition).FirstOffset, pool))
            {
                var reader = new ChunkReader(chunk);
                while (reader.MoveNext()) found.Add($"{partition} {Encoding.UTF8.GetString(reader.Key)} {Encoding.UTF8.GetString(reader.Value)}");
                chunk.Release();
            }
        }

        return found;
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
