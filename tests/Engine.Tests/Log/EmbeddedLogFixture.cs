using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Tests.Log;

/// <summary>An embedded log in a folder of its own, under a clock that the test moves, cleaned only when the test says so.</summary>
public abstract class EmbeddedLogFixture : IDisposable
{
    private static readonly PipelineName Pipeline = new("test");
    private readonly Lazy<TopicInfo> deadLetters;

    protected EmbeddedLogFixture()
    {
        Log = Open();
        Start = StartId.New();
        Log.WriteHome(Pipeline, Start, Array.Empty<byte>(), 0);
        deadLetters = new Lazy<TopicInfo>(() => Log.Create(new TopicSpec("dead-letters")));
    }

    internal TemporaryFolder Folder { get; } = new();

    internal TestClock Clock { get; } = new();

    internal EmbeddedLog Log { get; private set; }

    internal StartId Start { get; }

    internal string LogPath => Folder.Combine("log");

    public void Dispose()
    {
        Log.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    internal EmbeddedLog Open() => EmbeddedLog.Open(LogPath, LogImage.Quiet with { Clock = Clock });

    internal void Reopen()
    {
        Log.Dispose();
        Log = Open();
    }

    internal Task<TestTask> TaskAsync(int number = 0, int attempt = 1) => new TestTask(
        Log,
        new TaskClaim(new TaskId(Pipeline, "test", number), Start, new Generation(1), attempt),
        deadLetters.Value,
        [new SourcePartitionId("input", $"{number}")]).BeginAsync();

    /// <summary>What can be read of partition 0 from an offset on.</summary>
    internal List<(long Offset, TestRecord Record)> Read(TopicInfo topic, long? from = null)
    {
        var records = new List<(long, TestRecord)>();
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, from ?? Log.Range(topic, 0).FirstOffset);
        while (reader.Poll(TimeSpan.Zero) is { } read)
        {
            records.AddRange(TestRecord.In(read.Chunk));
            read.Chunk.Release();
        }

        return records;
    }

    /// <summary>Cleans the log on a thread of its own, so that one that never ends fails its test.</summary>
    internal Task CleanAsync() => Task.Factory.StartNew(Log.Clean, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        .WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>A record of about a kilobyte.</summary>
    internal static TestRecord Kilobyte(string key, int number) => new(key, $"{number}:{new string('v', 1000)}", number);

    internal static int NumberOf(TestRecord record) => int.Parse(record.Value!.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
}
