using System.Globalization;

namespace StreamEngine.Settings.Hocon;

/// <summary>Reads durations, sizes and periods: a number, perhaps with white space around it, and a unit, in exactly the spellings of the specification.</summary>
internal static class HoconUnits
{
    private const decimal Ki = 1024m;
    private const decimal Day = TimeSpan.TicksPerDay;

    /// <summary>A duration; without a unit in milliseconds. False where it isn't one, or is longer than 29,000 years. What is shorter than 100 ns, but not nothing, is 100 ns.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!TrySplit(text, out ReadOnlySpan<char> number, out ReadOnlySpan<char> unit) || TicksOf(unit) is not { } ticks || !TryScale(number, ticks, out decimal scaled)) return false;
        duration = new TimeSpan(Math.Round(scaled) is var whole && whole == 0 ? Math.Sign(scaled) : (long)whole);
        return true;
    }

    /// <summary>A size; without a unit in bytes, and in whole ones. False where it isn't one, or has more bytes than a 64-bit number counts.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, out ReadOnlySpan<char> number, out ReadOnlySpan<char> unit) || BytesOf(unit) is not { } each || !TryScale(number, each, out decimal scaled)) return false;
        bytes = (long)decimal.Truncate(scaled);
        return true;
    }

    /// <summary>A period; without a unit in days. Its number is whole. False where it isn't one, or has more days than a 32-bit number counts.</summary>
    public static bool TryPeriod(string text, out HoconPeriod period)
    {
        period = default;
        if (!TrySplit(text, out ReadOnlySpan<char> number, out ReadOnlySpan<char> unit)) return false;
        if (!int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count)) return false;
        HoconPeriod? read = unit switch
        {
            "" or "d" or "day" or "days" => new HoconPeriod(0, 0, count),
            "w" or "week" or "weeks" when Math.Abs((long)count) <= int.MaxValue / 7 => new HoconPeriod(0, 0, count * 7),
            "m" or "mo" or "month" or "months" => new HoconPeriod(0, count, 0),
            "y" or "year" or "years" => new HoconPeriod(count, 0, 0),
            _ => null,
        };
        period = read ?? default;
        return read is not null;
    }

    private static decimal? TicksOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 0.01m,
        "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => Day,
        _ => null,
    };

    private static decimal? BytesOf(ReadOnlySpan<char> unit) => unit switch
    {
        "" or "B" or "b" or "byte" or "bytes" => 1,
        "kB" or "kilobyte" or "kilobytes" => 1e3m,
        "MB" or "megabyte" or "megabytes" => 1e6m,
        "GB" or "gigabyte" or "gigabytes" => 1e9m,
        "TB" or "terabyte" or "terabytes" => 1e12m,
        "PB" or "petabyte" or "petabytes" => 1e15m,
        "EB" or "exabyte" or "exabytes" => 1e18m,
        "ZB" or "zettabyte" or "zettabytes" => 1e21m,
        "YB" or "yottabyte" or "yottabytes" => 1e24m,
        "K" or "k" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => Ki,
        "M" or "m" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => Ki * Ki,
        "G" or "g" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => Ki * Ki * Ki,
        "T" or "t" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => Ki * Ki * Ki * Ki,
        "P" or "p" or "Pi" or "PiB" or "pebibyte" or "pebibytes" => Ki * Ki * Ki * Ki * Ki,
        "E" or "e" or "Ei" or "EiB" or "exbibyte" or "exbibytes" => Ki * Ki * Ki * Ki * Ki * Ki,
        "Z" or "z" or "Zi" or "ZiB" or "zebibyte" or "zebibytes" => Ki * Ki * Ki * Ki * Ki * Ki * Ki,
        "Y" or "y" or "Yi" or "YiB" or "yobibyte" or "yobibytes" => Ki * Ki * Ki * Ki * Ki * Ki * Ki * Ki,
        _ => null,
    };

    private static bool TrySplit(string text, out ReadOnlySpan<char> number, out ReadOnlySpan<char> unit)
    {
        ReadOnlySpan<char> rest = Trim(text);
        int end = rest.Length;
        while (end > 0 && char.IsLetter(rest[end - 1])) end--;
        unit = rest[end..];
        number = Trim(rest[..end]);
        return HoconText.IsNumber(number);
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && IsBlank(text[0])) text = text[1..];
        while (text.Length > 0 && IsBlank(text[^1])) text = text[..^1];
        return text;

        static bool IsBlank(char c) => c == '\n' || HoconText.IsSpace(c);
    }

    /// <summary>A number of units, where that fits into 64 bits.</summary>
    private static bool TryScale(ReadOnlySpan<char> number, decimal unit, out decimal scaled)
    {
        scaled = 0;
        if (!decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal count) || Math.Abs(count) > long.MaxValue / unit) return false;
        scaled = count * unit;
        return Math.Abs(scaled) <= long.MaxValue;
    }
}
