namespace StreamEngine.Sql.Columns;

/// <summary>How types of properties are kept: the kind of column, and the type that its values are handed to the database in.</summary>
internal static class StoredTypes
{
    private static readonly Dictionary<Type, (ColumnKind Kind, Type Stored)> Known = new()
    {
        [typeof(bool)] = (ColumnKind.Boolean, typeof(bool)),
        [typeof(byte)] = (ColumnKind.Int16, typeof(short)),
        [typeof(sbyte)] = (ColumnKind.Int16, typeof(short)),
        [typeof(short)] = (ColumnKind.Int16, typeof(short)),
        [typeof(ushort)] = (ColumnKind.Int32, typeof(int)),
        [typeof(int)] = (ColumnKind.Int32, typeof(int)),
        [typeof(uint)] = (ColumnKind.Int64, typeof(long)),
        [typeof(long)] = (ColumnKind.Int64, typeof(long)),
        [typeof(float)] = (ColumnKind.Single, typeof(float)),
        [typeof(double)] = (ColumnKind.Double, typeof(double)),
        [typeof(decimal)] = (ColumnKind.Decimal, typeof(decimal)),
        [typeof(string)] = (ColumnKind.Text, typeof(string)),
        [typeof(byte[])] = (ColumnKind.Bytes, typeof(byte[])),
        [typeof(DateOnly)] = (ColumnKind.Date, typeof(DateOnly)),
        [typeof(TimeOnly)] = (ColumnKind.Time, typeof(TimeOnly)),
        [typeof(DateTime)] = (ColumnKind.DateTime, typeof(DateTime)),
        [typeof(DateTimeOffset)] = (ColumnKind.Instant, typeof(DateTime)),
        [typeof(TimeSpan)] = (ColumnKind.Interval, typeof(TimeSpan)),
        [typeof(Guid)] = (ColumnKind.Guid, typeof(Guid)),
    };

    /// <summary>What is said of a type that no column can hold.</summary>
    public const string Names = "string, bool, integers up to long, float, double, decimal, DateTime, DateTimeOffset, DateOnly, TimeOnly, TimeSpan, Guid, byte[] and enums";

    /// <summary>How a type is kept, nullable or not; null when no column can hold it.</summary>
    public static (ColumnKind Kind, Type Stored)? Of(Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare.IsEnum) return (ColumnKind.Text, typeof(string));
        return Known.TryGetValue(bare, out (ColumnKind, Type) found) ? found : null;
    }
}
