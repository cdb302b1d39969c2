using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql;

/// <summary>Refuses a row by a <see cref="SerdeException"/>.</summary>
internal delegate void RowGuard<TRow>(ref TRow row);

/// <summary>A table with its columns, and what rows of one type become in it.</summary>
/// <typeparam name="TRow">The type of the rows.</typeparam>
internal sealed class TableShape<TRow>
{
    private readonly bool[] isKey;
    private readonly (Column<TRow> Key, Column<TRow> Twin)[] twins;

    /// <param name="options">What its author says of it.</param>
    /// <param name="columns">All its columns, the key's first where it comes from the record's key.</param>
    /// <param name="keys">The key's columns; none for a table that rows are appended to.</param>
    /// <param name="twins">Columns of the key with properties of the same name, which must agree.</param>
    /// <param name="takesTombstones">Whether the key comes from the record's key, so that a tombstone can delete its row.</param>
    public TableShape(
        TableOptions options, IReadOnlyList<Column<TRow>> columns, IReadOnlyList<Column<TRow>> keys, IEnumerable<(Column<TRow> Key, Column<TRow> Twin)> twins, bool takesTombstones)
    {
        Options = options;
        Columns = columns;
        Keys = keys;
        this.twins = [.. twins];
        isKey = [.. columns.Select(keys.Contains)];
        TakesTombstones = takesTombstones;
    }

    public TableOptions Options { get; }

    public IReadOnlyList<Column<TRow>> Columns { get; }

    /// <summary>The key's columns; none for a table that rows are appended to.</summary>
    public IReadOnlyList<Column<TRow>> Keys { get; }

    /// <summary>Whether a tombstone deletes the row with the record's key.</summary>
    public bool TakesTombstones { get; }

    /// <summary>Looks at a row that is to be written before its columns are: says what else it can't have; null where there is nothing else.</summary>
    public RowGuard<TRow>? Guard { get; init; }

    /// <summary>The table, as messages name it.</summary>
    public string Description => Options.Description;

    /// <summary>The table's name as SQL has it.</summary>
    public string QuotedName => string.Join('.', Options.Name.Select(SqlDialect.Quote));

    /// <summary>Checks that the database can hold a row, and says about how many bytes of memory it takes.</summary>
    /// <exception cref="SerdeException">It can't; the message names the property.</exception>
    public int Examine(ref TRow row, bool isDelete)
    {
        int bytes = 32;
        if (!isDelete) Guard?.Invoke(ref row);
        IReadOnlyList<Column<TRow>> written = isDelete ? Keys : Columns;
        for (int n = 0; n < written.Count; n++) bytes += written[n].Examine(ref row, isDelete || isKey[n]);
        if (isDelete) return bytes;
        foreach ((Column<TRow> key, Column<TRow> twin) in twins)
        {
            if (!key.Agrees(twin, ref row)) throw new SerdeException($"{twin.Path} isn't what the record's key has for column {key.Name}: make them the same before the sink");
        }

        return bytes;
    }
}

/// <summary>Makes shapes of tables from the types of a stream.</summary>
internal static class TableShapes
{
    /// <summary>The shape of a table that records of these types are written to.</summary>
    /// <exception cref="EngineException">They don't fit what its author says of it.</exception>
    public static TableShape<Row<TKey, TValue>> Of<TKey, TValue>(TableOptions options)
    {
        (IReadOnlyList<ColumnSpec> specs, IReadOnlyList<string> keyNames) = options.ColumnsOf(typeof(TValue));
        List<Column<Row<TKey, TValue>>> values = [.. specs.Select(spec => ColumnCompiler.Compile<Row<TKey, TValue>>(spec, nameof(Row<TKey, TValue>.Value), options.Point.Dialect))];
        if (options.KeyNames is not { } names) return new(options, values, [.. keyNames.Select(name => values.First(column => column.Name == name))], [], takesTombstones: false);

        if (typeof(TKey) == typeof(NoKey))
        {
            throw new EngineException(
                ErrorDomain.User,
                $"{options.Description} takes its key ({string.Join(", ", names)}) from the records' keys, and the stream has none",
                options.Advice.NoKeys);
        }

        List<Column<Row<TKey, TValue>>> keys =
        [
            .. ColumnReader.OfKey(typeof(TKey), names).Select(spec => ColumnCompiler.Compile<Row<TKey, TValue>>(spec, nameof(Row<TKey, TValue>.Key), options.Point.Dialect)),
        ];
        var twins = new List<(Column<Row<TKey, TValue>>, Column<Row<TKey, TValue>>)>();
        foreach (Column<Row<TKey, TValue>> key in keys)
        {
            if (values.Find(column => column.Name.Equals(key.Name, StringComparison.OrdinalIgnoreCase)) is not { } twin) continue;
            if (twin.Kind != key.Kind)
            {
                throw new EngineException(
                    ErrorDomain.User,
                    $"column {key.Name} of {options.Description} is {key.Kind} in the records' keys and {twin.Kind} in {twin.Path}",
                    "Give the key column another name, or the property another type.");
            }

            values.Remove(twin);
            twins.Add((key, twin));
        }

        return new(options, [.. keys, .. values], keys, twins, takesTombstones: true);
    }
}
