using Npgsql;
using NpgsqlTypes;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql.PostgresServer;

/// <summary>The values of one column of many rows as one parameter, so that a statement takes thousands of rows.</summary>
internal abstract class PostgresArray<TRow>(string type)
{
    /// <summary>The type of the elements, as SQL has it.</summary>
    public string Type => type;

    /// <summary>The parameter with the values of rows.</summary>
    public abstract NpgsqlParameter Fill(IReadOnlyList<TRow> rows, int from, int count);
}

/// <summary>A column whose elements are of one type: the values' own, or its nullable.</summary>
internal sealed class PostgresArray<TRow, TStored, TElement>(
    Column<TRow, TStored> column, Func<TStored, TElement> element, string type, NpgsqlDbType dbType)
    : PostgresArray<TRow>(type)
{
    public override NpgsqlParameter Fill(IReadOnlyList<TRow> rows, int from, int count)
    {
        var values = new TElement[count];
        for (int n = 0; n < count; n++)
        {
            TRow row = rows[from + n];
            if (column.Get(ref row, out TStored value)) values[n] = element(value);
        }

        return new NpgsqlParameter<TElement[]> { TypedValue = values, NpgsqlDbType = dbType | NpgsqlDbType.Array };
    }
}

/// <summary>Makes arrays for columns.</summary>
internal sealed class PostgresArrays<TRow> : IColumnVisitor<TRow, PostgresArray<TRow>>
{
    private static readonly PostgresArrays<TRow> Instance = new();

    /// <summary>Arrays for columns, in their order.</summary>
    public static PostgresArray<TRow>[] Of(IEnumerable<Column<TRow>> columns) => [.. columns.Select(column => column.Accept(Instance))];

    public PostgresArray<TRow> Visit<TStored>(Column<TRow, TStored> column) => column switch
    {
        Column<TRow, bool> typed => Value(typed, NpgsqlDbType.Boolean),
        Column<TRow, short> typed => Value(typed, NpgsqlDbType.Smallint),
        Column<TRow, int> typed => Value(typed, NpgsqlDbType.Integer),
        Column<TRow, long> typed => Value(typed, NpgsqlDbType.Bigint),
        Column<TRow, float> typed => Value(typed, NpgsqlDbType.Real),
        Column<TRow, double> typed => Value(typed, NpgsqlDbType.Double),
        Column<TRow, decimal> typed => Value(typed, NpgsqlDbType.Numeric),
        Column<TRow, DateOnly> typed => Value(typed, NpgsqlDbType.Date),
        Column<TRow, TimeOnly> typed => Value(typed, NpgsqlDbType.Time),
        Column<TRow, DateTime> { Kind: ColumnKind.Instant } typed => Value(typed, NpgsqlDbType.TimestampTz),
        Column<TRow, DateTime> typed => Value(typed, NpgsqlDbType.Timestamp),
        Column<TRow, TimeSpan> typed => Value(typed, NpgsqlDbType.Interval),
        Column<TRow, Guid> typed => Value(typed, NpgsqlDbType.Uuid),
        Column<TRow, string> typed => new PostgresArray<TRow, string, string?>(typed, value => value, TypeOf(typed), NpgsqlDbType.Text),
        Column<TRow, byte[]> typed => new PostgresArray<TRow, byte[], byte[]?>(typed, value => value, TypeOf(typed), NpgsqlDbType.Bytea),
        _ => throw new InvalidOperationException($"no array for {typeof(TStored).Name}"),
    };

    private static PostgresArray<TRow> Value<T>(Column<TRow, T> column, NpgsqlDbType type)
        where T : struct => column.IsNullable
            ? new PostgresArray<TRow, T, T?>(column, value => value, TypeOf(column), type)
            : new PostgresArray<TRow, T, T>(column, value => value, TypeOf(column), type);

    private static string TypeOf(Column column) => PostgresDialect.Instance.TypeOf(column.Kind);
}
