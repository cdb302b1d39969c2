using System.Globalization;

namespace StreamEngine.Settings;

/// <summary>Values as they are written in settings.</summary>
internal static class SettingText
{
    private static readonly (long Bytes, string Unit)[] Sizes = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];

    /// <summary>A duration with the largest unit that leaves it whole.</summary>
    public static string Of(TimeSpan duration) => duration switch
    {
        _ when duration == TimeSpan.Zero => "0s",
        _ when duration.Ticks % TimeSpan.TicksPerDay == 0 => Of(duration.TotalDays, "d"),
        _ when duration.Ticks % TimeSpan.TicksPerHour == 0 => Of(duration.TotalHours, "h"),
        _ when duration.Ticks % TimeSpan.TicksPerMinute == 0 => Of(duration.TotalMinutes, "m"),
        _ when duration.Ticks % TimeSpan.TicksPerSecond == 0 => Of(duration.TotalSeconds, "s"),
        _ => Of(duration.TotalMilliseconds, "ms"),
    };

    /// <summary>A size with the largest unit that leaves it whole.</summary>
    public static string OfSize(long bytes)
    {
        foreach ((long size, string unit) in Sizes)
        {
            if (bytes != 0 && bytes % size == 0) return Of(bytes / size, unit);
        }

        return Of(bytes, "B");
    }

    private static string Of(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number:0.###}{unit}");
}
