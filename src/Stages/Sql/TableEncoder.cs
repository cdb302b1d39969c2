using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Sql;

/// <summary>Makes rows of records, and finds those that the table can't take while they still are records with a place and a cause.</summary>
internal sealed class TableEncoder<TKey, TValue>(StreamShape<TKey, TValue> stream, TableShape<Row<TKey, TValue>> table, IStageContext context, IElementOutput output)
    : Operator<TKey, TValue>(context)
{
    private RowBatch<TKey, TValue>? batch;
    private Row<TKey, TValue> made;
    private int size;

    public override void OnBarrier(Epoch epoch) => Flush();

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        bool isDelete = record.IsTombstone;
        if (isDelete && !table.TakesTombstones) throw new SerdeException(Tombstone());
        if (table.TakesTombstones && !record.HasKey) throw new SerdeException($"the record has no key, and {table.Description} takes its key from there");
        TKey key = table.TakesTombstones ? stream.KeySerde.Detach(record.Key) : default!;
        made = new Row<TKey, TValue>(key, isDelete ? default! : stream.ValueSerde.Detach(record.Value), isDelete);
        size = table.Examine(ref made, isDelete);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        batch ??= new RowBatch<TKey, TValue>();
        batch.Add(made, size);
        if (batch.IsFull) Flush();
    }

    private void Flush()
    {
        if (batch is null) return;
        output.Emit(batch);
        batch = null;
    }

    private string Tombstone() => table.Keys.Count == 0
        ? $"the record is a tombstone, and rows are only appended to {table.Description}: {table.Options.Advice.TombstoneAppended}"
        : $"the record is a tombstone, which has no value to take the key of {table.Description} from: {table.Options.Advice.TombstoneKeyed(table.Keys.Select(key => key.Name))}";
}
