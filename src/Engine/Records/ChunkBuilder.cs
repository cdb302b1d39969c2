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
    private long baseTimestamp;
    private long maxTimestamp;

    /// <summary>How many records the open chunk has.</summary>
    public int Records => records;

    /// <summary>How many bytes the open chunk has.</summary>
    public int Bytes => at;

    /// <summary>Whether the open chunk should be taken before the next record.</summary>
    public bool IsFull => records >= RecordsMax || at >= BytesMax;

    /// <summary>Appends a record of bytes; a null <paramref name="value"/> is a tombstone.</summary>
    public void Append(ReadOnlySpan<byte> key, bool hasKey, ReadOnlySpan<byte> value, bool hasValue, long timestamp, RecordHeaders headers = default)
    {
        bool withHeaders = (flags & ChunkFormat.WithHeaders) != 0 || !headers.IsEmpty;
        int need = ChunkFormat.RecordOverheadMax + key.Length + value.Length + headers.Bytes.Length;
        Prepare(need, timestamp);
        if (withHeaders && (flags & ChunkFormat.WithHeaders) == 0) RewriteWithHeaders(need);

        Span<byte> buffer = chunk!.Buffer;
        int i = at;
        i = ChunkFormat.WriteVarint(buffer, i, hasKey ? (uint)key.Length + 1 : 0);
        i = ChunkFormat.WriteVarint(buffer, i, hasValue ? (uint)value.Length + 1 : 0);
        i = ChunkFormat.WriteZigzag(buffer, i, timestamp - baseTimestamp);
        if (withHeaders)
        {
            i = ChunkFormat.WriteVarint(buffer, i, (uint)headers.Bytes.Length);
            headers.Bytes.CopyTo(buffer[i..]);
            i += headers.Bytes.Length;
        }

        key.CopyTo(buffer[i..]);
        i += key.Length;
        value.CopyTo(buffer[i..]);
        at = i + value.Length;
        records++;
        if (timestamp > maxTimestamp) maxTimestamp = timestamp;
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

        ChunkFormat.WriteHeader(taken.Buffer, form, count, count, length - ChunkFormat.HeaderBytes, baseTimestamp, maxTimestamp);
        taken.Fill(length);
        taken.Partition = partition;
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

    private void Prepare(int need, long timestamp)
    {
        if (chunk is null)
        {
            chunk = pool.Rent(Math.Max(ChunkPool.StandardBytes, ChunkFormat.HeaderBytes + need));
            at = ChunkFormat.HeaderBytes;
            baseTimestamp = timestamp;
            maxTimestamp = timestamp;
        }
        else if (chunk.Buffer.Length - at < need)
        {
            chunk.Grow(checked(at + need));
        }
    }

    /// <summary>Gives the records so far an empty block of headers, since one with headers follows.</summary>
    private void RewriteWithHeaders(int need)
    {
        flags |= ChunkFormat.WithHeaders;
        if (records == 0) return;
        byte[] old = chunk!.Buffer.AsSpan(0, at).ToArray();
        chunk.Grow(Math.Max(chunk.Buffer.Length, at + records + need));
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
            buffer[to++] = 0;
            int bytes = Math.Max(key, 0) + Math.Max(value, 0);
            old.AsSpan(from, bytes).CopyTo(buffer[to..]);
            from += bytes;
            to += bytes;
        }

        at = to;
    }
}
