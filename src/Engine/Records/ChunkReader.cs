using System.Runtime.CompilerServices;

namespace StreamEngine.Records;

/// <summary>
/// Walks over the records of a chunk without decoding them.
/// </summary>
public ref struct ChunkReader
{
    private readonly byte[] buffer;
    private readonly int end;
    private readonly bool sparse;
    private readonly bool withHeaders;
    private readonly long baseOffset;
    private readonly long endOffset;
    private readonly long baseTimestamp;
    private int next;
    private int left;
    private long offset;

    /// <summary>Stands before the first record of <paramref name="chunk"/>.</summary>
    public ChunkReader(Chunk chunk)
    {
        buffer = chunk.Buffer;
        end = chunk.Length;
        sparse = (chunk.Flags & ChunkFormat.SparseOffsets) != 0;
        withHeaders = (chunk.Flags & ChunkFormat.WithHeaders) != 0;
        baseOffset = chunk.BaseOffset;
        endOffset = chunk.NextOffset;
        baseTimestamp = chunk.BaseTimestamp;
        next = ChunkFormat.HeaderBytes;
        left = chunk.Records;
        offset = baseOffset - 1;
    }

    /// <summary>The current record's offset.</summary>
    public readonly long Offset => offset;

    /// <summary>The current record's event time, in milliseconds since 1970.</summary>
    public long Timestamp { get; private set; }

    /// <summary>Whether the current record has a key.</summary>
    public readonly bool HasKey => KeyLength >= 0;

    /// <summary>Whether the current record has a value; without, it is a tombstone.</summary>
    public readonly bool HasValue => ValueLength >= 0;

    /// <summary>The bytes of the current record's key; empty where it has none.</summary>
    public readonly ReadOnlySpan<byte> Key => HasKey ? buffer.AsSpan(KeyStart, KeyLength) : default;

    /// <summary>The bytes of the current record's value; empty where it has none.</summary>
    public readonly ReadOnlySpan<byte> Value => HasValue ? buffer.AsSpan(ValueStart, ValueLength) : default;

    /// <summary>The current record's headers.</summary>
    public RecordHeaders Headers { get; private set; }

    internal int KeyStart { get; private set; }

    internal int KeyLength { get; private set; }

    internal int ValueStart { get; private set; }

    internal int ValueLength { get; private set; }

    /// <summary>Moves to the next record; false when there is none.</summary>
    /// <exception cref="CorruptedChunkException">The bytes are not those of a chunk.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        if (left == 0)
        {
            if (next != end) throw new CorruptedChunkException($"a chunk has {end - next} bytes behind its last record");
            return false;
        }

        left--;
        int at = next;
        uint key, value, headers = 0;
        try
        {
            key = ChunkFormat.ReadVarint(buffer, ref at);
            value = ChunkFormat.ReadVarint(buffer, ref at);
            Timestamp = baseTimestamp + ChunkFormat.ReadZigzag(buffer, ref at);
            long previous = offset;
            offset = sparse ? baseOffset + ChunkFormat.ReadVarint(buffer, ref at) : offset + 1;
            if (sparse && (offset <= previous || offset >= endOffset)) throw new CorruptedChunkException("the offsets of a chunk are not in order");
            if (withHeaders) headers = ChunkFormat.ReadVarint(buffer, ref at);
        }
        catch (IndexOutOfRangeException e)
        {
            throw new CorruptedChunkException("a chunk ends inside a record", e);
        }

        // In 64 bits, since lengths that are not what was written add up to anything.
        long keyStart = (long)at + headers;
        long valueStart = keyStart + Math.Max((long)key - 1, 0);
        long behind = valueStart + Math.Max((long)value - 1, 0);
        if (behind > end) throw new CorruptedChunkException("a record reaches beyond its chunk");
        Headers = headers == 0 ? default : new RecordHeaders(buffer, at, (int)headers);
        KeyStart = (int)keyStart;
        KeyLength = (int)key - 1;
        ValueStart = (int)valueStart;
        ValueLength = (int)value - 1;
        next = (int)behind;
        return true;
    }

    /// <summary>The current record, its fields still bytes.</summary>
    internal readonly Record<TKey, TValue> Record<TKey, TValue>(int source, int partition, ISerde<TKey> keySerde, ISerde<TValue> valueSerde) => new(
        !HasKey ? default : new Field<TKey>(buffer, KeyStart, KeyLength, keySerde),
        HasValue ? new Field<TValue>(buffer, ValueStart, ValueLength, valueSerde) : default,
        Timestamp,
        new Origin(source, partition, offset),
        Headers);
}
