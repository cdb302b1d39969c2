using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Tasks;
using StreamEngine.Topics;

namespace StreamEngine.Engine.Tests.Topics;

/// <summary>Records on their way into a topic: by their bytes where nobody has looked at them, by their values else.</summary>
public sealed class TopicEncoderTests
{
    private const int Partitions = 3;
    private const int RecordBytesMax = 600;

    private static readonly ISerde<ReadOnlyMemory<byte>> Bytes = Serdes.Bytes;
    private static readonly Gen<(TestRecord[] Records, bool EndsEpoch)[]> Chunks =
        Gen.Select(Generators.Record.Array[1, 60], Gen.Bool, (records, endsEpoch) => (records, endsEpoch)).Array[1, 4];

    [Fact]
    public void A_record_that_nobody_has_looked_at_is_written_as_one_that_was_decoded() => Chunks.Sample(
        chunks => Assert.Equal(Run(chunks, looksAtRecords: true, Bytes), Run(chunks, looksAtRecords: false, Bytes)), iter: PropertyRuns.Of(300));

    [Fact]
    public void Records_without_keys_by_type_are_written_without_the_keys_they_had() => Chunks.Sample(
        chunks => Assert.Equal(Run(chunks, looksAtRecords: true, Serdes.NoKey), Run(chunks, looksAtRecords: false, Serdes.NoKey)), iter: PropertyRuns.Of(100));

    [Fact]
    public void Chunks_that_go_on_as_they_were_read_leave_each_partition_its_records_in_their_order() => Chunks.Sample(
        chunks =>
        {
            List<string> oneByOne = Run(chunks, looksAtRecords: false, Bytes), together = Run(chunks, looksAtRecords: false, Bytes, routes: true);
            Assert.Equal(Failures(oneByOne), Failures(together));
            Assert.Equal(Keyless(oneByOne), Keyless(together));
            for (int partition = 0; partition < Partitions; partition++) Assert.Equal(Keyed(oneByOne, partition), Keyed(together, partition));
        },
        iter: PropertyRuns.Of(300));

    [Theory]
    [InlineData(5, true, 600, true)]
    [InlineData(5, false, 600, false)]
    [InlineData(-5, true, 600, false)]
    [InlineData(long.MaxValue, true, 600, false)]
    [InlineData(5, true, 90, false)]
    public void A_chunk_goes_on_as_it_was_read_only_where_its_writer_takes_it_and_none_of_its_records_can_fail(long timestamp, bool routes, int recordBytesMax, bool passes)
    {
        var shape = new StreamShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(Bytes, Bytes);
        using var written = new Written(recordBytesMax, routes) { Topic = new("out", 1, new TopicSpec("out", Partitions)) { RecordBytesMax = recordBytesMax, TimestampMin = 0, TimesAheadMax = 1000 } };
        using var encoder = new TopicEncoder<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(Topic.Of<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>("out"), shape, written, written, written);
        Chunk chunk = TestRecord.Chunk(written.Chunks, 0, [new TestRecord("early", "value", 0), new TestRecord("key", new string('v', 60), timestamp), new TestRecord("late", "value", 1)]);

        Assert.Equal(passes, encoder.TryReceive(chunk));

        chunk.Release();
    }

    [Fact]
    public void A_record_in_another_format_than_its_topic_is_encoded_again()
    {
        var number = new ByteWriter();
        Serdes.Int32.Serialize(258, number);
        var record = new TestRecord("key", System.Text.Encoding.Latin1.GetString(number.Written));
        var shape = new StreamShape<ReadOnlyMemory<byte>, int>(Bytes, Serdes.Int32);
        Topic<ReadOnlyMemory<byte>, int> topic = Topic.Of<ReadOnlyMemory<byte>, int>("out", Bytes, new Reversed());
        using var written = new Written(RecordBytesMax);
        using var encoder = new TopicEncoder<ReadOnlyMemory<byte>, int>(topic, shape, written, written, written);
        var head = new SegmentHead<ReadOnlyMemory<byte>, int>(encoder, shape, null!);

        written.Drive(head, [record]);
        encoder.OnBarrier(new Epoch(1));

        Assert.Equal(["1: key = \u0002\u0001\0\0"], written.Content.Select(line => line[..line.IndexOf(" at ", StringComparison.Ordinal)]));
    }

    private static List<string> Run<TKey>((TestRecord[] Records, bool EndsEpoch)[] chunks, bool looksAtRecords, ISerde<TKey> keySerde, bool routes = false)
    {
        var shape = new StreamShape<TKey, ReadOnlyMemory<byte>>(keySerde, Bytes);
        using var written = new Written(RecordBytesMax, routes);
        using var encoder = new TopicEncoder<TKey, ReadOnlyMemory<byte>>(Topic.Of<TKey, ReadOnlyMemory<byte>>("out"), shape, written, written, written);
        var head = new SegmentHead<TKey, ReadOnlyMemory<byte>>(looksAtRecords ? new Looking<TKey>(encoder) : encoder, shape, null!);
        foreach ((TestRecord[] records, bool endsEpoch) in chunks)
        {
            written.Drive(head, records);
            if (endsEpoch) head.OnBarrier(new Epoch(1));
        }

        head.OnBarrier(new Epoch(2));
        return written.Content;
    }

    private static IEnumerable<string> Failures(List<string> content) => content.Where(line => line.StartsWith("failed", StringComparison.Ordinal));

    private static IEnumerable<string> Keyless(List<string> content) => content.Where(IsKeyless).Select(line => line[2..]);

    private static IEnumerable<string> Keyed(List<string> content, int partition) =>
        content.Where(line => line.StartsWith($"{partition}:", StringComparison.Ordinal) && !IsKeyless(line));

    private static bool IsKeyless(string line) => line.AsSpan(1).StartsWith(": none = ", StringComparison.Ordinal);

    /// <summary>A link that makes each record a typed one.</summary>
    private sealed class Looking<TKey>(Receiver<TKey, ReadOnlyMemory<byte>> next) : Receiver<TKey, ReadOnlyMemory<byte>>
    {
        public override void OnBarrier(Epoch epoch) => next.OnBarrier(epoch);

        public override void Receive(ref Record<TKey, ReadOnlyMemory<byte>> record) => next.Receive(ref record);
    }

    /// <summary>The same number the other way round, as another format.</summary>
    private sealed class Reversed : ISerde<int>
    {
        public string Format => "reversed";

        public void Serialize(int value, System.Buffers.IBufferWriter<byte> writer)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(4), value);
            writer.Advance(4);
        }

        public int Deserialize(ReadOnlyMemory<byte> bytes) => System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
    }

    /// <summary>What was written: each record with its partition, in chunks as they came, and those that failed.</summary>
    private sealed class Written(int recordBytesMax, bool routes = false) : IStageContext, IElementOutput, ITopicSinkWriter
    {
        public List<string> Content { get; } = [];

        public TopicInfo Topic { get; init; } = new("out", 1, new TopicSpec("out", Partitions)) { RecordBytesMax = recordBytesMax };

        public bool Routes => routes;

        public bool Blocks => false;

        public string Stage => "out";

        public TimeProvider Clock => TimeProvider.System;

        public ChunkPool Chunks { get; } = new();

        public void Drive(ISegmentHead head, TestRecord[] records)
        {
            Chunk chunk = TestRecord.Chunk(Chunks, 0, records);
            head.Process(chunk);
            chunk.Release();
        }

        public void Emit(Element element)
        {
            Chunk chunk = element is UnroutedChunk passed ? passed.Chunk : (Chunk)element;
            Content.AddRange(TestRecord.In(chunk).Select(found => $"{PartitionOf(found.Record.Key)}: {found.Record.Key ?? "none"} = {found.Record.Value ?? "null"} at {found.Record.Timestamp} with {found.Record.Headers}"));
            chunk.Release();

            int PartitionOf(string? key) => element is not UnroutedChunk unrouted ? chunk.Partition
                : key is null ? unrouted.Keyless
                : Murmur2.Partition(System.Text.Encoding.Latin1.GetBytes(key), Partitions);
        }

        public void Write(Element element) => throw new NotSupportedException();

        public SealedOutput? Seal(Epoch epoch) => throw new NotSupportedException();

        public bool OnError<TKey, TValue>(ref Record<TKey, TValue> record, Exception error, int attempt)
        {
            Assert.Contains("is too large for topic out", Assert.IsType<EngineException>(error).Message, StringComparison.Ordinal);
            Content.Add($"failed: {record.Origin.Offset} {error.Message}");
            return false;
        }

        public IKeyedState<TValue> State<TValue>(ISerde<TValue> serde) => throw new NotSupportedException();

        public BatchPool<TKey, TValue> Batches<TKey, TValue>() => throw new NotSupportedException();

        /// <summary>Whatever was rented is back.</summary>
        public void Dispose() => Assert.Equal(0, Chunks.Outstanding);
    }
}
