namespace StreamEngine.Files;

/// <summary>
/// Reads the common forms of ISO 8601 many times faster than the platform's parser: a date, with hours and minutes behind <c>T</c> or a space if
/// given, seconds, up to seven decimals of them, and <c>Z</c>. What is written otherwise is left to that.
/// </summary>
internal static class IsoTime
{
    /// <summary>Reads a time.</summary>
    /// <param name="text">The text.</param>
    /// <param name="time">The time as it stands there.</param>
    /// <param name="isUtc">Whether it says that it is UTC.</param>
    /// <returns>Whether it is of one of the forms, and a time that exists.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTime time, out bool isUtc)
    {
        time = default;
        isUtc = text is [.., (byte)'Z'];
        if (isUtc) text = text[..^1];
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return false;
        if (!Digits(text[..4], out int year) || !Digits(text[5..7], out int month) || !Digits(text[8..10], out int day)) return false;
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)) return false;
        if (text.Length == 10)
        {
            time = new DateTime(year, month, day);
            return !isUtc;
        }

        if (text.Length < 16 || text[10] is not ((byte)'T' or (byte)' ') || text[13] != ':') return false;
        if (!Digits(text[11..13], out int hour) || !Digits(text[14..16], out int minute) || hour > 23 || minute > 59) return false;
        int second = 0;
        long ticks = 0;
        if (text.Length > 16 && (text.Length < 19 || text[16] != ':' || !Digits(text[17..19], out second) || second > 59)) return false;
        if (text.Length > 19 && !Fraction(text[19..], out ticks)) return false;
        time = new DateTime(year, month, day, hour, minute, second).AddTicks(ticks);
        return true;
    }

    private static bool Fraction(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length is < 2 or > 8 || text[0] != '.' || !Digits(text[1..], out int digits)) return false;
        ticks = digits;
        for (int n = text.Length - 1; n < 7; n++) ticks *= 10;
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte c in text)
        {
            if (!char.IsAsciiDigit((char)c)) return false;
            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
