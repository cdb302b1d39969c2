namespace StreamEngine.Sql.Columns;

/// <summary>Times as databases keep them: in UTC, and no finer than they can.</summary>
internal static class Times
{
    /// <summary>A time without a zone; a local one is turned to UTC.</summary>
    /// <param name="value">The time.</param>
    /// <param name="ticks">The unit that the database keeps, in ticks of 100 ns.</param>
    public static DateTime Plain(DateTime value, long ticks)
    {
        DateTime utc = value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value;
        return new DateTime(utc.Ticks - (utc.Ticks % ticks), DateTimeKind.Unspecified);
    }

    /// <summary>A point in time, in UTC.</summary>
    public static DateTime Instant(DateTimeOffset value, long ticks) => new(value.UtcTicks - (value.UtcTicks % ticks), DateTimeKind.Utc);

    /// <summary>A time of day.</summary>
    public static TimeOnly Time(TimeOnly value, long ticks) => new(value.Ticks - (value.Ticks % ticks));

    /// <summary>A length of time.</summary>
    public static TimeSpan Interval(TimeSpan value, long ticks) => new(value.Ticks - (value.Ticks % ticks));
}
