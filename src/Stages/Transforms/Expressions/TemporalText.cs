using System.Globalization;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>
/// Days, times and timestamps as texts and numbers: ISO 8601 unless a format is given (.NET's letters: <c>dd.MM.yyyy HH:mm</c>). A timestamp that doesn't say
/// which zone it is of is taken as UTC, unless a zone is given.
/// </summary>
internal static class TemporalText
{
    private const string DateFormat = "yyyy-MM-dd";

    private static readonly string[] LocalFormats =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm", DateFormat];

    private static readonly string[] InstantFormats = [.. LocalFormats.Select(format => format + "K"), .. LocalFormats.Select(format => format + " K")];

    /// <summary>The units of times in numbers, all since 1970.</summary>
    public static IReadOnlyList<string> Units { get; } = ["s", "ms", "us", "ns"];

    /// <summary>A day.</summary>
    public static bool TryDate(string text, string? format, out DateOnly date) =>
        DateOnly.TryParseExact(text, format ?? DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>A day and a time without a zone.</summary>
    public static bool TryLocalTime(string text, string? format, out DateTime time) => format is null
        ? DateTime.TryParseExact(text, LocalFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out time)
        : DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    /// <summary>A point in time.</summary>
    public static bool TryInstant(string text, string? format, out DateTimeOffset instant) => format is null
        ? DateTimeOffset.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant)
        : DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant);

    /// <summary>A point in time of a number of units since 1970.</summary>
    /// <exception cref="DataException">It is out of range.</exception>
    public static DataValue FromUnix(long number, string unit)
    {
        Int128 ticks = unit switch
        {
            "s" => (Int128)number * TimeSpan.TicksPerSecond,
            "ms" => (Int128)number * TimeSpan.TicksPerMillisecond,
            "us" => (Int128)number * TimeSpan.TicksPerMicrosecond,
            _ => number / TimeSpan.NanosecondsPerTick,
        };
        ticks += DateTimeOffset.UnixEpoch.Ticks;
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks
            ? DataValue.Of(new DateTimeOffset((long)ticks, TimeSpan.Zero))
            : throw new DataException($"{number} {unit} since 1970 is out of the range of timestamps");
    }

    /// <summary>A day or a time as text.</summary>
    /// <exception cref="DataException">It is none, or the format is none.</exception>
    public static string Format(DataValue value, string format)
    {
        try
        {
            return value.Kind switch
            {
                DataKind.Date => value.AsDate().ToDateTime(TimeOnly.MinValue).ToString(format, CultureInfo.InvariantCulture),
                DataKind.LocalTime => value.AsLocalTime().ToString(format, CultureInfo.InvariantCulture),
                DataKind.Instant => value.AsInstant().ToString(format, CultureInfo.InvariantCulture),
                _ => throw new DataException($"{DataText.Describe(value)} is no date and no time"),
            };
        }
        catch (FormatException e)
        {
            throw new DataException($"'{format}' is no format of dates and times", e);
        }
    }
}
