using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

public class ChunkTests
{
    private readonly ChunkPool pool = new();

    [Fact]
    public void When_records_are_written_then_they_are_read_as_they_were() => Generators.Record.Array[1, 60].Sample(
        records =>
        {
            Chunk chunk = TestRecord.Chunk(pool, 3, records);
            (long Offset, TestRecord Record)[] read = Read(chunk, 1000);
            Assert.Equal(records, read.Select(found => found.Record));
            Assert.Equal(Enumerable.Range(0, records.Length).Select(n => 1000L + n), read.Select(found => found.Offset));
            Assert.Equal((records.Length, records.Length, 3), (chunk.Records, chunk.Offsets, chunk.Partition));
            Assert.Equal(records.Max(record => record.Timestamp), chunk.MaxTimestamp);
            Assert.Equal(1000 + records.Length, chunk.NextOffset);
            chunk.Release();
        },
        iter: PropertyRuns.Of(500));

    [Fact]
    public void When_a_chunk_is_copied_byte_by_byte_then_it_is_the_same_chunk()
    {
        TestRecord[] records = [new("a", "b", 5, "h=v"), new(null, null, -5)];
        Chunk original = TestRecord.Chunk(pool, 0, records);

        Chunk copy = Chunk.Wrap(original.Encoded.ToArray(), 7, 50);

        Assert.Equal([(50, records[0]), (51, records[1])], TestRecord.In(copy));
        Assert.Equal(7, copy.Partition);
    }

    [Fact]
    public void When_records_don_t_fit_into_a_usual_buffer_then_the_chunk_grows()
    {
        int[] lengths = [1, 100_000, 60_000, 1, 5_000_000, 1];
        TestRecord[] records = [.. lengths.Select((length, n) => new TestRecord($"{n}", new string((char)('a' + n), length)))];

        Chunk chunk = TestRecord.Chunk(pool, 0, records);

        Assert.True(records.SequenceEqual(Read(chunk, 0).Select(found => found.Record)), "the records are not what was written");
        Assert.True(chunk.Bytes > lengths.Sum());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4000)]
    public void When_headers_come_late_then_the_records_before_have_none(int before)
    {
        TestRecord[] records =
        [
            .. Enumerable.Range(0, before).Select(n => new TestRecord($"{n}", new string('v', 30))),
            new("with", "headers", 1, "a=1;b"),
            new("after", null),
        ];

        Assert.Equal(records, Read(TestRecord.Chunk(pool, 0, records), 0).Select(found => found.Record));
    }

    [Fact]
    public void When_late_headers_don_t_fit_into_the_buffer_then_it_grows()
    {
        string rest = new('v', ChunkPool.StandardBytes - ChunkFormat.HeaderBytes - 70);
        TestRecord[] records = [new("a", rest), new("b", "", 0, "header=" + new string('h', 100_000))];

        Assert.Equal(records, Read(TestRecord.Chunk(pool, 0, records), 0).Select(found => found.Record));
    }

    [Fact]
    public void When_a_chunk_has_enough_records_or_bytes_then_it_is_full()
    {
        var builder = new ChunkBuilder(pool, 0);
        for (int n = 0; n < ChunkBuilder.RecordsMax; n++)
        {
            Assert.False(builder.IsFull);
            builder.Append([], false, [], false, 0);
            Assert.Equal(n + 1, builder.Records);
        }

        Assert.True(builder.IsFull);
        builder.Discard();
        Assert.False(builder.IsFull);
        builder.Append([], false, new byte[ChunkBuilder.BytesMax], true, 0);
        Assert.True(builder.IsFull);
        Assert.True(builder.Bytes > ChunkBuilder.BytesMax);
    }

    [Fact]
    public void When_nothing_was_appended_then_there_is_no_chunk()
    {
        var builder = new ChunkBuilder(pool, 0);

        Assert.Null(builder.Take());
        builder.Discard();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void When_a_builder_goes_on_after_a_chunk_then_the_next_one_begins_anew()
    {
        var builder = new ChunkBuilder(pool, 0);
        new TestRecord("a", "with headers", 7, "h=v").AppendTo(builder);
        Chunk first = builder.Take()!;
        new TestRecord("b", "without", -7).AppendTo(builder);

        Chunk second = builder.Take()!;

        Assert.Equal([new TestRecord("a", "with headers", 7, "h=v")], Read(first, 0).Select(found => found.Record));
        Assert.Equal([new TestRecord("b", "without", -7)], Read(second, 0).Select(found => found.Record));
        Assert.Equal(0, second.Flags);
    }

    [Fact]
    public void When_records_are_taken_out_then_the_others_keep_their_offsets() =>
        Gen.Select(Generators.Record.Array[1, 40], Gen.Bool.Array[40], Gen.Bool.Array[40]).Sample(
            (records, keptFirst, keptThen) =>
            {
                Chunk chunk = TestRecord.Chunk(pool, 5, records);
                chunk.BaseOffset = 100;

                Chunk? once = Rewrite(chunk, keptFirst);
                Check(chunk, once, records, n => keptFirst[n]);
                if (once is null) return;

                Chunk? twice = Rewrite(once, keptThen);
                Check(chunk, twice, records, n => keptFirst[n] && keptThen[n]);
                once.Release();
                twice?.Release();
            },
            iter: PropertyRuns.Of(500));

    private static void Check(Chunk original, Chunk? rewritten, TestRecord[] records, Func<int, bool> stays)
    {
        (long Offset, TestRecord Record)[] expected = [.. records.Select((record, n) => (100L + n, record)).Where((_, n) => stays(n))];
        Assert.Equal(expected.Length == 0, rewritten is null);
        if (rewritten is null) return;
        Assert.Equal(expected, TestRecord.In(rewritten));
        Assert.Equal((5, 100L, original.NextOffset), (rewritten.Partition, rewritten.BaseOffset, rewritten.NextOffset));
        Assert.Equal(expected.Max(found => found.Record.Timestamp), rewritten.MaxTimestamp);
    }

    private Chunk? Rewrite(Chunk chunk, bool[] kept) => ChunkRewriter.Rewrite(chunk, pool, (ref ChunkReader reader) => kept[reader.Offset - 100]);

    private static (long Offset, TestRecord Record)[] Read(Chunk chunk, long baseOffset)
    {
        chunk.BaseOffset = baseOffset;
        return [.. TestRecord.In(chunk)];
    }
}
