using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql.SqliteFiles;

/// <summary>What SQLite makes of the declared type of a column: it turns numbers into text, or text into numbers, where it can.</summary>
internal static class SqliteAffinity
{
    public const string Integer = "INTEGER";
    public const string Text = "TEXT";
    public const string Blob = "BLOB";
    public const string Real = "REAL";
    public const string Numeric = "NUMERIC";

    /// <summary>The affinity, by SQLite's own rules in their order.</summary>
    public static string Of(string declared)
    {
        bool Has(string part) => declared.Contains(part, StringComparison.OrdinalIgnoreCase);
        if (Has("INT")) return Integer;
        if (Has("CHAR") || Has("CLOB") || Has("TEXT")) return Text;
        if (declared.Length == 0 || Has("BLOB") || declared.Equals("ANY", StringComparison.OrdinalIgnoreCase)) return Blob;
        return Has("REAL") || Has("FLOA") || Has("DOUB") ? Real : Numeric;
    }

    /// <summary>Whether a column keeps values of a kind as they are.</summary>
    public static bool Keeps(string affinity, Column column) => affinity == Blob || column.Kind switch
    {
        ColumnKind.Boolean or ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 => affinity is Integer or Numeric,
        ColumnKind.Single or ColumnKind.Double => affinity is Real or Numeric,
        ColumnKind.Decimal => SqliteDialect.IsText(column.DeclaredType) ? affinity is Text : affinity is Numeric or Real or Integer,
        ColumnKind.Bytes => true,

        // No date or time looks like a number, so a column that was declared DATE leaves it a text.
        ColumnKind.Date or ColumnKind.Time or ColumnKind.DateTime or ColumnKind.Instant => affinity is Text or Numeric,
        _ => affinity is Text,
    };
}
