using StreamEngine.Contracts;
using StreamEngine.Records.Data;

namespace StreamEngine.Sql.Data;

/// <summary>A table as a sink of records without a type of their own, as <see cref="TableSink{TValue}"/> is of those with one.</summary>
internal sealed class DataTableSink(DataTable table) : ValueSinkDefinition<DataObject>
{
    public override SinkDefinition<TKey, DataObject> For<TKey>() => new TableSink<TKey, DataObject>(table.ShapeOf<TKey>());
}
