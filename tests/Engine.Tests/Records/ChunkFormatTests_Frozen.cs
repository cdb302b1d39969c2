using StreamEngine.Conformance;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

public class ChunkFormatTests_Frozen
{
    private const string Version = "ChunkFormat.Version";

    // version, flags, zero | records | offsets | bytes | base timestamp | largest timestamp
    private const string PlainHeader = "01 00 0000  03000000 03000000 0F000000  E803000000000000 D007000000000000";

    private readonly ChunkPool pool = new();

    [Fact]
    public void When_a_chunk_is_plain_then_its_bytes_are_those_of_version_1() => Frozen.Equal(
        PlainHeader +
        "04 03 00 6B6579 7631" + // key+1, value+1, time 0, "key", "v1"
        "00 00 D00F" + // no key, tombstone, time +1000
        "01 01 01", // empty key, empty value, time -1
        TestRecord.Chunk(pool, 0, new("key", "v1", 1000), new(null, null, 2000), new("", "", 999)).Encoded,
        Version);

    [Fact]
    public void When_a_chunk_has_headers_then_its_bytes_are_those_of_version_1() => Frozen.Equal(
        "01 02 0000  02000000 02000000 1E000000  0000000000000000 0500000000000000" +
        "02 02 00 00 61 31" + // no headers
        "02 02 0A 12" + // 18 bytes of headers
        "03 05 74726163 65 02 37" + // three of them: trace=7
        "01 65 01" + // e, empty
        "04 6E6F6E65 00" + // none, null
        "62 32",
        TestRecord.Chunk(pool, 0, new("a", "1", 0), new("b", "2", 5, "trace=7;e=;none")).Encoded,
        Version);

    [Fact]
    public void When_a_chunk_has_gaps_then_its_bytes_are_those_of_version_1()
    {
        Chunk chunk = TestRecord.Chunk(pool, 0, new("a", "1", 5), new("b", "2", 9), new("c", "3", 7), new("d", "4", 8));

        Chunk sparse = ChunkRewriter.Rewrite(chunk, pool, (ref ChunkReader reader) => reader.Offset % 2 == 0)!;

        Frozen.Equal(
            "01 01 0000  02000000 04000000 0C000000  0500000000000000 0700000000000000" +
            "02 02 00 00 61 31" + // offset + 0
            "02 02 04 02 63 33", // offset + 2
            sparse.Encoded,
            Version);
    }

    [Fact]
    public void When_lengths_are_long_then_they_take_more_bytes_of_seven_bits()
    {
        Chunk chunk = TestRecord.Chunk(pool, 0, new TestRecord(new string('k', 127), new string('v', 20_000), 0));

        Frozen.Equal("8001 A19C01 00", chunk.Encoded.Slice(ChunkFormat.HeaderBytes, 6), Version);
    }

    [Fact]
    public void When_an_old_chunk_is_read_then_its_records_are_what_they_were()
    {
        byte[] bytes = Convert.FromHexString((PlainHeader + "04 03 00 6B6579 7631  00 00 D00F  01 01 01").Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal(
            [(7, new TestRecord("key", "v1", 1000)), (8, new TestRecord(null, null, 2000)), (9, new TestRecord("", "", 999))],
            TestRecord.In(Chunk.Wrap(bytes, 0, 7)));
    }
}
