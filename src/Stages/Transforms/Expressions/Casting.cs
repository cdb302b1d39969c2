using System.Globalization;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>Makes values of one type of values of others. What would lose something, or makes no sense, is an error; null stays null.</summary>
/// <param name="type">The type, by its name.</param>
/// <param name="format">The format of days and times as texts, or the unit of timestamps as numbers; null for ISO 8601 and milliseconds.</param>
/// <param name="zone">The zone of days and times that don't say theirs; null for UTC.</param>
internal sealed class Casting(string type, string? format = null, TimeZoneInfo? zone = null)
{
    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The types there are to choose from.</summary>
    public static IReadOnlyList<string> Types { get; } = ["integer", "double", "decimal", "number", "text", "boolean", "date", "local-time", "timestamp"];

    /// <summary>Makes a value of the type.</summary>
    /// <exception cref="DataException">None can be made.</exception>
    public DataValue Cast(DataValue value) => value.IsNull ? value : type switch
    {
        "integer" => ToInteger(value),
        "double" => DataValue.Of(ToDouble(value)),
        "decimal" => DataValue.Of(ToDecimal(value)),
        "number" => ToNumber(value),
        "text" => DataValue.Of(ToText(value)),
        "boolean" => DataValue.Of(ToBoolean(value)),
        "date" => DataValue.Of(ToDate(value)),
        "local-time" => DataValue.Of(ToLocalTime(value)),
        _ => ToTimestamp(value),
    };

    private DataValue ToInteger(DataValue value) => value.Kind switch
    {
        DataKind.Instant => DataValue.Of(ToUnix(value.AsInstant())),
        DataKind.Text when long.TryParse(value.AsText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => DataValue.Of(number),
        DataKind.Text => DataValue.Of(DataConversion.ToInteger(ToNumber(value))),
        _ when value.IsNumber => DataValue.Of(DataConversion.ToInteger(value)),
        _ => throw No(value, "integer"),
    };

    private static DataValue ToNumber(DataValue value)
    {
        if (value.IsNumber) return value;
        if (value.Kind != DataKind.Text) throw No(value, "number");
        string text = value.AsText();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)) return DataValue.Of(integer);
        try
        {
            DataValue read = DataJson.Read(text.StartsWith('+') ? text[1..] : text);
            return read.IsNumber ? read : throw No(value, "number");
        }
        catch (DataException)
        {
            throw No(value, "number");
        }
    }

    private static double ToDouble(DataValue value)
    {
        if (value.IsNumber) return value.AsDouble();
        return value.Kind == DataKind.Text && double.TryParse(value.AsText(), Number, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw No(value, "double");
    }

    private static decimal ToDecimal(DataValue value) => value.Kind switch
    {
        DataKind.Integer or DataKind.Decimal => value.AsDecimal(),

        // By its shortest text, since a conversion would drop digits.
        DataKind.Double when decimal.TryParse(value.ToString(), Number, CultureInfo.InvariantCulture, out decimal number) => number,
        DataKind.Text when ToNumber(value) is var number => number.Kind == DataKind.Text ? throw No(value, "decimal") : ToDecimal(number),
        _ => throw No(value, "decimal"),
    };

    private string ToText(DataValue value) => value.Kind switch
    {
        DataKind.Date or DataKind.LocalTime when format is not null => TemporalText.Format(value, format),
        DataKind.Instant when format is not null || zone is not null => TemporalText.Format(InZone(value), format ?? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF" + (zone is null ? "zzz" : "")),
        DataKind.List or DataKind.Object => DataJson.ToText(value),
        DataKind.Bytes => Convert.ToBase64String(value.AsBytes().Span),
        _ => DataConversion.ToText(value),
    };

    private static bool ToBoolean(DataValue value) => value.Kind switch
    {
        DataKind.Boolean => value.AsBoolean(),
        DataKind.Integer when value.AsInteger() is 0 or 1 => value.AsInteger() == 1,
        DataKind.Text when bool.TryParse(value.AsText(), out bool flag) => flag,
        _ => throw No(value, "boolean"),
    };

    private DateOnly ToDate(DataValue value) => value.Kind switch
    {
        DataKind.Date => value.AsDate(),
        DataKind.LocalTime => DateOnly.FromDateTime(value.AsLocalTime()),
        DataKind.Instant => DateOnly.FromDateTime(Local(value.AsInstant())),
        DataKind.Text when TemporalText.TryDate(value.AsText(), format, out DateOnly date) => date,
        DataKind.Text when TemporalText.TryLocalTime(value.AsText(), format, out DateTime time) => DateOnly.FromDateTime(time),
        DataKind.Text when TemporalText.TryInstant(value.AsText(), format, out DateTimeOffset instant) => DateOnly.FromDateTime(Local(instant)),
        _ => throw NoTime(value, "date"),
    };

    private DateTime ToLocalTime(DataValue value) => value.Kind switch
    {
        DataKind.LocalTime => value.AsLocalTime(),
        DataKind.Date => value.AsDate().ToDateTime(TimeOnly.MinValue),
        DataKind.Instant => Local(value.AsInstant()),
        DataKind.Text when TemporalText.TryLocalTime(value.AsText(), format, out DateTime time) => time,
        DataKind.Text when TemporalText.TryInstant(value.AsText(), format, out DateTimeOffset instant) => Local(instant),
        _ => throw NoTime(value, "local time"),
    };

    private DataValue ToTimestamp(DataValue value) => value.Kind switch
    {
        DataKind.Instant => value,
        DataKind.Date or DataKind.LocalTime => DataValue.Of(Utc(ToLocalTime(value))),
        DataKind.Integer => TemporalText.FromUnix(value.AsInteger(), Unit),
        DataKind.Decimal or DataKind.Double => FromFraction(value),
        DataKind.Text when zone is not null && TemporalText.TryLocalTime(value.AsText(), format, out DateTime time) => DataValue.Of(Utc(time)),
        DataKind.Text when TemporalText.TryInstant(value.AsText(), format, out DateTimeOffset instant) => DataValue.Of(instant),
        _ => throw NoTime(value, "timestamp"),
    };

    private string Unit => format switch
    {
        null => "ms",
        _ when TemporalText.Units.Contains(format) => format,
        _ => throw new DataException($"'{format}' is the format of a text, and a number was given: give its unit, {string.Join(", ", TemporalText.Units)}"),
    };

    private DataValue FromFraction(DataValue value)
    {
        decimal nanoseconds = Unit switch
        {
            "s" => 1_000_000_000m,
            "ms" => 1_000_000m,
            "us" => 1_000m,
            _ => 1m,
        };
        try
        {
            return TemporalText.FromUnix((long)(ToDecimal(value) * nanoseconds), "ns");
        }
        catch (OverflowException e)
        {
            throw new DataException($"{value} {Unit} since 1970 is out of the range of timestamps", e);
        }
    }

    private long ToUnix(DateTimeOffset instant)
    {
        long ticks = instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        return Unit switch
        {
            "s" => (long)Math.Floor(ticks / (decimal)TimeSpan.TicksPerSecond),
            "ms" => instant.ToUnixTimeMilliseconds(),
            "us" => (long)Math.Floor(ticks / (decimal)TimeSpan.TicksPerMicrosecond),
            _ => checked(ticks * TimeSpan.NanosecondsPerTick),
        };
    }

    private DateTime Local(DateTimeOffset instant) => DateTime.SpecifyKind(zone is null ? instant.UtcDateTime : TimeZoneInfo.ConvertTime(instant, zone).DateTime, DateTimeKind.Unspecified);

    private DataValue InZone(DataValue instant) => zone is null ? instant : DataValue.Of(Local(instant.AsInstant()));

    private DateTimeOffset Utc(DateTime local)
    {
        if (zone is null) return new DateTimeOffset(local, TimeSpan.Zero);
        return zone.IsInvalidTime(local)
            ? throw new DataException($"{local:yyyy-MM-dd HH:mm:ss} doesn't exist in {zone.Id}: the clocks were put forward then")
            : new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static DataException No(DataValue value, string wanted) => new($"{DataText.Describe(value)} can't be made {Article(wanted)}");

    private DataException NoTime(DataValue value, string wanted) => new(
        $"{DataText.Describe(value)} can't be made {Article(wanted)}{(value.Kind == DataKind.Text ? $": it isn't in {(format is null ? "ISO 8601" : $"the format {format}")}" : "")}");

    private static string Article(string noun) => noun[0] == 'i' ? $"an {noun}" : $"a {noun}";
}
