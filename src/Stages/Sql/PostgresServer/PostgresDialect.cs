using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql.PostgresServer;

/// <summary>Tables as PostgreSQL has them.</summary>
internal sealed class PostgresDialect : SqlDialect
{
    public static readonly PostgresDialect Instance = new();

    private static readonly Func<string, string?> CheckText = text =>
        text.Contains('\0', StringComparison.Ordinal) ? "the text has a character 0, which PostgreSQL can't keep"
        : TextCheck.IsUnicode(text) ? null
        : TextCheck.Problem;

    public override string Name => "PostgreSQL";

    /// <summary>Microseconds.</summary>
    public override long TicksKept => TimeSpan.TicksPerMicrosecond;

    protected override int NameBytesMax => 63;

    public override string TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Boolean => "boolean",
        ColumnKind.Int16 => "smallint",
        ColumnKind.Int32 => "integer",
        ColumnKind.Int64 => "bigint",
        ColumnKind.Single => "real",
        ColumnKind.Double => "double precision",
        ColumnKind.Decimal => "numeric",
        ColumnKind.Text => "text",
        ColumnKind.Bytes => "bytea",
        ColumnKind.Date => "date",
        ColumnKind.Time => "time",
        ColumnKind.DateTime => "timestamp",
        ColumnKind.Instant => "timestamptz",
        ColumnKind.Interval => "interval",
        ColumnKind.Guid => "uuid",
        _ => throw new InvalidOperationException($"no type for {kind}"),
    };

    public override Func<TStored, string?>? CheckOf<TStored>(ColumnSpec column) => column.Kind == ColumnKind.Text ? (Func<TStored, string?>)(object)CheckText : null;

    /// <summary>Whether a column of a type keeps values of a kind as they are; PostgreSQL itself refuses those that are too long or too large.</summary>
    /// <param name="type">The type's name in the catalogue.</param>
    /// <param name="kind">The kind.</param>
    public static bool Keeps(string type, ColumnKind kind) => kind switch
    {
        ColumnKind.Boolean => type is "bool",
        ColumnKind.Int16 => type is "int2" or "int4" or "int8" or "numeric",
        ColumnKind.Int32 => type is "int4" or "int8" or "numeric",
        ColumnKind.Int64 => type is "int8" or "numeric",
        ColumnKind.Single => type is "float4" or "float8",
        ColumnKind.Double => type is "float8",
        ColumnKind.Decimal => type is "numeric",
        ColumnKind.Text => type is "text" or "varchar" or "bpchar" or "citext",
        ColumnKind.Bytes => type is "bytea",
        ColumnKind.Date => type is "date",
        ColumnKind.Time => type is "time",
        ColumnKind.DateTime => type is "timestamp",
        ColumnKind.Instant => type is "timestamptz",
        ColumnKind.Interval => type is "interval",
        ColumnKind.Guid => type is "uuid",
        _ => false,
    };
}
