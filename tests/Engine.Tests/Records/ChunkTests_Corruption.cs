using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

/// <summary>Bytes that are not what was written give <see cref="CorruptedChunkException"/>, or other records, and nothing else ever.</summary>
public class ChunkTests_Corruption
{
    private readonly ChunkPool pool = new();

    [Fact]
    public void When_any_byte_is_any_other_then_the_chunk_is_read_or_said_to_be_corrupted()
    {
        TestRecord[] records = [new("key", "value", 5), new(null, "x", 900_000, "name=value;none"), new("", null), new("k", "v", -3, "a=;b=2")];
        foreach (byte[] bytes in (byte[][])[Encode(records), Encode(records[..1]), Sparse(records)])
        {
            for (int at = 0; at < bytes.Length; at++)
            {
                for (int value = 0; value < 256; value++)
                {
                    byte[] damaged = [.. bytes];
                    damaged[at] = (byte)value;
                    ReadAll(damaged);
                }
            }
        }
    }

    [Fact]
    public void When_a_chunk_is_cut_or_has_more_behind_it_then_it_is_corrupted()
    {
        byte[] bytes = Encode([new("key", "value", 5, "h=v"), new("key", "value")]);

        for (int length = 0; length < bytes.Length; length++) Assert.Throws<CorruptedChunkException>(() => Read(bytes[..length]));
        Assert.Throws<CorruptedChunkException>(() => Read([.. bytes, 0]));
        Assert.Equal(2, Read(bytes));
    }

    [Fact]
    public void When_bytes_are_changed_at_random_then_the_chunk_is_read_or_said_to_be_corrupted() =>
        Gen.Select(Generators.Record.Array[1, 30], Gen.Select(Gen.Int[0, 100_000], Gen.Byte).Array[1, 8], Gen.Bool, Gen.Int[0, 200]).Sample(
            (records, changes, sparse, cut) =>
            {
                byte[] bytes = sparse ? Sparse(records) : Encode(records);
                foreach ((int at, byte value) in changes) bytes[at % bytes.Length] = value;
                ReadAll(bytes);

                // Its length mended, so that the damage gets past the header.
                bytes = bytes[..Math.Max(bytes.Length - cut, ChunkFormat.HeaderBytes)];
                BitConverter.TryWriteBytes(bytes.AsSpan(12), bytes.Length - ChunkFormat.HeaderBytes);
                ReadAll(bytes);
            },
            iter: PropertyRuns.Of(5000),
            threads: 1);

    [Fact]
    public void When_bytes_are_pure_noise_then_the_chunk_is_read_or_said_to_be_corrupted() => Gen.Byte.Array[0, 200].Sample(
        noise =>
        {
            ReadAll(noise);
            byte flags = noise.Length > 0 ? (byte)(noise[0] & ChunkFormat.KnownFlags) : (byte)0;
            int records = 1 + (noise.Length / 8);
            ReadAll(WithRecords(noise, records, flags));
        },
        iter: PropertyRuns.Of(5000),
        threads: 1);

    [Theory]
    [InlineData("FFFFFFFF0F", "00")]
    [InlineData("8080808008", "00")]
    [InlineData("00", "FFFFFFFF0F")]
    [InlineData("FFFFFFFF0F", "FFFFFFFF0F")]
    [InlineData("FFFFFFFFFF", "00")]
    [InlineData("8080808010", "00")]
    public void When_a_length_is_beyond_all_bounds_then_the_chunk_is_corrupted(string key, string value)
    {
        byte[] record = [.. Convert.FromHexString(key), .. Convert.FromHexString(value), 0, .. new byte[100]];

        Assert.Throws<CorruptedChunkException>(() => Read(WithRecords(record, records: 1, flags: 0)));
    }

    [Fact]
    public void When_headers_have_a_length_beyond_all_bounds_then_the_chunk_is_corrupted()
    {
        byte[] behind = [1, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, .. new byte[50]];

        Assert.Throws<CorruptedChunkException>(() => Read(WithRecords(behind, records: 1, ChunkFormat.WithHeaders)));
    }

    [Theory]
    [InlineData("02 01 61 02 76 01", "a second header is missing")]
    [InlineData("01 05 61 02 76", "the name reaches beyond")]
    [InlineData("01 01 61 7F 76", "the value reaches beyond")]
    [InlineData("01 FFFFFFFF0F 61", "the name's length is beyond all bounds")]
    [InlineData("01 01 61 FFFFFFFF0F", "the value's length is beyond all bounds")]
    [InlineData("00 61", "something is behind")]
    [InlineData("FFFFFFFF0F", "there are too many")]
    [InlineData("01 01 61 80", "a length is cut")]
    public void When_a_block_of_headers_is_damaged_then_reading_it_says_so(string block, string why)
    {
        byte[] bytes = Convert.FromHexString(block.Replace(" ", "", StringComparison.Ordinal));
        var headers = new RecordHeaders([0xAA, .. bytes, 0x01, 0x01, 0x01], 1, bytes.Length);

        Assert.True(Record.Exception(() => TestRecord.Text(headers)) is CorruptedChunkException, why);
    }

    [Fact]
    public void When_a_chunk_says_that_it_has_very_many_records_then_nothing_is_asked_of_memory_for_them()
    {
        byte[] bytes = Encode([new("key", "value")]);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), int.MaxValue);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), int.MaxValue);

        Assert.Throws<CorruptedChunkException>(() => pool.Copy(bytes, 0, 0));
        Assert.Equal(0, pool.Outstanding);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void When_a_chunk_says_that_it_has_no_records_then_it_is_corrupted(int records)
    {
        byte[] bytes = Encode([new("key", "value")]);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), records);

        Assert.Throws<CorruptedChunkException>(() => Chunk.Wrap(bytes, 0, 0));
    }

    [Fact]
    public void When_a_chunk_is_of_another_version_then_the_error_says_which()
    {
        byte[] bytes = Encode([new("key", "value")]);
        bytes[0] = 2;

        Assert.Contains("format 2", Assert.Throws<CorruptedChunkException>(() => Chunk.Wrap(bytes, 0, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_sparse_offsets_go_back_or_too_far_then_the_chunk_is_corrupted()
    {
        foreach (byte[] offsets in (byte[][])[[1, 1], [1, 0], [0, 4]])
        {
            byte[] records = [1, 1, 0, offsets[0], 1, 1, 0, offsets[1]];

            Assert.Throws<CorruptedChunkException>(() => Read(WithRecords(records, records: 2, ChunkFormat.SparseOffsets, offsets: 4)));
        }

        Assert.Equal(2, Read(WithRecords([1, 1, 0, 1, 1, 1, 0, 3], records: 2, ChunkFormat.SparseOffsets, offsets: 4)));
    }

    private static byte[] WithRecords(byte[] bytes, int records, byte flags, int? offsets = null)
    {
        byte[] chunk = new byte[ChunkFormat.HeaderBytes + bytes.Length];
        ChunkFormat.WriteHeader(chunk, flags, records, offsets ?? records, bytes.Length, 0, 0);
        bytes.CopyTo(chunk, ChunkFormat.HeaderBytes);
        return chunk;
    }

    private static byte[] Encode(TestRecord[] records) => TestRecord.Chunk(new ChunkPool(), 0, records).Encoded.ToArray();

    private byte[] Sparse(TestRecord[] records)
    {
        Chunk? rewritten = ChunkRewriter.Rewrite(Chunk.Wrap(Encode(records), 0, 0), pool, (ref ChunkReader reader) => reader.Offset % 2 == 0);
        byte[] bytes = rewritten!.Encoded.ToArray();
        rewritten.Release();
        return bytes;
    }

    private void ReadAll(byte[] bytes)
    {
        try
        {
            Read(bytes);
        }
        catch (CorruptedChunkException)
        {
        }

        Assert.Equal(0, pool.Outstanding);
    }

    /// <summary>Reads all there is, in a buffer where other bytes lie behind, and rewrites it as readers of the middle do.</summary>
    private int Read(byte[] bytes)
    {
        Chunk chunk = pool.Copy(bytes, 0, 10);
        try
        {
            Assert.InRange(TestRecord.In(chunk).Count(), 1, bytes.Length);
            ChunkRewriter.Rewrite(chunk, pool, (ref ChunkReader reader) => reader.Offset > 10)?.Release();
            return chunk.Records;
        }
        finally
        {
            chunk.Release();
        }
    }
}
