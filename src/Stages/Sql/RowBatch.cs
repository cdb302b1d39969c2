using System.Buffers;
using StreamEngine.Records;

namespace StreamEngine.Sql;

/// <summary>Rows on their way from a task's segment to the writer of its table.</summary>
internal sealed class RowBatch<TKey, TValue> : Element
{
    /// <summary>The most rows of a batch.</summary>
    public const int RowsMax = 512;

    private Row<TKey, TValue>[] rows = ArrayPool<Row<TKey, TValue>>.Shared.Rent(RowsMax);
    private int count;
    private int bytes;
    private int holds = 1;

    public override int Records => count;

    public override int Bytes => bytes;

    public bool IsFull => count == RowsMax;

    public Span<Row<TKey, TValue>> Rows => rows.AsSpan(0, count);

    /// <summary>Appends a row of about so many bytes.</summary>
    public void Add(in Row<TKey, TValue> row, int size)
    {
        rows[count++] = row;
        bytes += size;
    }

    public override void Retain() => Interlocked.Increment(ref holds);

    public override void Release()
    {
        if (Interlocked.Decrement(ref holds) > 0) return;
        ArrayPool<Row<TKey, TValue>>.Shared.Return(rows, clearArray: true);
        rows = [];
        count = 0;
    }
}
