using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>
/// What every log promises (<see cref="ILog"/>), one file for each concern. A log passes it by a class that names its factory.
/// </summary>
/// <remarks>
/// The suite tests the contract and nothing beyond it: names are new for each test, since a cluster may hold other topics; what becomes
/// visible "in a moment" is waited for; and what logs may do differently the factory says.
/// </remarks>
public abstract partial class LogConformance : IDisposable
{
    /// <summary>How long a condition may take to come true before its test fails. Nothing waits this long when all is well.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string suffix = Guid.NewGuid().ToString("N")[..8];
    private readonly LogFactory factory;
    private readonly Lazy<TopicInfo> deadLetters;
    private Lazy<ILog> log;
    private int slots = 2;

    /// <summary>A suite with a log of its own, opened when it is first asked for.</summary>
    protected LogConformance(LogFactory factory)
    {
        this.factory = factory;
        log = new Lazy<ILog>(factory.Open);
        deadLetters = new Lazy<TopicInfo>(() => Topic("dead-letters"));
    }

    /// <summary>The log under test.</summary>
    protected ILog Log => log.Value;

    /// <summary>Where dead letters go.</summary>
    protected TopicInfo DeadLetters => deadLetters.Value;

    /// <summary>The pipeline of the tests that need one.</summary>
    protected PipelineName Pipeline => new($"pipeline-{suffix}");

    /// <summary>What it may do differently.</summary>
    protected LogFactory Factory => factory;

    private bool HasGaplessOffsets => factory.HasGaplessOffsets;

    private TimeSpan VisibleAfter => factory.VisibleAfter;

    protected bool WritesAtCommit => factory.WritesAtCommit;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (log.IsValueCreated) log.Value.Dispose();
        factory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A name that no other test uses.</summary>
    protected string Name(string name) => $"{name}-{suffix}";

    /// <summary>Makes a topic.</summary>
    protected TopicInfo Topic(string name, int partitions = 1) => Log.Create(new TopicSpec(Name(name), partitions));

    /// <summary>Deletes a topic, and waits until it is gone.</summary>
    protected void Delete(TopicInfo topic)
    {
        Log.Delete(topic);
        Await(() => Log.Find(topic.Name)?.Id != topic.Id, $"topic {topic.Name} is gone");
    }

    /// <summary>Starts a pipeline: its record names a new start.</summary>
    protected StartId Start(PipelineName? pipeline = null)
    {
        PipelineName name = pipeline ?? Pipeline;
        var start = StartId.New();
        Assert.True(WriteHome(start, new byte[] { 1 }, Log.ReadHome(name)?.Version ?? 0, name));
        Log.FenceTasks(name, start, slots);
        return start;
    }

    /// <summary>Claims and writes the record of a pipeline, as a start does.</summary>
    protected bool WriteHome(StartId start, ReadOnlyMemory<byte> record, long expectedVersion, PipelineName? pipeline = null)
    {
        Log.ClaimHome(pipeline ?? Pipeline, start);
        return Log.WriteHome(pipeline ?? Pipeline, start, record, expectedVersion);
    }

    /// <summary>Finds or makes a state, of a pipeline that was started.</summary>
    protected StateInfo State(string name, string shape, int partitions, PipelineName? pipeline = null)
    {
        if (Log.ReadHome(pipeline ?? Pipeline) is null) Start(pipeline);
        return Log.OpenState(pipeline ?? Pipeline, new StateSpec(name, shape, partitions));
    }

    /// <summary>Makes a topic that is the pipeline's own, which was started.</summary>
    protected TopicInfo OwnTopic(string name)
    {
        if (Log.ReadHome(Pipeline) is null) Start();
        return Log.Create(new TopicSpec($"streamengine.{Pipeline}.{name}") { Owner = Pipeline.Value });
    }

    /// <summary>What a partition holds, as far as the log says it exactly.</summary>
    protected PartitionRange Range(TopicInfo topic, int partition) => factory.KnowsSizes ? Log.Range(topic, partition) : Log.Range(topic, partition) with { Bytes = 0, IsEstimated = false };

    /// <summary>A task that has not claimed anything, with one source partition of its own.</summary>
    protected TestTask NewTask(
        StartId start, int number = 0, int attempt = 1, PipelineName? pipeline = null, IReadOnlyList<SourcePartitionId>? partitions = null)
    {
        slots = Math.Max(slots, number + 1);
        return new TestTask(
            Log,
            new TaskClaim(new TaskId(pipeline ?? Pipeline, "copy", number), start, new Generation(1), attempt) { Slot = number },
            DeadLetters,
            partitions ?? [new SourcePartitionId("input", $"{number}")]);
    }

    /// <summary>A task that holds its claim.</summary>
    protected Task<TestTask> TaskAsync(StartId start, int number = 0, int attempt = 1) => NewTask(start, number, attempt).BeginAsync();

    /// <summary>A task that holds its claim, under a new start.</summary>
    protected Task<TestTask> TaskAsync() => TaskAsync(Start());

    /// <summary>Everything that can be read of a partition from an offset on, with the offsets.</summary>
    protected List<(long Offset, TestRecord Record)> ReadFrom(TopicInfo topic, int partition, long offset)
    {
        var records = new List<(long, TestRecord)>();
        var pool = new ChunkPool();
        using (ILogReader reader = Log.OpenReader(pool))
        {
            reader.Assign(topic, partition, offset);
            foreach (LogChunk read in reader.ToTheEnd(Log, topic, partition, VisibleAfter))
            {
                Assert.Equal(partition, read.Chunk.Partition);
                records.AddRange(TestRecord.In(read.Chunk));
                Assert.True(read.NextOffset > records[^1].Item1, "a chunk's next offset lies behind its records");
                read.Chunk.Release();
            }
        }

        Assert.Equal(0, pool.Outstanding);
        return records;
    }

    /// <summary>The end of a topic's first partition, behind what its last commit appends once its records can be read.</summary>
    protected long End(TopicInfo topic)
    {
        Read(topic);
        return Log.Range(topic, 0).NextOffset;
    }

    /// <summary>The records of a partition from its first one.</summary>
    protected List<TestRecord> Read(TopicInfo topic, int partition = 0) =>
        [.. ReadFrom(topic, partition, Log.Range(topic, partition).FirstOffset).Select(read => read.Record)];

    /// <summary>Waits for a condition.</summary>
    protected static void Await(Func<bool> condition, string what) => Assert.True(SpinWait.SpinUntil(condition, Patience), $"not within {Patience}: {what}");

    /// <summary>Closes and opens the log under test, as another process would find it.</summary>
    protected void ReopenLog()
    {
        ILog opened = factory.Reopen(Log) ?? throw new InvalidOperationException("this log keeps nothing beyond its process");
        log = new Lazy<ILog>(opened);
    }

    /// <summary>Records with these values, keys that are the same, and their number as time, from 1.</summary>
    protected static TestRecord[] Records(params string[] values) => [.. values.Select((value, n) => new TestRecord($"key of {value}", value, n + 1))];
}
