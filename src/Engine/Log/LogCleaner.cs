using StreamEngine.Contracts;
using StreamEngine.Diagnostics;

namespace StreamEngine.Log;

/// <summary>
/// Removes what the log need not keep: behind the readers of internal topics, by retention of time and size, and the superseded records
/// of compacted topics. On a thread of its own; what it writes goes through the committer like all else.
/// </summary>
internal sealed class LogCleaner : IDisposable
{
    private readonly EmbeddedLog log;
    private readonly ChunkStore chunks;
    private readonly EmbeddedLogOptions options;
    private readonly ManualResetEventSlim stop = new();
    private readonly Thread? thread;

    public LogCleaner(EmbeddedLog log, ChunkStore chunks, EmbeddedLogOptions options)
    {
        this.log = log;
        this.chunks = chunks;
        this.options = options;
        if (options.CleanInterval <= TimeSpan.Zero) return;
        thread = new Thread(Run) { IsBackground = true, Name = "log-cleaner", Priority = ThreadPriority.BelowNormal };
        thread.Start();
    }

    /// <summary>Removes the chunks that end at or before an offset.</summary>
    public void Purge(PartitionState partition, long before) => log.Committer.Write(transaction =>
    {
        PartitionRecord record = partition.Pending;
        if (partition.Topic.IsDeleted || before <= record.First) return;
        (long first, long bytesBefore) = before >= record.Next ? (record.Next, record.Appended) : Begin(partition, before, record.Removed);

        if (first <= record.First) return;
        CrashPoints.Pass(CrashPoints.Purge);
        uint topic = partition.Topic.Info.Number;
        transaction.Batch.DeleteRange(
            LogLayout.Chunks, LogLayout.ChunkKey(topic, partition.Number, record.First), LogLayout.ChunkKey(topic, partition.Number, first));
        transaction.Change(partition, record with { First = first, Removed = Math.Max(record.Removed, bytesBefore), Cleaned = Math.Max(record.Cleaned, first) });
    });

    /// <summary>Looks at all topics once.</summary>
    public void Clean()
    {
        foreach (TopicState topic in log.Catalog.Topics())
        {
            foreach (PartitionState partition in topic.Partitions)
            {
                if (topic.IsDeleted || stop.IsSet) break;
                Retain(partition);
                if (topic.Info.Spec.Compacted) new PartitionCompaction(log, chunks, partition, options).Run();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Set();
        thread?.Join();
    }

    /// <summary>Where a partition begins that lets go of whole chunks before an offset, and the bytes it ever got before that.</summary>
    private (long First, long BytesBefore) Begin(PartitionState partition, long before, long bytesRemoved)
    {
        // Compaction leaves gaps: there may be no chunk before the offset, or one that ends before it.
        if (chunks.Find(partition.Topic.Info, partition.Number, before) is not { } place) return (before, bytesRemoved);
        return place.NextOffset <= before ? (before, place.BytesBehind) : (place.Offset, place.BytesBefore);
    }

    private void Retain(PartitionState partition)
    {
        TopicSpec spec = partition.Topic.Info.Spec;
        if (spec.RetentionTime is { } time)
        {
            long cutoff = log.Clock.GetUtcNow().Subtract(time).ToUnixTimeMilliseconds();
            Purge(partition, FirstKept(partition, place => place.AppendedAt >= cutoff));
        }

        if (spec.RetentionBytes is { } bytes)
        {
            long keptFrom = partition.Visible.Appended - bytes;
            Purge(partition, FirstKept(partition, place => place.BytesBefore >= keptFrom));
        }
    }

    /// <summary>
    /// Where the first chunk begins that is kept, found by halving: chunks that are kept follow those that are not. Compaction leaves
    /// gaps, so what is found may end before the middle, and there may be nothing before it.
    /// </summary>
    private long FirstKept(PartitionState partition, Func<ChunkPlace, bool> isKept)
    {
        PartitionRecord visible = partition.Visible;
        long low = visible.First, high = visible.Next;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            ChunkPlace? place = chunks.Find(partition.Topic.Info, partition.Number, middle);
            if (place is { } found && isKept(found)) high = found.Offset;
            else low = Math.Max(place?.NextOffset ?? 0, middle + 1);
        }

        return low;
    }

    private void Run()
    {
        while (!stop.Wait(options.CleanInterval))
        {
            try
            {
                Clean();
            }
            catch (Exception e)
            {
                // Nothing is lost by not removing; a damaged or full disk shows itself at the next commit or read, loudly.
                options.Logger.Warning(e, "retention and compaction of {Log} failed, they are tried again in {Interval}: {Error}", log.Path, options.CleanInterval, e.Message);
            }
        }
    }
}
