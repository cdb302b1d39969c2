namespace StreamEngine.Sql.SqliteFiles;

/// <summary>Decimals as numbers of SQLite: an integer where it is one, else a double, if that loses no digit.</summary>
internal static class SqliteDecimal
{
    /// <summary>Whether a number of SQLite holds it exactly.</summary>
    public static bool IsExact(decimal value) => IsInteger(value) || (decimal)(double)value == value;

    /// <summary>Whether it is an integer of 64 bits.</summary>
    public static bool IsInteger(decimal value) => value is >= long.MinValue and <= long.MaxValue && decimal.Truncate(value) == value;
}
