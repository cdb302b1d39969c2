using System.Globalization;
using System.Text;
using SQLitePCL;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql.SqliteFiles;

/// <summary>Binds a column's value of a row to a parameter of a statement, without an object in between.</summary>
internal abstract class SqliteBinder<TRow>
{
    /// <summary>Binds.</summary>
    /// <returns>SQLite's result code.</returns>
    public abstract int Bind(sqlite3_stmt statement, int index, ref TRow row);
}

/// <inheritdoc/>
internal sealed class SqliteBinder<TRow, TStored>(ColumnGetter<TRow, TStored> get, SqliteBind<TStored> bind) : SqliteBinder<TRow>
{
    public override int Bind(sqlite3_stmt statement, int index, ref TRow row) =>
        get(ref row, out TStored value) ? bind(statement, index, value) : raw.sqlite3_bind_null(statement, index);
}

/// <summary>Binds a value.</summary>
internal delegate int SqliteBind<TStored>(sqlite3_stmt statement, int index, TStored value);

/// <summary>Makes binders for columns.</summary>
internal sealed class SqliteBinders<TRow> : IColumnVisitor<TRow, SqliteBinder<TRow>>
{
    private static readonly SqliteBinders<TRow> Instance = new();

    /// <summary>Binders for columns, in their order.</summary>
    public static SqliteBinder<TRow>[] Of(IEnumerable<Column<TRow>> columns) => [.. columns.Select(column => column.Accept(Instance))];

    public SqliteBinder<TRow> Visit<TStored>(Column<TRow, TStored> column) =>
        new SqliteBinder<TRow, TStored>(column.Get, (SqliteBind<TStored>)SqliteValues.BindOf(column.Kind, SqliteDialect.IsText(column.DeclaredType)));
}

/// <summary>How values of each kind are bound.</summary>
internal static class SqliteValues
{
    private const int StackMax = 512;
    private const int FormattedMax = 64;

    /// <summary>The binding of a kind.</summary>
    public static Delegate BindOf(ColumnKind kind, bool asText) => kind switch
    {
        ColumnKind.Boolean => new SqliteBind<bool>((statement, index, value) => raw.sqlite3_bind_int(statement, index, value ? 1 : 0)),
        ColumnKind.Int16 => new SqliteBind<short>((statement, index, value) => raw.sqlite3_bind_int(statement, index, value)),
        ColumnKind.Int32 => new SqliteBind<int>((statement, index, value) => raw.sqlite3_bind_int(statement, index, value)),
        ColumnKind.Int64 => new SqliteBind<long>((statement, index, value) => raw.sqlite3_bind_int64(statement, index, value)),
        ColumnKind.Single => new SqliteBind<float>((statement, index, value) => raw.sqlite3_bind_double(statement, index, value)),
        ColumnKind.Double => new SqliteBind<double>((statement, index, value) => raw.sqlite3_bind_double(statement, index, value)),
        ColumnKind.Decimal => asText ? new SqliteBind<decimal>((statement, index, value) => Format(statement, index, value, "")) : new SqliteBind<decimal>(Number),
        ColumnKind.Text => new SqliteBind<string>(Text),
        ColumnKind.Bytes => new SqliteBind<byte[]>((statement, index, value) =>
            value.Length == 0 ? raw.sqlite3_bind_zeroblob(statement, index, 0) : raw.sqlite3_bind_blob(statement, index, value)),
        ColumnKind.Date => new SqliteBind<DateOnly>((statement, index, value) => Format(statement, index, value, "yyyy-MM-dd")),
        ColumnKind.Time => new SqliteBind<TimeOnly>((statement, index, value) => Format(statement, index, value, "HH:mm:ss.FFFFFFF")),
        ColumnKind.DateTime or ColumnKind.Instant => new SqliteBind<DateTime>((statement, index, value) => Format(statement, index, value, "yyyy-MM-dd HH:mm:ss.FFFFFFF")),
        ColumnKind.Interval => new SqliteBind<TimeSpan>((statement, index, value) => Format(statement, index, value, "c")),
        ColumnKind.Guid => new SqliteBind<Guid>((statement, index, value) => Format(statement, index, value, "D")),
        _ => throw new InvalidOperationException($"no binding for {kind}"),
    };

    private static int Number(sqlite3_stmt statement, int index, decimal value) => SqliteDecimal.IsInteger(value)
        ? raw.sqlite3_bind_int64(statement, index, (long)value)
        : raw.sqlite3_bind_double(statement, index, (double)value);

    private static int Format<T>(sqlite3_stmt statement, int index, T value, string format)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[FormattedMax];
        if (!value.TryFormat(text, out int length, format, CultureInfo.InvariantCulture)) throw new InvalidOperationException($"{typeof(T).Name} is longer than {FormattedMax} bytes");
        return raw.sqlite3_bind_text(statement, index, text[..length]);
    }

    private static int Text(sqlite3_stmt statement, int index, string value)
    {
        // An empty span has no address, which SQLite would take for NULL.
        if (value.Length == 0) return raw.sqlite3_bind_text(statement, index, "");
        int bytesMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (bytesMax <= StackMax)
        {
            Span<byte> text = stackalloc byte[StackMax];
            return raw.sqlite3_bind_text(statement, index, text[..Encoding.UTF8.GetBytes(value, text)]);
        }

        byte[] rented = System.Buffers.ArrayPool<byte>.Shared.Rent(bytesMax);
        try
        {
            return raw.sqlite3_bind_text(statement, index, rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)));
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
