using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace StreamEngine.Records;

/// <summary>
/// The bytes of a chunk, on disk as in memory. What reaches disk is frozen: a change of layout takes a new <see cref="Version"/>.
/// </summary>
/// <remarks>
/// <code>
///  0  version (1)   1  flags   2  zero (2)   4  records   8  offsets covered   12  bytes of records   16  base timestamp   24  largest timestamp
/// 32  records, each:  key length + 1 | value length + 1 | timestamp - base, zigzag [| offset - base] [| header bytes, headers] | key | value
/// </code>
/// Numbers in the header are little-endian; lengths in records are varints, and 0 stands for null. Offsets are written only where
/// compaction left gaps (<see cref="SparseOffsets"/>), headers only where a record of the chunk has some (<see cref="WithHeaders"/>).
/// </remarks>
internal static class ChunkFormat
{
    /// <summary>The only version there is so far.</summary>
    public const byte Version = 1;

    /// <summary>Bytes before the first record.</summary>
    public const int HeaderBytes = 32;

    /// <summary>Flag: each record carries its offset, relative to the chunk's.</summary>
    public const byte SparseOffsets = 1;

    /// <summary>Flag: each record carries a block of headers, which may be empty.</summary>
    public const byte WithHeaders = 2;

    /// <summary>All flags there are; a chunk with another one is not of this version.</summary>
    public const byte KnownFlags = SparseOffsets | WithHeaders;

    /// <summary>The fewest bytes of a record: two lengths and a time.</summary>
    public const int RecordBytesMin = 3;

    /// <summary>The most bytes of a varint of 32 bits.</summary>
    public const int VarintBytesMax = 5;

    /// <summary>The most bytes of a varint of 64 bits.</summary>
    public const int LongVarintBytesMax = 10;

    /// <summary>The most bytes a record takes besides key, value and headers.</summary>
    public const int RecordOverheadMax = (4 * VarintBytesMax) + LongVarintBytesMax;

    /// <summary>Writes the header over the first bytes of <paramref name="buffer"/>.</summary>
    public static void WriteHeader(Span<byte> buffer, byte flags, int records, int offsets, int bytes, long baseTimestamp, long maxTimestamp)
    {
        buffer[0] = Version;
        buffer[1] = flags;
        buffer[2] = 0;
        buffer[3] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], records);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[8..], offsets);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[12..], bytes);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], baseTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], maxTimestamp);
    }

    /// <summary>Writes a varint at <paramref name="at"/>, and returns where it ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteVarint(Span<byte> buffer, int at, uint value)
    {
        while (value >= 0x80)
        {
            buffer[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[at++] = (byte)value;
        return at;
    }

    /// <summary>Writes a signed number as a zigzag varint, and returns where it ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteZigzag(Span<byte> buffer, int at, long value)
    {
        ulong bits = (ulong)((value << 1) ^ (value >> 63));
        while (bits >= 0x80)
        {
            buffer[at++] = (byte)(bits | 0x80);
            bits >>= 7;
        }

        buffer[at++] = (byte)bits;
        return at;
    }

    /// <summary>Reads a varint, and moves <paramref name="at"/> behind it.</summary>
    /// <exception cref="CorruptedChunkException">It has more bytes than a number of 32 bits.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadVarint(ReadOnlySpan<byte> buffer, ref int at)
    {
        uint first = buffer[at];
        if (first < 0x80)
        {
            at++;
            return first;
        }

        return ReadLongVarint(buffer, ref at);
    }

    /// <summary>Reads a zigzag varint, and moves <paramref name="at"/> behind it.</summary>
    /// <exception cref="CorruptedChunkException">It has more bytes than a number of 64 bits.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ReadZigzag(ReadOnlySpan<byte> buffer, ref int at)
    {
        ulong bits = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = buffer[at++];
            bits |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return (long)(bits >> 1) ^ -(long)(bits & 1);
        }

        throw new CorruptedChunkException("a number has more than 64 bits");
    }

    private static uint ReadLongVarint(ReadOnlySpan<byte> buffer, ref int at)
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = buffer[at++];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new CorruptedChunkException("a length has more than 32 bits");
    }
}

/// <summary>The bytes of a chunk are not what its format says; the storage below it is damaged.</summary>
public sealed class CorruptedChunkException(string message, Exception? inner = null) : Exception(message, inner);
