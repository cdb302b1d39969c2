using System.Buffers;
using StreamEngine.Conformance;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

public class FieldTests
{
    private readonly CountingSerde serde = new("text");
    private readonly byte[] memory = "..value.."u8.ToArray();

    [Fact]
    public void When_a_value_is_asked_for_several_times_then_it_is_decoded_once()
    {
        var field = new Field<string>(memory, 2, 5, serde);
        Assert.Equal(0, serde.Reads);

        Assert.Equal("value", field.Get());
        Assert.Equal("value", field.Get());

        Assert.Equal(1, serde.Reads);
    }

    [Fact]
    public void When_a_value_is_decoded_in_a_batch_then_it_stays_decoded_there()
    {
        Batch<NoKey, string> batch = new BatchPool<NoKey, string>().Rent();
        batch.Add(new Record<NoKey, string>(default, new Field<string>(memory, 2, 5, serde), 0, default, default), 5);

        Assert.Equal("value", batch.Span[0].Value);
        Assert.Equal("value", batch.Span[0].Value);

        Assert.Equal(1, serde.Reads);
    }

    [Fact]
    public void When_nobody_asks_for_a_value_then_its_bytes_are_written_unread()
    {
        var pool = new ChunkPool();
        Chunk read = TestRecord.Chunk(pool, 0, new TestRecord("key", "value", 7, "h=v"), new TestRecord(null, null));
        var builder = new ChunkBuilder(pool, 1);
        var reader = new ChunkReader(read);
        while (reader.MoveNext())
        {
            Record<string, string> record = reader.Record(0, 0, serde, serde);
            builder.Append(ref record, serde, new CountingSerde("text"));
        }

        Assert.Equal(TestRecord.In(read).Select(found => found.Record), TestRecord.In(builder.Take()!).Select(found => found.Record));
        Assert.Equal((0, 0), (serde.Reads, serde.Writes));
    }

    [Fact]
    public void When_a_value_was_only_looked_at_then_its_bytes_are_written_all_the_same()
    {
        var field = new Field<string>(memory, 2, 5, serde);
        field.Get();

        Assert.Equal("value"u8, ChunkBuilder.Encode(ref field, serde, new ByteWriter()));

        Assert.Equal(0, serde.Writes);
    }

    [Fact]
    public void When_the_output_has_another_format_then_the_value_is_written_anew()
    {
        var field = new Field<string>(memory, 2, 5, serde);
        var other = new CountingSerde("other text");

        Assert.Equal("value"u8, ChunkBuilder.Encode(ref field, other, new ByteWriter()));

        Assert.Equal((1, 1), (serde.Reads, other.Writes));
    }

    [Fact]
    public void When_a_value_was_made_then_it_is_written_by_the_serde_of_the_output()
    {
        var field = new Field<string>("made");

        Assert.Equal("made"u8, ChunkBuilder.Encode(ref field, serde, new ByteWriter()));

        Assert.Equal(1, serde.Writes);
    }

    [Fact]
    public void When_decoding_fails_then_the_error_names_length_and_format_and_keeps_the_cause()
    {
        var field = new Field<string>(memory, 2, 5, new CountingSerde("text") { Fails = true });

        var error = Assert.Throws<SerdeException>(() => field.Get());

        Assert.Equal("5 bytes are not text: it fails", error.Message);
        Assert.IsType<FormatException>(error.InnerException);
    }

    [Fact]
    public void When_a_record_is_detached_then_it_outlives_its_memory()
    {
        var pool = new ChunkPool();
        Chunk chunk = TestRecord.Chunk(pool, 0, new TestRecord("key", "value", 7, "h=v"));
        var reader = new ChunkReader(chunk);
        Assert.True(reader.MoveNext());
        Record<ReadOnlyMemory<byte>, string> record = reader.Record(0, 0, Serdes.Bytes, serde);

        record.Detach();
        chunk.Buffer.AsSpan(ChunkFormat.HeaderBytes).Fill(0xFF);

        Assert.Equal("key"u8, record.Key.Span);
        Assert.Equal("value", record.Value);
        Assert.Equal("h=v", TestRecord.Text(record.Headers));
        Assert.Equal((1, 0), (serde.Reads, serde.Writes));
    }

    [Fact]
    public void When_a_tombstone_is_read_as_a_type_without_null_then_the_error_says_what_to_do()
    {
        var number = new Record<string, int>(new Field<string>("key"), default, 0, default, default);
        var text = new Record<string, string?>(new Field<string>("key"), default, 0, default, default);
        var nullable = new Record<string, int?>(new Field<string>("key"), default, 0, default, default);

        var error = Assert.Throws<TombstoneException>(() => number.Value);

        Assert.Contains("Int32?", error.Message, StringComparison.Ordinal);
        Assert.True(number.IsTombstone);
        Assert.Null(text.Value);
        Assert.Null(nullable.Value);
    }

    [Fact]
    public void When_a_value_is_null_then_the_record_is_a_tombstone_however_it_was_made()
    {
        var made = new Record<string, string?>("key", null, 0);
        var builder = new ChunkBuilder(new ChunkPool(), 0);
        builder.Append(ref made, serde, (ISerde<string?>)(object)serde);

        Assert.True(made.IsTombstone);
        Assert.Equal(new TestRecord("key", null, 0), Assert.Single(TestRecord.In(builder.Take()!)).Record);
    }

    private sealed class CountingSerde(string format) : ISerde<string>
    {
        public int Reads { get; private set; }

        public int Writes { get; private set; }

        public bool Fails { get; init; }

        public string Format => format;

        public void Serialize(string value, IBufferWriter<byte> writer)
        {
            Writes++;
            Serdes.String.Serialize(value, writer);
        }

        public string Deserialize(ReadOnlyMemory<byte> bytes)
        {
            Reads++;
            return Fails ? throw new FormatException("it fails") : Serdes.String.Deserialize(bytes);
        }
    }
}
