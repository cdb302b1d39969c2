using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

/// <summary>Chunks of records that have their offsets already, as those of a topic that was read.</summary>
public class ChunkTests_Offsets
{
    private readonly ChunkPool pool = new();

    [Fact]
    public void When_offsets_have_gaps_then_each_record_is_read_at_its_own() => Gen.Select(
        Generators.Record.Array[1, 60], Gen.Frequency((3, Gen.Const(1)), (1, Gen.Int[1, 100_000])).Array[60], Gen.Long[0, 1L << 50], Gen.Int[1, 200_000]).Sample(
        (records, gaps, first, expected) =>
        {
            var builder = new ChunkBuilder(pool, 3) { ExpectedBytes = expected };
            var offsets = new List<long>();
            for (int n = 0; n < records.Length; n++)
            {
                offsets.Add(n == 0 ? first : offsets[^1] + gaps[n]);
                Append(builder, offsets[n], records[n]);
            }

            bool dense = offsets[^1] - first == records.Length - 1;
            Assert.Equal(dense, builder.IsDense);
            Chunk chunk = builder.Take()!;
            Assert.Equal(offsets.Zip(records), TestRecord.In(chunk));
            Assert.Equal((first, offsets[^1] + 1, records.Length), (chunk.BaseOffset, chunk.NextOffset, chunk.Records));
            chunk.Release();
        },
        iter: PropertyRuns.Of(500));

    [Fact]
    public void When_a_record_does_not_lie_behind_the_last_then_the_chunk_can_t_take_it()
    {
        var builder = new ChunkBuilder(pool, 0);
        Append(builder, 100, new TestRecord("a", "b"));
        foreach (long offset in new[] { 99L, 100, 100L + int.MaxValue })
        {
            Assert.False(builder.CanTake(offset));
            Assert.Throws<ArgumentOutOfRangeException>(() => Append(builder, offset, new TestRecord("c", "d")));
        }

        Append(builder, 99L + int.MaxValue, new TestRecord("e", "f"));
        Assert.Equal([100, 99L + int.MaxValue], TestRecord.In(builder.Take()!).Select(found => found.Offset));
    }

    [Fact]
    public void When_a_chunk_is_expected_to_be_short_then_it_takes_little_memory_and_grows_if_it_is_not()
    {
        var builder = new ChunkBuilder(pool, 0) { ExpectedBytes = 100 };
        Append(builder, 0, new TestRecord("a", "b"));
        Chunk brief = builder.Take()!;
        Assert.InRange(brief.Buffer.Length, 1, 16 * 1024);

        TestRecord[] many = [.. Enumerable.Range(0, 2000).Select(n => new TestRecord($"{n}", new string('x', 40), n))];
        for (int n = 0; n < many.Length; n++) Append(builder, n, many[n]);
        Chunk grown = builder.Take()!;
        Assert.Equal(many, TestRecord.In(grown).Select(found => found.Record));
        Assert.Equal(ChunkPool.StandardBytes, grown.Buffer.Length);
    }

    private static void Append(ChunkBuilder builder, long offset, TestRecord record) => builder.Append(
        offset,
        System.Text.Encoding.Latin1.GetBytes(record.Key ?? ""),
        record.Key is not null,
        System.Text.Encoding.Latin1.GetBytes(record.Value ?? ""),
        record.Value is not null,
        record.Timestamp,
        TestRecord.HeadersOf(record.Headers));
}
