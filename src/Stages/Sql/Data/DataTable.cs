using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql.Data;

/// <summary>A table whose rows come from records without a type of their own.</summary>
/// <param name="Options">The table.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Keys">The names of those that are its key; none for a table that rows are appended to.</param>
internal sealed record DataTable(TableOptions Options, IReadOnlyList<DataColumn> Columns, IReadOnlyList<string> Keys)
{
    /// <summary>Whether the key's columns come from the records' keys, so that a tombstone deletes its row.</summary>
    public bool IsKeyInRecordKey { get; init; }

    /// <summary>Whether a record with a field that no column takes is refused.</summary>
    public bool RefusesUnknown { get; init; }

    /// <summary>What records with such keys become in it.</summary>
    /// <exception cref="OptionException">The key is to come from the records' keys, and they have none.</exception>
    public TableShape<Row<TKey, DataObject>> ShapeOf<TKey>()
    {
        if (IsKeyInRecordKey && typeof(TKey) != typeof(DataObject))
        {
            throw new OptionException(
                "key-from", $"{Options.Description} takes its key ({string.Join(", ", Keys)}) from the records' keys, and the stream has none", Options.Advice.NoKeys) { NeedsKey = true };
        }

        // Columns of the key come first where they have a place of their own.
        var keys = new List<Column<Row<TKey, DataObject>>>();
        var all = new List<Column<Row<TKey, DataObject>>>();
        foreach (DataColumn column in Columns.OrderBy(column => IsKeyInRecordKey && !Keys.Contains(column.Name)))
        {
            bool isKey = Keys.Contains(column.Name);
            Column<Row<TKey, DataObject>> made = Make<TKey>(column, isKey && IsKeyInRecordKey);
            all.Add(made);
            if (isKey) keys.Add(made);
        }

        RowGuard<Row<TKey, DataObject>>? guard = null;
        if (RefusesUnknown)
        {
            var unknown = new UnknownFields(Options.Description, Columns.Select(column => column.From));
            guard = (ref Row<TKey, DataObject> row) => unknown.Check(row.Value);
        }

        return new(Options, all, [.. Keys.Select(key => keys.First(column => column.Name == key))], [], IsKeyInRecordKey) { Guard = guard };
    }

    private Column<Row<TKey, DataObject>> Make<TKey>(DataColumn column, bool isInKey)
    {
        DataPath path = column.From;
        bool isAlone = Keys.Count == 1;
        DataField<Row<TKey, DataObject>> read = isInKey
            ? (ref Row<TKey, DataObject> row) => PartOf((DataObject)(object)row.Key!, path, isAlone)
            : (ref Row<TKey, DataObject> row) => path.Get(row.Value);
        return (Column<Row<TKey, DataObject>>)column.Type.Accept(new DataColumnMaker<Row<TKey, DataObject>>(column, column.SpecOf(isInKey), Options.Point.Dialect, read));
    }

    /// <summary>What a column of the key gets of a record's key: a key that is a single value is itself the only part.</summary>
    private DataValue PartOf(DataObject key, DataPath path, bool isAlone)
    {
        if (!key.Shape.IsScalar) return path.Get(key);
        return isAlone
            ? key.Values[0]
            : throw new DataException($"the record's key is {DataText.Describe(key.Values[0])}, and the key of {Options.Description} has the columns {string.Join(", ", Keys)}: make the key an object with these fields");
    }
}
