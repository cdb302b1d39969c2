using System.Buffers.Binary;
using StreamEngine.Contracts;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>
/// Reads chunks from a log's database: for readers, for the cleaner, and for whoever looks at a log that another process writes.
/// </summary>
internal sealed class ChunkStore(RocksDatabase db, string path)
{
    /// <summary>
    /// Reads the chunk that holds <paramref name="offset"/>, or the first behind it, without the records before the offset.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="end">What lies here and behind is not to be read.</param>
    /// <param name="pool">Where the chunk's memory comes from.</param>
    /// <param name="next">Where reading goes on.</param>
    /// <returns>Null when nothing is left before <paramref name="end"/>.</returns>
    /// <exception cref="OffsetOutOfRangeException">What lies there was removed in the meantime.</exception>
    /// <exception cref="TopicException">The topic was deleted in the meantime.</exception>
    /// <exception cref="LogDamagedException">What must be there is missing, or can't be read.</exception>
    public Chunk? Read(TopicInfo topic, int partition, long offset, long end, ChunkPool pool, out long next)
    {
        next = offset;
        if (offset >= end) return null;
        try
        {
            Span<byte> key = stackalloc byte[LogLayout.ChunkKeyBytes];
            LogLayout.WriteChunkKey(key, topic.Number, partition, offset);
            var target = new Target(pool, partition, offset);
            if (db.TryGet(LogLayout.Chunks, key, target, static (bytes, target) => target.Take(bytes)))
            {
                next = target.Chunk!.NextOffset;
                return target.Chunk;
            }

            return ReadNear(topic, partition, offset, end, pool, key, out next);
        }
        catch (RocksException e) when (e.IsCorruption)
        {
            throw LogDamagedException.At(path, e);
        }
        catch (CorruptedChunkException e)
        {
            throw new LogDamagedException($"the log in {path} is damaged: topic {topic.Name}, partition {partition}, near offset {offset}: {e.Message}", e);
        }
    }

    /// <summary>The chunk at or before <paramref name="offset"/>: where it begins, when it was appended, what the partition had got before it.</summary>
    public ChunkPlace? Find(TopicInfo topic, int partition, long offset)
    {
        using RocksCursor cursor = db.Scan(LogLayout.Chunks);
        if (!cursor.SeekLast(LogLayout.ChunkKey(topic.Number, partition, offset)) || !LogLayout.IsChunkOf(cursor.Key, topic.Number, partition)) return null;
        return ChunkPlace.Of(cursor);
    }

    /// <summary>Walks over the chunks of a partition from the one that begins at or behind <paramref name="from"/>.</summary>
    public IEnumerable<Chunk> Scan(TopicInfo topic, int partition, long from, long end, ChunkPool pool)
    {
        long next = from;
        while (next < end)
        {
            Chunk? chunk = Read(topic, partition, next, end, pool, out next);
            if (chunk is null) yield break;
            yield return chunk;
        }
    }

    private Chunk? ReadNear(TopicInfo topic, int partition, long offset, long end, ChunkPool pool, ReadOnlySpan<byte> key, out long next)
    {
        using RocksCursor cursor = db.Scan(LogLayout.Chunks);
        if (cursor.SeekLast(key) && LogLayout.IsChunkOf(cursor.Key, topic.Number, partition))
        {
            var before = new Target(pool, partition, LogLayout.OffsetOfChunkKey(cursor.Key));
            before.Take(cursor.Value);
            Chunk found = before.Chunk!;
            next = found.NextOffset;
            if (next > offset)
            {
                Chunk? rest;
                try
                {
                    rest = ChunkRewriter.Rewrite(found, pool, (ref ChunkReader reader) => reader.Offset >= offset);
                }
                finally
                {
                    found.Release();
                }

                return rest ?? Read(topic, partition, next, end, pool, out next);
            }

            found.Release();
        }

        if (cursor.Seek(key) && LogLayout.IsChunkOf(cursor.Key, topic.Number, partition) && LogLayout.OffsetOfChunkKey(cursor.Key) < end)
        {
            CheckGap(topic, partition, offset);
            var behind = new Target(pool, partition, LogLayout.OffsetOfChunkKey(cursor.Key));
            behind.Take(cursor.Value);
            next = behind.Chunk!.NextOffset;
            return behind.Chunk;
        }

        CheckGap(topic, partition, offset);
        next = end;
        return null;
    }

    /// <summary>
    /// Says why there is nothing at an offset. A purge and a deletion are in the database an instant before readers are told of them, so
    /// the database itself is asked: what they remove goes in one batch with what they note.
    /// </summary>
    private void CheckGap(TopicInfo topic, int partition, long offset)
    {
        if (db.Get(LogLayout.Topics, LogLayout.PartitionKey(topic.Number, partition)) is not { } bytes) throw new TopicException($"topic {topic.Name} was deleted");
        PartitionRecord record = PartitionRecord.Parse(bytes);
        if (offset < record.First) throw new OffsetOutOfRangeException(topic.Name, partition, offset, record.Range);
        if (topic.Spec.Compacted) return;
        throw new LogDamagedException($"the log in {path} is damaged: topic {topic.Name}, partition {partition}, has no records at offset {offset}");
    }

    /// <summary>Where a chunk that is read goes.</summary>
    private sealed class Target(ChunkPool pool, int partition, long offset)
    {
        public Chunk? Chunk { get; private set; }

        public void Take(ReadOnlySpan<byte> value)
        {
            if (value.Length < LogLayout.ChunkPrefixBytes) throw new CorruptedChunkException($"a chunk of {value.Length} bytes");
            Chunk = pool.Copy(value[LogLayout.ChunkPrefixBytes..], partition, offset);
        }
    }
}

/// <summary>Where a chunk lies.</summary>
/// <param name="Offset">The offset it begins with.</param>
/// <param name="NextOffset">The offset behind it.</param>
/// <param name="AppendedAt">When it was appended, in milliseconds since 1970.</param>
/// <param name="BytesBefore">How many bytes the partition had ever got before it.</param>
/// <param name="BytesBehind">The same with its own bytes.</param>
internal readonly record struct ChunkPlace(long Offset, long NextOffset, long AppendedAt, long BytesBefore, long BytesBehind)
{
    public static ChunkPlace Of(RocksCursor cursor)
    {
        long offset = LogLayout.OffsetOfChunkKey(cursor.Key);
        ReadOnlySpan<byte> value = cursor.Value;
        ReadOnlySpan<byte> chunk = value[LogLayout.ChunkPrefixBytes..];
        return new ChunkPlace(
            offset,
            offset + BinaryPrimitives.ReadInt32LittleEndian(chunk[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(value),
            BinaryPrimitives.ReadInt64LittleEndian(value[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(value[8..]) + chunk.Length);
    }
}
