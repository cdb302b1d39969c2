using StreamEngine.Settings.Hocon;

namespace StreamEngine.Tests.Settings.Hocon;

/// <summary>Every unit of the specification, in all its spellings and no others.</summary>
public sealed class HoconUnitsTests
{
    [Theory]
    [InlineData(1000, "ns nano nanos nanosecond nanoseconds")]
    [InlineData(1_000_000, "us micro micros microsecond microseconds")]
    [InlineData(1_000_000_000, "ms milli millis millisecond milliseconds")]
    [InlineData(1_000_000_000_000, "s second seconds")]
    [InlineData(60_000_000_000_000, "m minute minutes")]
    [InlineData(3_600_000_000_000_000, "h hour hours")]
    [InlineData(86_400_000_000_000_000, "d day days")]
    public void Durations_have_these_units(long nanosecondsOfAThousand, string units)
    {
        foreach (string unit in units.Split(' '))
        {
            Assert.True(HoconUnits.TryDuration($"1000{unit}", out TimeSpan duration));
            Assert.Equal(nanosecondsOfAThousand / 100, duration.Ticks);
            Assert.True(HoconUnits.TryDuration($" 1000 {unit} ", out duration));
            Assert.Equal(nanosecondsOfAThousand / 100, duration.Ticks);
            Assert.False(HoconUnits.TryDuration($"1{unit.ToUpperInvariant()}", out _));
        }
    }

    [Theory]
    [InlineData("5", 50_000)]
    [InlineData("1.5s", 15_000_000)]
    [InlineData("1e3", 10_000_000)]
    [InlineData("-2 m", -1_200_000_000)]
    [InlineData("0s", 0)]
    [InlineData("1ns", 1)]
    [InlineData("0.1h", 3_600_000_000)]
    public void Durations_are_in_milliseconds_without_a_unit_and_may_be_fractions(string text, long ticks)
    {
        Assert.True(HoconUnits.TryDuration(text, out TimeSpan duration));
        Assert.Equal(ticks, duration.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("1 sec")]
    [InlineData("1w")]
    [InlineData("1 s 2")]
    [InlineData("1s2")]
    [InlineData("0x10s")]
    [InlineData(".5s")]
    [InlineData("1,5s")]
    [InlineData("infinite")]
    [InlineData("10675200d")]
    [InlineData("99999999999999999999999999999999999999d")]
    [InlineData("1e400s")]
    public void What_is_no_duration_or_too_long_is_refused(string text) => Assert.False(HoconUnits.TryDuration(text, out _));

    [Theory]
    [InlineData(1, "B b byte bytes")]
    [InlineData(1_000, "kB kilobyte kilobytes")]
    [InlineData(1_000_000, "MB megabyte megabytes")]
    [InlineData(1_000_000_000, "GB gigabyte gigabytes")]
    [InlineData(1_000_000_000_000, "TB terabyte terabytes")]
    [InlineData(1_000_000_000_000_000, "PB petabyte petabytes")]
    [InlineData(1_000_000_000_000_000_000, "EB exabyte exabytes")]
    [InlineData(1L << 10, "K k Ki KiB kibibyte kibibytes")]
    [InlineData(1L << 20, "M m Mi MiB mebibyte mebibytes")]
    [InlineData(1L << 30, "G g Gi GiB gibibyte gibibytes")]
    [InlineData(1L << 40, "T t Ti TiB tebibyte tebibytes")]
    [InlineData(1L << 50, "P p Pi PiB pebibyte pebibytes")]
    [InlineData(1L << 60, "E e Ei EiB exbibyte exbibytes")]
    public void Sizes_have_these_units(long bytes, string units)
    {
        foreach (string unit in units.Split(' '))
        {
            Assert.True(HoconUnits.TrySize($"2 {unit}", out long size));
            Assert.Equal(2 * bytes, size);
        }
    }

    [Theory]
    [InlineData(1e21, "ZB zettabyte zettabytes")]
    [InlineData(1e24, "YB yottabyte yottabytes")]
    [InlineData(1180591620717411303424e0, "Z z Zi ZiB zebibyte zebibytes")]
    [InlineData(1208925819614629174706176e0, "Y y Yi YiB yobibyte yobibytes")]
    public void The_largest_units_can_be_used_for_fractions_alone(double bytes, string units)
    {
        foreach (string unit in units.Split(' '))
        {
            Assert.False(HoconUnits.TrySize($"1{unit}", out _));
            Assert.True(HoconUnits.TrySize($"0.000001{unit}", out long size));
            Assert.Equal(bytes * 1e-6, size, bytes * 1e-12);
        }
    }

    [Theory]
    [InlineData("512", 512)]
    [InlineData("0.5K", 512)]
    [InlineData("1.5 kB", 1500)]
    [InlineData("8EiB", -1)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", -1)]
    [InlineData("1kb", -1)]
    [InlineData("1KB", -1)]
    [InlineData("1mB", -1)]
    [InlineData("1 mib", -1)]
    [InlineData("1Byte", -1)]
    [InlineData("", -1)]
    [InlineData("K", -1)]
    [InlineData("1e40EB", -1)]
    public void Sizes_are_bytes_without_a_unit_and_never_wrap_around(string text, long bytes)
    {
        Assert.Equal(bytes >= 0, HoconUnits.TrySize(text, out long size));
        if (bytes >= 0) Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("2", 0, 0, 2)]
    [InlineData("2d", 0, 0, 2)]
    [InlineData("2 day", 0, 0, 2)]
    [InlineData("2 days", 0, 0, 2)]
    [InlineData("2w", 0, 0, 14)]
    [InlineData("1 week", 0, 0, 7)]
    [InlineData("1 weeks", 0, 0, 7)]
    [InlineData("3m", 0, 3, 0)]
    [InlineData("3mo", 0, 3, 0)]
    [InlineData("3 month", 0, 3, 0)]
    [InlineData("3 months", 0, 3, 0)]
    [InlineData("4y", 4, 0, 0)]
    [InlineData("4 year", 4, 0, 0)]
    [InlineData("-4 years", -4, 0, 0)]
    public void Periods_are_whole_days_months_and_years(string text, int years, int months, int days)
    {
        Assert.True(HoconUnits.TryPeriod(text, out HoconPeriod period));
        Assert.Equal(new HoconPeriod(years, months, days), period);
    }

    [Theory]
    [InlineData("1.5d")]
    [InlineData("1h")]
    [InlineData("2147483648")]
    [InlineData("400000000w")]
    [InlineData("-2147483648w")]
    [InlineData("")]
    public void What_is_no_period_or_too_long_is_refused(string text) => Assert.False(HoconUnits.TryPeriod(text, out _));
}
