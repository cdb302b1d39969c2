using StreamEngine.Log.Rocks;

namespace StreamEngine.Log;

/// <summary>
/// Something to be written by the committer. It is staged into the batch of its group, and applied to memory once that is durable.
/// </summary>
/// <remarks>
/// <see cref="Stage"/> first checks and then writes, and never throws after its first write: an exception leaves the request out of the
/// group and goes to whoever waits for it.
/// </remarks>
internal abstract class LogWrite
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the write is durable, or refused.</summary>
    public Task Done => done.Task;

    /// <summary>Whether it may share a batch with others; if not, it sees all that came before it applied.</summary>
    public virtual bool IsGrouped => false;

    /// <summary>About how many bytes it adds to the batch.</summary>
    public virtual long Bytes => 0;

    /// <summary>Checks, and puts the writes into the batch. Called on the committer's thread.</summary>
    public abstract void Stage(LogTransaction transaction);

    /// <summary>The batch is durable. Called on the committer's thread.</summary>
    public virtual void Apply()
    {
    }

    public void Complete()
    {
        Release();
        done.TrySetResult();
    }

    public void Fail(Exception error)
    {
        Release();
        done.TrySetException(error);
    }

    /// <summary>Gives up what the write holds; it is durable, or never will be. Called once.</summary>
    protected virtual void Release()
    {
    }
}

/// <summary>A write that is two functions.</summary>
internal sealed class SingleWrite(Action<LogTransaction> stage, Action? apply = null) : LogWrite
{
    public override void Stage(LogTransaction transaction) => stage(transaction);

    public override void Apply() => apply?.Invoke();
}

/// <summary>The batch that a group of writes shares, and the partitions it changes.</summary>
internal sealed class LogTransaction(RocksDatabase db, LogCatalog catalog) : IDisposable
{
    private readonly List<PartitionState> changed = [];
    private readonly byte[] chunkKey = new byte[LogLayout.ChunkKeyBytes];
    private readonly byte[] chunkPrefix = new byte[LogLayout.ChunkPrefixBytes];

    public RocksDatabase Database => db;

    public LogCatalog Catalog => catalog;

    public RocksBatch Batch { get; } = db.NewBatch();

    /// <summary>Gives a chunk its offsets, and writes it.</summary>
    public void Append(PartitionState partition, Records.Chunk chunk, long now)
    {
        PartitionRecord record = partition.Pending;
        chunk.BaseOffset = record.Next;
        LogLayout.WriteChunkKey(chunkKey, partition.Topic.Info.Number, partition.Number, record.Next);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(chunkPrefix, now);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(chunkPrefix.AsSpan(8), record.Appended);
        Batch.Put(LogLayout.Chunks, chunkKey, chunkPrefix, chunk.Encoded);
        Change(partition, record with { Next = record.Next + chunk.Offsets, Appended = record.Appended + chunk.Bytes });
    }

    /// <summary>Sets what a partition will be.</summary>
    public void Change(PartitionState partition, PartitionRecord record)
    {
        partition.Pending = record;
        if (partition.IsPending) return;
        partition.IsPending = true;
        changed.Add(partition);
    }

    /// <summary>Puts the changed partitions and the number of the commit into the batch.</summary>
    public void Finish(long commitNumber)
    {
        foreach (PartitionState partition in changed)
        {
            Batch.Put(LogLayout.Topics, LogLayout.PartitionKey(partition.Topic.Info.Number, partition.Number), partition.Pending.ToBytes());
        }

        Span<byte> number = stackalloc byte[8];
        BitConverter.TryWriteBytes(number, commitNumber);
        Batch.Put(LogLayout.Commits, LogLayout.CommitNumberKey, number);
    }

    /// <summary>The batch is durable: readers may see the partitions.</summary>
    public void Publish()
    {
        foreach (PartitionState partition in changed) partition.Publish();
        changed.Clear();
        Batch.Clear();
    }

    /// <summary>The batch was not written.</summary>
    public void Forget()
    {
        foreach (PartitionState partition in changed) partition.Forget();
        changed.Clear();
        Batch.Clear();
    }

    public void Dispose() => Batch.Dispose();
}
