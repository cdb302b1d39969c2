using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>A partition of the log in memory: chunks in the order of their offsets, none overlapping. Used under the log's lock.</summary>
internal sealed class MemoryPartition(MemoryTopic topic, int number)
{
    private readonly List<(Chunk Chunk, long AppendedAt)> chunks = [];
    private long first;
    private long next;
    private long bytes;

    public MemoryTopic Topic { get; } = topic;

    public int Number { get; } = number;

    public PartitionRange Range => new(first, next, bytes);

    /// <summary>Appends a copy of a chunk, since its owner uses the memory again.</summary>
    public void Append(Chunk chunk, long now)
    {
        chunks.Add((Chunk.Wrap(chunk.Encoded.ToArray(), Number, next), now));
        next += chunk.Offsets;
        bytes += chunk.Bytes;
    }

    /// <summary>The chunk that holds an offset, in memory of <paramref name="pool"/> and without the records before; null at the end.</summary>
    public Chunk? Read(long offset, ChunkPool pool, out long behind)
    {
        for (int index = IndexOf(offset); index < chunks.Count; index++)
        {
            Chunk stored = chunks[index].Chunk;
            behind = stored.NextOffset;
            if (stored.BaseOffset >= offset) return pool.Copy(stored.Encoded, Number, stored.BaseOffset);
            if (ChunkRewriter.Rewrite(stored, pool, (ref ChunkReader reader) => reader.Offset >= offset) is { } rest) return rest;
        }

        behind = next;
        return null;
    }

    public long OffsetAt(long timestamp)
    {
        foreach ((Chunk chunk, _) in chunks)
        {
            if (chunk.MaxTimestamp < timestamp) continue;
            var reader = new ChunkReader(chunk);
            while (reader.MoveNext())
            {
                if (reader.Timestamp >= timestamp) return reader.Offset;
            }
        }

        return next;
    }

    /// <summary>Removes the chunks that end at or before an offset.</summary>
    public void Purge(long before) => RemoveFirst(chunks.TakeWhile(entry => entry.Chunk.NextOffset <= before).Count());

    public void RemoveAppendedBefore(long time) => RemoveFirst(chunks.TakeWhile(entry => entry.AppendedAt < time).Count());

    public void RemoveBeyond(long bytesKept)
    {
        int removed = 0;
        for (long left = bytes; left > bytesKept; removed++) left -= chunks[removed].Chunk.Bytes;
        RemoveFirst(removed);
    }

    private void RemoveFirst(int count)
    {
        if (count == 0) return;
        first = chunks[count - 1].Chunk.NextOffset;
        bytes -= chunks.Take(count).Sum(entry => (long)entry.Chunk.Bytes);
        chunks.RemoveRange(0, count);
    }

    /// <summary>Where the chunk stands that ends behind an offset, found by halving.</summary>
    private int IndexOf(long offset)
    {
        int low = 0, high = chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (chunks[middle].Chunk.NextOffset <= offset) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
