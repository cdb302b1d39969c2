using System.Collections.Concurrent;
using Confluent.Kafka.Admin;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Kafka;
using StreamEngine.Records;
using StreamEngine.State;

namespace StreamEngine.Stages.Tests.Kafka.Security;

/// <summary>A pipeline with names of its own on the broker that asks who is there, its log opened with given settings, and all that the log has said.</summary>
internal sealed class SecurePipeline : IDisposable
{
    private readonly Lines lines = new();
    private readonly Logger logger;
    private readonly string suffix = Guid.NewGuid().ToString("N")[..8];
    private readonly TemporaryFolder folder = new();
    private KafkaLog? log;

    /// <param name="bootstrap">Where the broker is.</param>
    /// <param name="client">The client's other settings, by librdkafka's names.</param>
    public SecurePipeline(string bootstrap, IReadOnlyDictionary<string, string> client)
    {
        Client = new Dictionary<string, string>(client) { ["bootstrap.servers"] = bootstrap };
        logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(lines).CreateLogger();
    }

    /// <summary>Its name.</summary>
    public PipelineName Name => new($"secure-{suffix}");

    /// <summary>What the names of its own topics begin with.</summary>
    public string OwnPrefix => $"streamengine.{Name}.";

    /// <summary>What its group and its first transactional id are called.</summary>
    public string OwnName => $"streamengine.{Name}";

    /// <summary>What the names of topics of users begin with that it writes.</summary>
    public string OutputPrefix => $"output-{suffix}";

    /// <summary>What its clients are set to; a test changes it before the log is asked for.</summary>
    public Dictionary<string, string> Client { get; }

    /// <summary>The log, opened when it is first asked for.</summary>
    public KafkaLog Log => log ??= KafkaLog.Open(new KafkaLogOptions
    {
        Client = Client,
        LocalState = LocalStateStore.Open(folder.Path),
        Logger = logger,
        TransactionTimeout = TimeSpan.FromSeconds(20),
    });

    /// <summary>What was logged.</summary>
    public IReadOnlyCollection<string> Logged => lines.Written;

    /// <summary>Lets a user do what a table of docs/kafka.md says it needs for this pipeline alone, but for what is left out.</summary>
    public void GrantNeeded(SecureKafka kafka, string user, Func<ResourceType, string, AclOperation, bool>? isLeftOut = null)
    {
        foreach ((ResourceType type, string prefix, AclOperation operation) in Needed())
        {
            if (isLeftOut?.Invoke(type, prefix, operation) != true) kafka.Allow(user, operation, type, prefix);
        }
    }

    /// <summary>Starts the pipeline: claims it, writes its record, fences its tasks.</summary>
    public StartId Start()
    {
        var start = StartId.New();
        Log.ClaimHome(Name, start);
        Assert.True(Log.WriteHome(Name, start, new byte[] { 1 }, Log.ReadHome(Name)?.Version ?? 0));
        Log.FenceTasks(Name, start, 1);
        return start;
    }

    /// <summary>A task of it that has not claimed anything.</summary>
    public TestTask NewTask(StartId start) => new(
        Log, new TaskClaim(new TaskId(Name, "copy", 0), start, new Generation(1), 1) { Slot = 0 }, DeadLetters(), [new SourcePartitionId("input", "0")]);

    /// <summary>Where its dead letters go; made if it isn't there.</summary>
    public TopicInfo DeadLetters() => Log.Find($"{OwnPrefix}dead-letters") ?? Log.Create(new TopicSpec($"{OwnPrefix}dead-letters", 1));

    /// <summary>The values that can be read of a topic with one partition.</summary>
    public IReadOnlyList<string?> Read(TopicInfo topic)
    {
        var found = new List<string?>();
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        foreach (LogChunk read in reader.ToTheEnd(Log, topic, 0, TimeSpan.FromSeconds(10)))
        {
            found.AddRange(TestRecord.In(read.Chunk).Select(record => record.Record.Value));
            read.Chunk.Release();
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        log?.Dispose();
        logger.Dispose();
        folder.Dispose();
    }

    private IEnumerable<(ResourceType Type, string Prefix, AclOperation Operation)> Needed()
    {
        foreach (AclOperation operation in (AclOperation[])[AclOperation.Write, AclOperation.Read, AclOperation.Describe, AclOperation.DescribeConfigs])
        {
            yield return (ResourceType.Topic, OutputPrefix, operation);
            yield return (ResourceType.Topic, OwnPrefix, operation);
        }

        yield return (ResourceType.Topic, OwnPrefix, AclOperation.Create);
        yield return (ResourceType.Topic, OwnPrefix, AclOperation.Delete);
        yield return (SecureKafka.TransactionalId, OwnName, AclOperation.Write);
        yield return (SecureKafka.TransactionalId, OwnName, AclOperation.Describe);
        yield return (ResourceType.Group, OwnName, AclOperation.Read);
        yield return (ResourceType.Group, OwnName, AclOperation.Describe);
        yield return (ResourceType.Group, OwnName, AclOperation.Delete);
    }

    private sealed class Lines : ILogEventSink
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public void Emit(LogEvent logEvent) => Written.Enqueue($"{logEvent.Timestamp:mm:ss.fff} {logEvent.Level}: {logEvent.RenderMessage(null)} {logEvent.Exception}");
    }
}
