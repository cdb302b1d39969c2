using System.Text;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Tests.Log;

public class LogLayoutTests_Frozen
{
    private const string Version = "LogLayout.FormatVersion";

    private static readonly PipelineName Orders = new("orders");
    private static readonly StartId Start = new(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
    private static readonly TaskId Task = new(Orders, "copy", 2);

    [Fact]
    public void When_families_are_named_then_the_names_and_their_numbers_are_frozen()
    {
        Frozen.Text("default chunks topics positions commits state", string.Join(' ', LogLayout.Families.Select(family => family.Name)), Version);
        Assert.Equal([0, 1, 2, 3, 4, 5], [LogLayout.Default, LogLayout.Chunks, LogLayout.Topics, LogLayout.Positions, LogLayout.Commits, LogLayout.State]);
        Assert.Equal(1, LogLayout.FormatVersion);
    }

    [Fact]
    public void When_keys_are_made_then_they_are_those_of_version_1()
    {
        Frozen.Equal("01020304 00000005 0000000000000006", LogLayout.ChunkKey(0x01020304, 5, 6), Version);
        Frozen.Equal("69", LogLayout.IdentityKey, Version);
        Frozen.Equal("6E", LogLayout.CommitNumberKey, Version);
        Frozen.Equal("74 00000102", LogLayout.NumberKey('t', 0x102), Version);
        Frozen.Equal("73 00000102", LogLayout.NumberKey('s', 0x102), Version);
        Frozen.Equal("70 00000102 00000003", LogLayout.PartitionKey(0x102, 3), Version);
        Frozen.Equal("68 6F7264657273", LogLayout.HomeKey(Orders), Version);
        Frozen.Equal("6F7264657273 00", LogLayout.PositionPrefix(Orders), Version);
        Frozen.Equal(
            "6F7264657273 00 636F7079 00 696E707574 00 61C3BC",
            LogLayout.PositionKey(Task, new SourcePartitionId("input", "aü")),
            Version);
        Frozen.Equal("75 6F7264657273 00", LogLayout.UnpublishedPrefix(Orders), Version);
        Frozen.Equal(
            "75 6F7264657273 00 636F7079 00 00000002 00112233445566778899AABBCCDDEEFF 0000000000000009 66696C6573",
            LogLayout.UnpublishedKey(Task, Start, new Epoch(9), "files"),
            Version);

        byte[] state = new byte[8];
        LogLayout.WriteStatePrefix(state, 7, 3);
        Frozen.Equal("00000007 00000003", state, Version);
    }

    [Fact]
    public void When_values_are_made_then_they_are_those_of_version_1()
    {
        Frozen.Equal(
            "0100000000000000 0200000000000000 0300000000000000 0400000000000000 0500000000000000",
            new PartitionRecord(1, 2, 3, 4, 5).ToBytes(),
            Version);
        Frozen.Equal(
            "0900000000000000 05 6C6F673A31 02 3432",
            LogLayout.PositionValue(new CommittedPosition(default, new Position("log:1", "42"), Epoch.None), new Epoch(9)),
            Version);
        Frozen.Equal("0300000000000000 00112233445566778899AABBCCDDEEFF CAFE", LogLayout.HomeValue(Start, [0xCA, 0xFE], 3), Version);
    }

    [Fact]
    public void When_documents_are_written_then_they_are_those_of_version_1()
    {
        var spec = new TopicSpec("orders", 3)
        {
            RetentionTime = TimeSpan.FromHours(1), RetentionBytes = 5, Compacted = true, KeyFormat = "string", ValueFormat = "json", Owner = "sales",
        };
        Frozen.Text("""{"id":"abc","version":1,"lastNumber":7}""", Encoding.UTF8.GetString(LogJson.Bytes(new LogIdentity("abc", 1, 7))), Version);
        Frozen.Text(
            """{"name":"orders","partitions":3,"retentionMs":3600000,"retentionBytes":5,"compacted":true,"keyFormat":"string","valueFormat":"json","owner":"sales"}""",
            Encoding.UTF8.GetString(LogJson.Bytes(TopicDocument.Of(spec))),
            Version);
        Frozen.Text(
            """{"name":"a","partitions":1,"compacted":false,"keyFormat":"","valueFormat":""}""",
            Encoding.UTF8.GetString(LogJson.Bytes(TopicDocument.Of(new TopicSpec("a")))),
            Version);
        Frozen.Text(
            """{"pipeline":"orders","name":"totals","shape":"int64","partitions":3}""",
            Encoding.UTF8.GetString(LogJson.Bytes(new StateDocument("orders", "totals", "int64", 3))),
            Version);
        Assert.Equal(spec, TopicDocument.Of(spec).ToSpec());
    }

    [Fact]
    public void When_what_was_written_is_read_then_it_is_what_it_was()
    {
        var partition = new SourcePartitionId("input", "a/b");
        Assert.Equal(("copy", partition), LogLayout.ParsePositionKey(LogLayout.PositionKey(Task, partition)));
        Assert.Equal(
            new CommittedPosition(partition, new Position("into", "at"), new Epoch(9)),
            LogLayout.ParsePosition(partition, LogLayout.PositionValue(new CommittedPosition(partition, new Position("into", "at"), Epoch.None), new Epoch(9))));
        HomeEntry home = LogLayout.ParseHome(LogLayout.HomeValue(Start, [1, 2], 3));
        Assert.Equal((Start, 3L, "0102"), (home.Start, home.Version, Convert.ToHexString(home.Record.Span)));
        UnpublishedStage stage = LogLayout.ParseUnpublished(Orders, LogLayout.UnpublishedKey(Task, Start, new Epoch(9), "files"), [5]);
        Assert.Equal((Task, Start, new Epoch(9), "files", 5), (stage.Task, stage.Start, stage.Epoch, stage.Sink, stage.Manifest.Span[0]));
        Assert.Equal(new PartitionRecord(1, 2, 3, 4, 5), PartitionRecord.Parse(new PartitionRecord(1, 2, 3, 4, 5).ToBytes()));
    }

    [Fact]
    public void When_the_durable_end_is_noted_then_its_bytes_are_those_of_version_1()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Combine("log.end");
        using (var end = new DurableEnd(file))
        {
            Frozen.Equal(new string('0', 64), File.ReadAllBytes(file), Version);
            end.Note(1);
            end.Note(2);
        }

        Frozen.Equal("0200000000000000 43E2EE915CC68620 0100000000000000 2E79DB643559BC2F", File.ReadAllBytes(file), Version);
    }

    [Fact]
    public void When_a_dead_letter_is_written_then_its_key_and_headers_are_those_of_version_1()
    {
        var letter = new DeadLetter("copy", "parse", new SourcePartitionId("input", "0"), 42, 1, "FormatException", "no number")
        {
            Key = "k"u8.ToArray(), Value = "v"u8.ToArray(), Timestamp = 5, Headers = TestRecord.HeadersOf("own=1"),
        };

        Chunk chunk = Assert.Single(DeadLetterFormat.Encode([letter]));
        var reader = new ChunkReader(chunk);
        Assert.True(reader.MoveNext());
        DeadLetter read = DeadLetterFormat.Decode(ref reader);
        (long _, TestRecord record) = Assert.Single(TestRecord.In(chunk));
        Assert.Equal((letter.Identity, letter.Error, letter.Message, 5L), (read.Identity, read.Error, read.Message, read.Timestamp));
        Assert.Equal(("k", "v"), (System.Text.Encoding.UTF8.GetString(read.Key!.Value.Span), System.Text.Encoding.UTF8.GetString(read.Value!.Value.Span)));
        Assert.Equal("own", Assert.Single(read.Headers).Name);

        Frozen.Text("copy/parse/input/0/42/1", record.Key!, "DeadLetterFormat.Prefix");
        Frozen.Text(
            "streamengine.subgraph=copy;streamengine.stage=parse;streamengine.error=FormatException;streamengine.message=no number;" +
            "streamengine.offset=42;streamengine.source=input;streamengine.partition=0;streamengine.key=k;own=1",
            record.Headers,
            "DeadLetterFormat.Prefix");
        Assert.Equal(("v", 5L), (record.Value, record.Timestamp));
    }

    [Fact]
    public void When_a_dead_letter_has_a_long_message_then_it_is_cut()
    {
        string message = new string('m', DeadLetter.MessageLengthMax - 1) + "💾 and more";
        var letter = new DeadLetter("copy", "parse", null, 0, 0, "Error", message);

        (long _, TestRecord record) = Assert.Single(TestRecord.In(Assert.Single(DeadLetterFormat.Encode([letter]))));

        Assert.Contains($"message={new string('m', DeadLetter.MessageLengthMax - 1)};", record.Headers, StringComparison.Ordinal);
    }

    [Fact]
    public void When_a_dead_letter_is_too_large_for_its_topic_then_it_names_the_record_without_its_bytes()
    {
        var letter = new DeadLetter("copy", "parse", new SourcePartitionId("input", "0"), 42, 0, "Error", "too large")
        {
            Key = new byte[300], Value = new byte[500], Headers = TestRecord.HeadersOf("own=1"),
        };

        Assert.Contains("own=1", Header(letter, 1200), StringComparison.Ordinal);
        string emptied = Header(letter, 1000);

        Assert.Contains("message=(too large to be kept here: key of 300, value of 500, headers of ", emptied, StringComparison.Ordinal);
        Assert.Contains(" bytes) too large;", emptied, StringComparison.Ordinal);
        Assert.Contains("offset=42", emptied, StringComparison.Ordinal);
        Assert.DoesNotContain("own=1", emptied, StringComparison.Ordinal);
        Assert.DoesNotContain(".key=", emptied, StringComparison.Ordinal);

        static string Header(DeadLetter letter, int recordBytesMax)
        {
            (long _, TestRecord record) = Assert.Single(TestRecord.In(Assert.Single(DeadLetterFormat.Encode([letter], recordBytesMax))));
            Assert.Equal(recordBytesMax < 1200, record.Value is null);
            return record.Headers;
        }
    }
}
