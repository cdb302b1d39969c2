using System.Buffers.Binary;

namespace StreamEngine.Records;

/// <summary>
/// A batch of encoded records of one partition, in order. The bytes don't change once the chunk is filled; its offset in the partition
/// stands beside them, since an appended chunk learns it only at the commit.
/// </summary>
/// <remarks>Filled by one thread and then only read; the count of holds is thread-safe.</remarks>
public sealed class Chunk : Element
{
    private readonly ChunkPool? pool;
    private int holds = 1;

    internal Chunk(ChunkPool? pool, byte[] buffer)
    {
        this.pool = pool;
        Buffer = buffer;
    }

    /// <summary>A chunk over bytes that no pool owns.</summary>
    internal static Chunk Wrap(byte[] buffer, int partition, long baseOffset)
    {
        var chunk = new Chunk(null, buffer) { Partition = partition, BaseOffset = baseOffset };
        chunk.Fill(buffer.Length);
        return chunk;
    }

    /// <summary>The partition it was read from, or goes to.</summary>
    public int Partition { get; internal set; }

    /// <summary>The number of the source it was read from, in its subgraph.</summary>
    public int Source { get; internal set; }

    /// <summary>The offset of the first of the offsets it covers; meaningless before an appended chunk is committed.</summary>
    public long BaseOffset { get; internal set; }

    /// <summary>The offset behind the last it covers.</summary>
    public long NextOffset => BaseOffset + Offsets;

    /// <inheritdoc/>
    public override int Records => BinaryPrimitives.ReadInt32LittleEndian(Buffer.AsSpan(4));

    /// <summary>How many offsets it covers: as many as records, or more where compaction took some out.</summary>
    public int Offsets => BinaryPrimitives.ReadInt32LittleEndian(Buffer.AsSpan(8));

    /// <summary>The largest event time in it, in milliseconds since 1970.</summary>
    public long MaxTimestamp => BinaryPrimitives.ReadInt64LittleEndian(Buffer.AsSpan(24));

    /// <inheritdoc/>
    public override int Bytes => Length;

    /// <summary>The encoded chunk, in the layout that the log stores.</summary>
    public ReadOnlySpan<byte> Encoded => Buffer.AsSpan(0, Length);

    /// <summary>A time before which none of its records lies; known of what was filled here, not of what was stored.</summary>
    internal long EarliestTimestamp { get; set; } = long.MinValue;

    internal byte[] Buffer { get; private set; }

    internal int Length { get; private set; }

    internal byte Flags => Buffer[1];

    internal long BaseTimestamp => BinaryPrimitives.ReadInt64LittleEndian(Buffer.AsSpan(16));

    /// <inheritdoc/>
    public override void Retain()
    {
        if (Interlocked.Increment(ref holds) <= 1) throw new InvalidOperationException("a chunk was retained after its last release");
    }

    /// <inheritdoc/>
    public override void Release()
    {
        int left = Interlocked.Decrement(ref holds);
        if (left < 0) throw new InvalidOperationException("a chunk was released once too often");
        if (left == 0) pool?.Return(this);
    }

    /// <summary>Makes room for <paramref name="bytes"/>, keeping what is there.</summary>
    internal void Grow(int bytes)
    {
        byte[] buffer = Buffer;
        Array.Resize(ref buffer, bytes);
        Buffer = buffer;
    }

    /// <summary>Says how many of the buffer's bytes are the chunk, and checks that its header says the same.</summary>
    /// <exception cref="CorruptedChunkException">The header contradicts the length, or itself.</exception>
    internal void Fill(int length)
    {
        Length = length;
        if (length < ChunkFormat.HeaderBytes) throw new CorruptedChunkException($"a chunk of {length} bytes has no header");
        if (Buffer[0] != ChunkFormat.Version)
        {
            throw new CorruptedChunkException($"a chunk has format {Buffer[0]}, this build reads {ChunkFormat.Version}");
        }

        int bytes = BinaryPrimitives.ReadInt32LittleEndian(Buffer.AsSpan(12));
        if (bytes != length - ChunkFormat.HeaderBytes)
        {
            throw new CorruptedChunkException($"a chunk of {length} bytes says that it has {bytes + (long)ChunkFormat.HeaderBytes}");
        }

        bool sparse = (Flags & ChunkFormat.SparseOffsets) != 0;
        if ((Flags & ~ChunkFormat.KnownFlags) != 0 || Buffer[2] != 0 || Buffer[3] != 0)
        {
            throw new CorruptedChunkException($"a chunk has the unknown flags {Convert.ToHexString(Buffer.AsSpan(1, 3))}");
        }

        if (Records < 1 || Records > bytes / ChunkFormat.RecordBytesMin || Offsets < Records || (Offsets > Records && !sparse))
        {
            throw new CorruptedChunkException($"a chunk of {length} bytes says that it has {Records} records at {Offsets} offsets");
        }
    }

    /// <summary>Takes the chunk into use again.</summary>
    internal void Reuse()
    {
        holds = 1;
        Length = 0;
        EarliestTimestamp = long.MinValue;
    }
}
