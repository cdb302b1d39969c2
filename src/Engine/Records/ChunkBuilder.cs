using System.Runtime.CompilerServices;

namespace StreamEngine.Records;

/// <summary>
/// Fills chunks with records, for one partition or one source. Not thread-safe.
/// </summary>
/// <param name="pool">Where the chunks' memory comes from.</param>
/// <param name="partition">The partition of the chunks.</param>
public sealed class ChunkBuilder(ChunkPool pool, int partition)
{
    /// <summary>The most records of a chunk.</summary>
    public const int RecordsMax = 4096;

    /// <summary>A chunk with this many bytes is full; only a record larger than this makes a larger chunk.</summary>
    public const int BytesMax = ChunkPool.StandardBytes - 1024;

    private readonly ByteWriter keyScratch = new();
    private readonly ByteWriter valueScratch = new();
    private Chunk? chunk;
    private int at;
    private int records;
    private byte flags;
    private long baseOffset;
    private long lastOffset;
    private long baseTimestamp;
    private long minTimestamp;
    private long maxTimestamp;

    /// <summary>How many records the open chunk has.</summary>
    public int Records => records;

    /// <summary>How many bytes the open chunk has.</summary>
    public int Bytes => at;

    /// <summary>Whether the open chunk should be taken before the next record.</summary>
    public bool IsFull => records >= RecordsMax || at >= BytesMax;

    /// <summary>
    /// About how many bytes the next chunks will have, so that short ones don't take memory for long ones: less than that costs copies, more costs memory.
    /// </summary>
    public int ExpectedBytes { get; set; } = ChunkPool.StandardBytes;

    /// <summary>Whether the records of the open chunk lie without gaps, so that none carries its offset.</summary>
    public bool IsDense => (flags & ChunkFormat.SparseOffsets) == 0;

    /// <summary>Whether the open chunk can take a record at <paramref name="offset"/>: it lies behind the last, and not too far behind the first.</summary>
    public bool CanTake(long offset) => records == 0 || (offset > lastOffset && offset - baseOffset < int.MaxValue);

    /// <summary>Appends a record of bytes; a null <paramref name="value"/> is a tombstone.</summary>
    public void Append(ReadOnlySpan<byte> key, bool hasKey, ReadOnlySpan<byte> value, bool hasValue, long timestamp, RecordHeaders headers = default) =>
        Append(records == 0 ? 0 : lastOffset + 1, key, hasKey, value, hasValue, timestamp, headers);

    /// <summary>
    /// Appends a record that has an offset already; a null <paramref name="value"/> is a tombstone. The first gives the chunk its base; after a gap, each
    /// record of the chunk carries its offset.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The chunk can't take that offset (<see cref="CanTake"/>).</exception>
    /// <remarks>
    /// What runs for each record is compiled in full at its first call: behind the thousands of methods of a start it would wait for seconds to be optimized,
    /// which cost a copy between topics 5 to 10 % of its first ten.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Append(
        long offset, ReadOnlySpan<byte> key, bool hasKey, ReadOnlySpan<byte> value, bool hasValue, long timestamp, RecordHeaders headers = default)
    {
        byte form = flags;
        if (!headers.IsEmpty) form |= ChunkFormat.WithHeaders;
        if (records > 0 && offset != lastOffset + 1)
        {
            if (!CanTake(offset)) throw new ArgumentOutOfRangeException(nameof(offset), offset, $"the chunk holds offsets {baseOffset} to {lastOffset}");
            form |= ChunkFormat.SparseOffsets;
        }

        int need = ChunkFormat.RecordOverheadMax + key.Length + value.Length + headers.Bytes.Length;
        Prepare(need, offset, timestamp);
        if (form != flags) Rewrite(form, need);

        Span<byte> buffer = chunk!.Buffer;
        int i = at;
        i = ChunkFormat.WriteVarint(buffer, i, hasKey ? (uint)key.Length + 1 : 0);
        i = ChunkFormat.WriteVarint(buffer, i, hasValue ? (uint)value.Length + 1 : 0);
        i = ChunkFormat.WriteZigzag(buffer, i, timestamp - baseTimestamp);
        if ((form & ChunkFormat.SparseOffsets) != 0) i = ChunkFormat.WriteVarint(buffer, i, (uint)(offset - baseOffset));
        if ((form & ChunkFormat.WithHeaders) != 0)
        {
            i = ChunkFormat.WriteVarint(buffer, i, (uint)headers.Bytes.Length);
            headers.Bytes.CopyTo(buffer[i..]);
            i += headers.Bytes.Length;
        }

        key.CopyTo(buffer[i..]);
        i += key.Length;
        value.CopyTo(buffer[i..]);
        at = i + value.Length;
        lastOffset = offset;
        records++;
        if (timestamp > maxTimestamp) maxTimestamp = timestamp;
        if (timestamp < minTimestamp) minTimestamp = timestamp;
    }

    /// <summary>Appends a record, from the bytes it was read from where the serde's format is the same.</summary>
    internal void Append<TKey, TValue>(ref Record<TKey, TValue> record, ISerde<TKey>? keySerde, ISerde<TValue> valueSerde)
    {
        ReadOnlySpan<byte> key = keySerde is null ? default : Encode(ref record.KeyField, keySerde, keyScratch);
        ReadOnlySpan<byte> value = Encode(ref record.ValueField, valueSerde, valueScratch);
        Append(key, keySerde is not null && !record.KeyField.IsNull, value, !record.ValueField.IsNull, record.Timestamp, record.Headers);
    }

    /// <summary>Takes the chunk filled so far; null when it has no record.</summary>
    public Chunk? Take()
    {
        if (chunk is null) return null;
        Chunk taken = chunk;
        int count = records, length = at;
        byte form = flags;
        chunk = null;
        at = 0;
        records = 0;
        flags = 0;
        if (count == 0)
        {
            // Its first record failed for want of memory.
            taken.Release();
            return null;
        }

        ChunkFormat.WriteHeader(taken.Buffer, form, count, (int)(lastOffset - baseOffset) + 1, length - ChunkFormat.HeaderBytes, baseTimestamp, maxTimestamp);
        taken.Fill(length);
        taken.Partition = partition;
        taken.BaseOffset = baseOffset;
        taken.EarliestTimestamp = minTimestamp;
        return taken;
    }

    /// <summary>Gives the memory of an unfinished chunk back.</summary>
    public void Discard() => Take()?.Release();

    /// <summary>The bytes of a field: those it was read from, or what the serde makes of it.</summary>
    internal static ReadOnlySpan<byte> Encode<T>(scoped ref Field<T> field, ISerde<T> serde, ByteWriter scratch)
    {
        if (field.IsNull) return default;
        if (CanCopy(in field, serde)) return field.Bytes;
        scratch.Clear();
        serde.Serialize(field.Get(), scratch);
        return scratch.Written;
    }

    /// <summary>Whether the bytes a field was read from are what <paramref name="serde"/> would write.</summary>
    internal static bool CanCopy<T>(ref readonly Field<T> field, ISerde<T> serde) =>
        field.HasBytes && (ReferenceEquals(field.Serde, serde) || field.Serde!.Format == serde.Format);

    private void Prepare(int need, long offset, long timestamp)
    {
        if (chunk is null)
        {
            chunk = pool.Rent(Math.Max(Math.Min(ExpectedBytes, ChunkPool.StandardBytes), ChunkFormat.HeaderBytes + need));
            at = ChunkFormat.HeaderBytes;
            baseOffset = offset;
            baseTimestamp = timestamp;
            maxTimestamp = timestamp;
            minTimestamp = timestamp;
        }
        else if (chunk.Buffer.Length - at < need)
        {
            // To the usual size at once, so that a chunk grows once where it was expected to be short.
            chunk.Grow(Math.Max(checked(at + need), ChunkPool.StandardBytes));
        }
    }

    /// <summary>Gives the records so far what each has to have from here on: an empty block of headers, its offset.</summary>
    private void Rewrite(byte form, int need)
    {
        bool hadHeaders = (flags & ChunkFormat.WithHeaders) != 0, hadOffsets = (flags & ChunkFormat.SparseOffsets) != 0;
        flags = form;
        if (records == 0) return;
        byte[] old = chunk!.Buffer.AsSpan(0, at).ToArray();

        // An offset that wasn't written is the record's number, which takes two bytes at most; an empty block of headers takes one.
        chunk.Grow(Math.Max(chunk.Buffer.Length, checked(at + (records * 3) + need)));
        Span<byte> buffer = chunk.Buffer;
        int from = ChunkFormat.HeaderBytes, to = ChunkFormat.HeaderBytes;
        for (int n = 0; n < records; n++)
        {
            int begin = from;
            int key = (int)ChunkFormat.ReadVarint(old, ref from) - 1;
            int value = (int)ChunkFormat.ReadVarint(old, ref from) - 1;
            ChunkFormat.ReadZigzag(old, ref from);
            old.AsSpan(begin, from - begin).CopyTo(buffer[to..]);
            to += from - begin;
            uint offset = hadOffsets ? ChunkFormat.ReadVarint(old, ref from) : (uint)n;
            if ((form & ChunkFormat.SparseOffsets) != 0) to = ChunkFormat.WriteVarint(buffer, to, offset);
            uint headers = hadHeaders ? ChunkFormat.ReadVarint(old, ref from) : 0;
            if ((form & ChunkFormat.WithHeaders) != 0) to = ChunkFormat.WriteVarint(buffer, to, headers);
            int bytes = (int)headers + Math.Max(key, 0) + Math.Max(value, 0);
            old.AsSpan(from, bytes).CopyTo(buffer[to..]);
            from += bytes;
            to += bytes;
        }

        at = to;
    }
}
