using System.IO.Hashing;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>
/// One compaction of one partition: of each key only the last record stays, and a tombstone only for so long. Records keep their order
/// and their offsets.
/// </summary>
internal sealed class PartitionCompaction(EmbeddedLog log, ChunkStore chunks, PartitionState partition, EmbeddedLogOptions options)
{
    /// <summary>A partition is compacted when this much came since the last time, and as much as had stayed then.</summary>
    private const long DirtyBytesMin = 1L << 20;

    /// <summary>The most keys that one round remembers (about 100 MB); what lies behind is left to the next round.</summary>
    private const int KeysMax = 2_000_000;

    private readonly Dictionary<UInt128, long> lastOffsets = [];
    private readonly ChunkPool pool = new();

    /// <summary>Compacts the partition if enough has come.</summary>
    public void Run()
    {
        try
        {
            Compact();
        }
        catch (Exception e) when (e is OffsetOutOfRangeException or TopicException)
        {
            // Purged or deleted meanwhile: what was compacted so far stands, and the rest is for the next round.
        }
    }

    private void Compact()
    {
        PartitionRecord record = partition.Visible;
        TopicInfo topic = partition.Topic.Info;
        if (record.Next <= record.Cleaned) return;
        long cleanBytes = chunks.Find(topic, partition.Number, record.Cleaned) is { } place ? place.BytesBefore - record.Removed : 0;
        long dirtyBytes = record.Appended - record.Removed - Math.Max(cleanBytes, 0);
        if (dirtyBytes < Math.Max(DirtyBytesMin, cleanBytes)) return;

        long end = Remember(record);
        Rewrite(record.First, end);
        log.Committer.Write(transaction =>
        {
            if (!partition.Topic.IsDeleted) transaction.Change(partition, partition.Pending with { Cleaned = Math.Max(partition.Pending.Cleaned, end) });
        });
    }

    /// <summary>Notes the last offset of each key behind what is clean; returns how far that reached.</summary>
    private long Remember(PartitionRecord record)
    {
        long end = Math.Max(record.Cleaned, record.First);
        foreach (Chunk chunk in chunks.Scan(partition.Topic.Info, partition.Number, end, record.Next, pool))
        {
            var reader = new ChunkReader(chunk);
            while (reader.MoveNext())
            {
                if (reader.HasKey) lastOffsets[XxHash128.HashToUInt128(reader.Key)] = reader.Offset;
            }

            end = chunk.NextOffset;
            chunk.Release();
            if (lastOffsets.Count >= KeysMax) break;
        }

        return end;
    }

    private void Rewrite(long from, long end)
    {
        long keptSince = log.Clock.GetUtcNow().Subtract(options.TombstoneRetention).ToUnixTimeMilliseconds();
        foreach (Chunk chunk in chunks.Scan(partition.Topic.Info, partition.Number, from, end, pool))
        {
            if (chunks.Find(partition.Topic.Info, partition.Number, chunk.BaseOffset) is not { } place || place.Offset != chunk.BaseOffset)
            {
                chunk.Release();
                return;
            }

            bool dropTombstones = place.AppendedAt < keptSince;
            int before = chunk.Records;
            Chunk? kept = ChunkRewriter.Rewrite(chunk, pool, (ref ChunkReader reader) => Stays(ref reader, dropTombstones));
            if (kept is null || kept.Records < before) Replace(chunk, place, kept);
            kept?.Release();
            chunk.Release();
        }
    }

    private bool Stays(ref ChunkReader reader, bool dropTombstones)
    {
        if (!reader.HasKey) return true;
        if (lastOffsets.TryGetValue(XxHash128.HashToUInt128(reader.Key), out long last) && last > reader.Offset) return false;
        return reader.HasValue || !dropTombstones;
    }

    private void Replace(Chunk old, ChunkPlace place, Chunk? kept) => log.Committer.Write(transaction =>
    {
        PartitionRecord record = partition.Pending;
        if (partition.Topic.IsDeleted || record.First > old.BaseOffset) return;
        byte[] key = LogLayout.ChunkKey(partition.Topic.Info.Number, partition.Number, old.BaseOffset);
        if (kept is null)
        {
            transaction.Batch.Delete(LogLayout.Chunks, key);
        }
        else
        {
            Span<byte> prefix = stackalloc byte[LogLayout.ChunkPrefixBytes];
            System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(prefix, place.AppendedAt);
            System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(prefix[8..], place.BytesBefore);
            transaction.Batch.Put(LogLayout.Chunks, key, prefix, kept.Encoded);
        }

        transaction.Change(partition, record with { Removed = record.Removed + old.Bytes - (kept?.Bytes ?? 0) });
    });
}
