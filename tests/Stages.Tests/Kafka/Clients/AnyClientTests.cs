using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Kafka;
using StreamEngine.Records;
using StreamEngine.Stages.Tests.Kafka.Native;

namespace StreamEngine.Stages.Tests.Kafka.Clients;

/// <summary>Any Kafka client is a client of the product: what the Java tools and kcat write is read, and they read what it writes.</summary>
public sealed class AnyClientTests : IDisposable
{
    private const int RecordsOfEach = 50;
    private static readonly string[] Codecs = ["gzip", "snappy", "lz4", "zstd"];

    /// <summary>What every codec makes much smaller.</summary>
    private static readonly string Text = new('x', 1000);

    private readonly List<IDisposable> opened = [];

    private static string Bootstrap => KafkaServers.Shared.Bootstrap;

    private static KafkaTools Tools => new(Bootstrap);

    public void Dispose()
    {
        foreach (IDisposable one in Enumerable.Reverse(opened)) one.Dispose();
    }

    [SkippableFact]
    public void What_the_console_producer_and_kcat_write_is_read_with_keys_headers_times_and_every_compression()
    {
        ILog log = Open();
        TopicInfo topic = log.Find(NativeClients.NewTopic())!;
        var expected = new List<TestRecord>();
        foreach (string codec in Codecs)
        {
            IReadOnlyList<string> java = Values($"java {codec}"), kcat = Values($"kcat {codec}");
            Tools.ProduceText(
                topic.Name,
                string.Concat(java.Select((value, n) => $"codec:{codec},n:{n}\tkey-{n}\t{value}\n")),
                "--compression-codec", codec, "--reader-property", "parse.key=true", "--reader-property", "parse.headers=true");
            expected.AddRange(java.Select((value, n) => new TestRecord($"key-{n}", value, 0, $"codec={codec};n={n}")));
            Tools.Kcat(string.Concat(kcat.Select((value, n) => $"key-{n}|{value}\n")), "-P", "-t", topic.Name, "-z", codec, "-K", "|", "-H", "h=1", "-H", "h=2");
            expected.AddRange(kcat.Select((value, n) => new TestRecord($"key-{n}", value, 0, "h=1;h=2")));
        }

        AssertCompressed(topic.Name, expected);
        long[] times = [.. Tools.Kcat("", "-C", "-e", "-q", "-t", topic.Name, "-f", "%T\\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(time => long.Parse(time, CultureInfo.InvariantCulture))];
        Assert.Equal(expected.Zip(times, (record, time) => record with { Timestamp = time }), Read(log, topic));
    }

    [SkippableFact]
    public void Records_without_key_or_value_or_with_bytes_that_are_no_text_are_read_as_they_are()
    {
        ILog log = Open();
        TopicInfo topic = log.Find(NativeClients.NewTopic())!;
        Tools.ProduceText(topic.Name, "alone\n");
        Tools.Kcat("gone|\n|\n", "-P", "-t", topic.Name, "-K", "|", "-Z");
        Assert.Equal([new(null, "alone"), new("gone", null), new(null, null)], Read(log, topic).Select(record => record with { Timestamp = 1 }));
    }

    [SkippableFact]
    public void What_is_written_the_console_consumer_and_kcat_read_with_keys_headers_times_and_every_compression()
    {
        string name = NativeClients.NewTopic();
        var written = new List<TestRecord>();
        foreach (string codec in Codecs)
        {
            ILog log = Open(("compression.type", codec));
            TestRecord[] records = [.. Values(codec).Select((value, n) => new TestRecord($"key-{n}", value, 1_000_000_000_000 + n, n % 2 == 0 ? "a=1;b=zwei" : ""))];
            Chunk chunk = TestRecord.Chunk(new ChunkPool(), 0, records);
            log.Append(log.Find(name)!, [chunk]);
            chunk.Release();
            written.AddRange(records);
        }

        AssertCompressed(name, written);
        IReadOnlyList<string> java = Tools.ConsumeText(
            name, written.Count, "--isolation-level", "read_committed",
            "--formatter-property", "print.timestamp=true", "--formatter-property", "print.headers=true", "--formatter-property", "print.key=true");
        Assert.Equal(
            written.Select(record => $"CreateTime:{record.Timestamp}\t{(record.Headers.Length == 0 ? "NO_HEADERS" : "a:1,b:zwei")}\t{record.Key}\t{record.Value}"),
            java.Where(line => line.StartsWith("CreateTime", StringComparison.Ordinal)));
        Assert.Equal(
            written.Select(record => $"{record.Timestamp} {record.Headers.Replace(';', ',')} {record.Key} {record.Value}"),
            Kcat(name, "%T %h %k %s"));
    }

    [SkippableFact]
    public async Task An_epoch_that_is_open_or_was_dropped_is_not_seen_by_committed_readers_of_any_client()
    {
        ILog log = Open();
        TopicInfo topic = log.Find(NativeClients.NewTopic())!;
        var pipeline = new PipelineName($"p-{Guid.NewGuid():N}");
        var start = StartId.New();
        log.ClaimHome(pipeline, start);
        Assert.True(log.WriteHome(pipeline, start, new byte[] { 1 }, 0));
        log.FenceTasks(pipeline, start, 1);
        using (TestTask first = await TaskAsync(log, pipeline, start, attempt: 1))
        {
            await first.CommitAsync(topic, 0, new TestRecord("k", "first", 1));
            first.Write(topic, 0, new TestRecord("k", "dropped", 2));
            Assert.True(SpinWait.SpinUntil(() => Kcat(topic.Name, "%s", "read_uncommitted").Contains("dropped"), NativeClients.Deadline), "an open epoch lies on the broker");
            Assert.Equal(["first"], Kcat(topic.Name, "%s"));
        }

        using TestTask second = await TaskAsync(log, pipeline, start, attempt: 2);
        await second.CommitAsync(topic, 0, new TestRecord("k", "last", 3));
        Assert.Equal(["first", "last"], Kcat(topic.Name, "%s"));
        Assert.Equal(["k\tfirst", "k\tlast"], Tools.ConsumeCommitted(topic.Name, 2));
        Assert.Equal(["first", "dropped", "last"], Kcat(topic.Name, "%s", "read_uncommitted"));
    }

    private static List<string> Values(string of) => [.. Enumerable.Range(0, RecordsOfEach).Select(n => $"{of} {n} {Text}")];

    private static List<TestRecord> Read(ILog log, TopicInfo topic)
    {
        var records = new List<TestRecord>();
        using ILogReader reader = log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        foreach (LogChunk read in reader.ToTheEnd(log, topic, 0, TimeSpan.FromSeconds(10)))
        {
            records.AddRange(TestRecord.In(read.Chunk).Select(found => found.Record));
            read.Chunk.Release();
        }

        return records;
    }

    /// <summary>Each of the codecs has done its work: were the records of one stored as they are, they alone would take more.</summary>
    private static void AssertCompressed(string topic, IReadOnlyCollection<TestRecord> records) =>
        Assert.InRange(Tools.StoredBytes(topic), 1, records.Sum(record => record.Value!.Length) / 16);

    private static List<string> Kcat(string topic, string format, string isolation = "read_committed") =>
        [.. Tools.Kcat("", "-C", "-e", "-q", "-t", topic, "-X", $"isolation.level={isolation}", "-f", format + "\\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private static async Task<TestTask> TaskAsync(ILog log, PipelineName pipeline, StartId start, int attempt)
    {
        TopicInfo letters = log.Find($"letters-{pipeline}") ?? log.Create(new TopicSpec($"letters-{pipeline}", 1));
        return await new TestTask(log, new TaskClaim(new TaskId(pipeline, "copy", 0), start, new Generation(1), attempt), letters, [new SourcePartitionId("in", "0")]).BeginAsync();
    }

    private KafkaLog Open(params ReadOnlySpan<(string Name, string Value)> client)
    {
        var settings = new Dictionary<string, string> { ["bootstrap.servers"] = Bootstrap };
        foreach ((string name, string value) in client) settings[name] = value;
        KafkaLog log = KafkaLog.Open(new KafkaLogOptions { Client = settings, TransactionTimeout = TimeSpan.FromSeconds(20) });
        opened.Add(log);
        return log;
    }
}
