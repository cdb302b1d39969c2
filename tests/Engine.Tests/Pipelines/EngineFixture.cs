using System.Collections.Concurrent;
using System.Text;
using Akka.Actor;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Settings;
using StreamEngine.TestKit;

namespace StreamEngine.Tests.Pipelines;

/// <summary>
/// Engines over one log, one after the other or beside each other, with short intervals and waits; what they log is kept for tests to look at.
/// </summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    /// <summary>How long a condition may take to come true before its test fails. Nothing waits this long when all is well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Fast = """
        stream-engine.pipeline {
          commit.interval = 5ms
          restarts.delay = 1ms
          restarts.delay-max = 5ms
          source.discovery = 20ms
          internal-topics.purge.interval = 20ms
        }

        """;

    private readonly List<EngineRuntime> engines = [];
    private readonly TemporaryFolder folder = new();
    private readonly LogSink events = new();

    public EngineFixture()
    {
        Memory = new InMemoryLog();
        Log = new FaultyLog(Memory);
    }

    /// <summary>The log behind the faults.</summary>
    public InMemoryLog Memory { get; }

    public FaultyLog Log { get; }

    /// <summary>Settings over those of the fixture, in HOCON.</summary>
    public string Settings { get; set; } = "";

    /// <summary>The file of the journal; null keeps it in memory.</summary>
    public string? JournalPath { get; set; }

    /// <summary>Which process the engines made from now on are.</summary>
    public ProcessIdentity Identity { get; set; } = ProcessIdentity.Current;

    /// <summary>Whether the engines made from now on take pipelines from others that run them.</summary>
    public bool TakeOver { get; set; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where checkpoints are kept; in the fixture's folder unless set.</summary>
    public string? CheckpointsPath { get; set; }

    public string FolderPath => folder.Path;

    /// <summary>What was logged at the level of a warning or above.</summary>
    public IReadOnlyList<string> Warnings => [.. events.Written];

    /// <summary>An engine that isn't started yet.</summary>
    public EngineRuntime Create(params PipelineBuilder[] pipelines) => CreateOn(Log, pipelines);

    /// <summary>An engine on a log of its own that isn't started yet.</summary>
    public EngineRuntime CreateOn(ILog log, params PipelineBuilder[] pipelines)
    {
        ILogger logger = new LoggerConfiguration().MinimumLevel.Warning().WriteTo.Sink(events).CreateLogger();
        EngineSettings settings = EngineSettings.Parse(Fast + Settings, "test.conf");
        var options = new EngineRuntime.Options
        {
            Settings = settings,
            Log = log,
            DataFolder = folder.Path,
            JournalPath = JournalPath,
            CheckpointsPath = CheckpointsPath ?? folder.Combine("checkpoints"),
            Clock = Clock,
            Logger = logger,
            Identity = Identity,
            TakeOver = TakeOver,
        };
        ActorSystem system = EngineRuntime.CreateSystem(settings.Journal, JournalPath, logger);
        EngineRuntime engine = EngineRuntime.Create(options, system, [.. pipelines.Select(pipeline => pipeline.Build(folder.Path))]);
        engines.Add(engine);
        return engine;
    }

    /// <summary>Runs pipelines to the end of what there is to read.</summary>
    /// <returns>How each of them ended, in their order.</returns>
    public async Task<IReadOnlyList<PipelineStatus>> RunAsync(params PipelineBuilder[] pipelines)
    {
        EngineRuntime engine = Create(pipelines);
        await engine.RunAsync(follows: false).WaitAsync(Patience);
        await CloseAsync(engine);
        return engine.Statuses;
    }

    /// <summary>Closes an engine for good.</summary>
    public async Task CloseAsync(EngineRuntime engine)
    {
        if (engines.Remove(engine)) await engine.DisposeAsync();
    }

    /// <summary>The values of a topic, partition after partition.</summary>
    public IReadOnlyList<string> Values(string topic) => [.. Records(topic).Select(record => record.Value)];

    /// <summary>The keys and values of a topic, partition after partition; none when there is no such topic.</summary>
    public IReadOnlyList<(string Key, string Value)> Records(string topic) => Records(Memory, topic);

    /// <summary>The keys and values of a topic of any log.</summary>
    public static IReadOnlyList<(string Key, string Value)> Records(ILog log, string topic)
    {
        var found = new List<(string, string)>();
        if (log.Find(topic) is not { } info) return found;
        var pool = new ChunkPool();
        for (int partition = 0; partition < info.Partitions; partition++)
        {
            using ILogReader reader = log.OpenReader(pool);
            reader.Assign(info, partition, log.Range(info, partition).FirstOffset);
            while (reader.Poll(TimeSpan.Zero) is { } read)
            {
                var records = new ChunkReader(read.Chunk);
                while (records.MoveNext()) found.Add((Encoding.UTF8.GetString(records.Key), Encoding.UTF8.GetString(records.Value)));
                read.Chunk.Release();
            }
        }

        return found;
    }

    /// <summary>Waits for a condition.</summary>
    public static void Await(Func<bool> condition, string what) => Assert.True(SpinWait.SpinUntil(condition, Patience), $"not within {Patience}: {what}");

    public async ValueTask DisposeAsync()
    {
        foreach (EngineRuntime engine in engines.ToArray()) await CloseAsync(engine);
        Memory.Dispose();
        folder.Dispose();
    }

    private sealed class LogSink : ILogEventSink
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public void Emit(LogEvent logEvent) => Written.Enqueue($"{logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)}\n{logEvent.Exception}");
    }
}
