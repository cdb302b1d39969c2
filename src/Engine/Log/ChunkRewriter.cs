using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>Makes chunks with fewer records, each record keeping its offset.</summary>
internal static class ChunkRewriter
{
    /// <summary>Whether the record that the reader stands on stays.</summary>
    public delegate bool Keep(ref ChunkReader reader);

    /// <summary>
    /// A chunk with the records of <paramref name="chunk"/> that stay, covering the same offsets; null when none stays.
    /// </summary>
    /// <exception cref="CorruptedChunkException">The bytes are not those of a chunk.</exception>
    public static Chunk? Rewrite(Chunk chunk, ChunkPool pool, Keep keep)
    {
        Chunk made = pool.Rent(chunk.Length + (chunk.Records * ChunkFormat.VarintBytesMax));
        bool any = false;
        try
        {
            any = Fill(made, chunk, keep);
        }
        finally
        {
            if (!any) made.Release();
        }

        return any ? made : null;
    }

    private static bool Fill(Chunk made, Chunk chunk, Keep keep)
    {
        Span<byte> buffer = made.Buffer;
        bool withHeaders = (chunk.Flags & ChunkFormat.WithHeaders) != 0;
        int at = ChunkFormat.HeaderBytes, records = 0;
        long maxTimestamp = long.MinValue;
        var reader = new ChunkReader(chunk);
        while (reader.MoveNext())
        {
            if (!keep(ref reader)) continue;
            at = ChunkFormat.WriteVarint(buffer, at, (uint)(reader.KeyLength + 1));
            at = ChunkFormat.WriteVarint(buffer, at, (uint)(reader.ValueLength + 1));
            at = ChunkFormat.WriteZigzag(buffer, at, reader.Timestamp - chunk.BaseTimestamp);
            at = ChunkFormat.WriteVarint(buffer, at, (uint)(reader.Offset - chunk.BaseOffset));
            if (withHeaders)
            {
                at = ChunkFormat.WriteVarint(buffer, at, (uint)reader.Headers.Bytes.Length);
                reader.Headers.Bytes.CopyTo(buffer[at..]);
                at += reader.Headers.Bytes.Length;
            }

            reader.Key.CopyTo(buffer[at..]);
            at += reader.Key.Length;
            reader.Value.CopyTo(buffer[at..]);
            at += reader.Value.Length;
            records++;
            maxTimestamp = Math.Max(maxTimestamp, reader.Timestamp);
        }

        if (records == 0) return false;
        byte flags = (byte)(chunk.Flags | ChunkFormat.SparseOffsets);
        ChunkFormat.WriteHeader(buffer, flags, records, chunk.Offsets, at - ChunkFormat.HeaderBytes, chunk.BaseTimestamp, maxTimestamp);
        made.Fill(at);
        made.Partition = chunk.Partition;
        made.BaseOffset = chunk.BaseOffset;
        return true;
    }
}
