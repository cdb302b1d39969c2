using System.Collections.Concurrent;

namespace StreamEngine.Records;

/// <summary>
/// A batch of typed records between two stages that can't be one loop: around a split, a merge or an asynchronous call, or from a
/// source that makes typed records. Its records may still be slices of a chunk, which the batch then holds.
/// </summary>
/// <remarks>Filled by one thread and then read by one at a time; the count of holds is thread-safe.</remarks>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed class Batch<TKey, TValue> : Element
{
    /// <summary>The most records of a batch, which keeps its array out of the large-object heap.</summary>
    public const int RecordsMax = 512;

    private readonly BatchPool<TKey, TValue> pool;
    private readonly Record<TKey, TValue>[] records = new Record<TKey, TValue>[RecordsMax];
    private Element? memory;
    private int count;
    private int bytes;
    private int holds = 1;

    internal Batch(BatchPool<TKey, TValue> pool) => this.pool = pool;

    /// <inheritdoc/>
    public override int Records => count;

    /// <inheritdoc/>
    public override int Bytes => bytes;

    /// <summary>Whether there is no room for one more record.</summary>
    public bool IsFull => count == RecordsMax;

    /// <summary>The records; decoding one in place is allowed, changing one is not.</summary>
    public Span<Record<TKey, TValue>> Span => records.AsSpan(0, count);

    /// <summary>Appends a record.</summary>
    /// <param name="record">The record, which is copied; its memory must be the batch's own, or held by it (<see cref="Hold"/>).</param>
    /// <param name="size">About how many bytes it takes.</param>
    public void Add(in Record<TKey, TValue> record, int size)
    {
        records[count++] = record;
        bytes += size;
    }

    /// <summary>Keeps the element whose memory the records are slices of, until the batch is released.</summary>
    internal void Hold(Element owner)
    {
        if (ReferenceEquals(memory, owner)) return;
        if (memory is not null) throw new InvalidOperationException("a batch holds the memory of one element only");
        owner.Retain();
        memory = owner;
    }

    /// <inheritdoc/>
    public override void Retain()
    {
        if (Interlocked.Increment(ref holds) <= 1) throw new InvalidOperationException("a batch was retained after its last release");
    }

    /// <inheritdoc/>
    public override void Release()
    {
        int left = Interlocked.Decrement(ref holds);
        if (left < 0) throw new InvalidOperationException("a batch was released once too often");
        if (left > 0) return;
        memory?.Release();
        memory = null;
        Array.Clear(records, 0, count);
        count = 0;
        bytes = 0;
        pool.Return(this);
    }

    internal void Reuse() => holds = 1;
}

/// <summary>The batches that one stage of a task fills, kept for use again. Thread-safe.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed class BatchPool<TKey, TValue>
{
    private const int KeptMax = 32;
    private readonly ConcurrentQueue<Batch<TKey, TValue>> kept = new();
    private int outstanding;

    /// <summary>How many batches are out.</summary>
    public int Outstanding => Volatile.Read(ref outstanding);

    /// <summary>Hands out an empty batch.</summary>
    public Batch<TKey, TValue> Rent()
    {
        Interlocked.Increment(ref outstanding);
        if (!kept.TryDequeue(out Batch<TKey, TValue>? batch)) return new Batch<TKey, TValue>(this);
        batch.Reuse();
        return batch;
    }

    internal void Return(Batch<TKey, TValue> batch)
    {
        Interlocked.Decrement(ref outstanding);
        if (kept.Count < KeptMax) kept.Enqueue(batch);
    }
}
