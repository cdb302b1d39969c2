using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql;

/// <summary>Collects the rows of an epoch in memory, of each key the last one. Nothing reaches the database before the commit.</summary>
internal sealed class TableWriter<TKey, TValue>(TableTarget<Row<TKey, TValue>> target) : ISinkWriter
{
    private readonly Dictionary<Row<TKey, TValue>, int>? places =
        target.Shape.Keys.Count == 0 ? null : new Dictionary<Row<TKey, TValue>, int>(new RowKeyComparer<Row<TKey, TValue>>(target.Shape.Keys));

    private List<Row<TKey, TValue>> rows = [];
    private List<Row<TKey, TValue>>? spare;
    private long bytes;
    private int deletes;

    public bool Blocks => false;

    public void Write(Element element)
    {
        var batch = (RowBatch<TKey, TValue>)element;
        bytes += batch.Bytes;
        foreach (ref readonly Row<TKey, TValue> row in batch.Rows) Add(row);
        batch.Release();
    }

    public SealedOutput? Seal(Epoch epoch)
    {
        if (rows.Count == 0) return null;
        List<Row<TKey, TValue>> deleted = [];
        if (deletes > 0)
        {
            deleted = rows.FindAll(row => row.IsDelete);
            rows.RemoveAll(row => row.IsDelete);
        }

        var output = new SealedRows<Row<TKey, TValue>>(target, rows, deleted, bytes, released => Volatile.Write(ref spare, released));
        rows = Interlocked.Exchange(ref spare, null) ?? [];
        places?.Clear();
        bytes = 0;
        deletes = 0;
        return output;
    }

    public void Dispose()
    {
    }

    private void Add(in Row<TKey, TValue> row)
    {
        if (row.IsDelete) deletes++;
        if (places is null || places.TryAdd(row, rows.Count)) rows.Add(row);
        else rows[places[row]] = row;
    }
}
