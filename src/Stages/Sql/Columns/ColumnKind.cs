namespace StreamEngine.Sql.Columns;

/// <summary>What a column holds, whatever the database calls it.</summary>
internal enum ColumnKind
{
    Boolean,
    Int16,
    Int32,
    Int64,
    Single,
    Double,
    Decimal,
    Text,
    Bytes,
    Date,
    Time,

    /// <summary>A date with a time and without a zone; one that knows to be local is turned to UTC.</summary>
    DateTime,

    /// <summary>A point in time, kept in UTC.</summary>
    Instant,
    Interval,
    Guid,
}
