using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql.SqliteFiles;

/// <summary>Tables as SQLite has them.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    public static readonly SqliteDialect Instance = new();

    private static readonly Func<string, string?> CheckText = text => TextCheck.IsUnicode(text) ? null : TextCheck.Problem;
    private static readonly Func<double, string?> CheckDouble = value => double.IsNaN(value) ? NotANumber : null;
    private static readonly Func<float, string?> CheckSingle = value => float.IsNaN(value) ? NotANumber : null;

    private static readonly Func<decimal, string?> CheckDecimal = value => SqliteDecimal.IsExact(value)
        ? null
        : $"{value} has more digits than a number of SQLite keeps: declare the column TEXT, which keeps every digit, or round before the sink";

    private const string NotANumber = "NaN is kept as NULL by SQLite: make it null, or leave the record out before the sink";

    public override string Name => "SQLite";

    public override long TicksKept => 1;

    protected override int NameBytesMax => 128;

    public override string TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Boolean or ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 => "INTEGER",
        ColumnKind.Single or ColumnKind.Double => "REAL",
        ColumnKind.Decimal => "NUMERIC",
        ColumnKind.Bytes => "BLOB",
        _ => "TEXT",
    };

    public override Func<TStored, string?>? CheckOf<TStored>(ColumnSpec column)
    {
        object? check = column.Kind switch
        {
            ColumnKind.Text => CheckText,
            ColumnKind.Double => CheckDouble,
            ColumnKind.Single => CheckSingle,
            ColumnKind.Decimal when !IsText(column.DeclaredType) => CheckDecimal,
            _ => null,
        };
        return (Func<TStored, string?>?)check;
    }

    /// <summary>Whether SQLite keeps what is written to a column of that type as text.</summary>
    public static bool IsText(string? declared) => declared is not null && SqliteAffinity.Of(declared) == SqliteAffinity.Text;
}
