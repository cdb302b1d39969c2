using System.Globalization;
using System.Reflection;
using CsvHelper;

namespace StreamEngine.Files;

/// <summary>
/// Reads fields as values, in the invariant culture. A time that doesn't say which zone it is of is taken as UTC where the type needs one, and as it
/// stands where it doesn't, so that what comes out doesn't depend on the machine.
/// </summary>
internal static class CellReaders
{
    private const int DecimalDigitsMax = 28;

    private static readonly Dictionary<Type, Delegate> Known = new()
    {
        [typeof(string)] = (CsvReader reader, int index) => reader.GetString(index),
        [typeof(int)] = (CsvReader reader, int index) => reader.Parse<int>(index),
        [typeof(long)] = (CsvReader reader, int index) => reader.Parse<long>(index),
        [typeof(double)] = (CsvReader reader, int index) => double.Parse(reader.GetSpan(index), NumberStyles.Float, CultureInfo.InvariantCulture),
        [typeof(decimal)] = (CsvReader reader, int index) => DecimalOf(reader.GetSpan(index)),
        [typeof(DateOnly)] = (CsvReader reader, int index) => DateOf(reader, index),
        [typeof(bool)] = (CsvReader reader, int index) => reader.Parse<bool>(index),
        [typeof(DateTime)] = (CsvReader reader, int index) => DateTimeOf(reader, index),
        [typeof(DateTimeOffset)] = (CsvReader reader, int index) => DateTimeOffsetOf(reader, index),
    };

    /// <summary>What reads fields as a type, as <c>Func&lt;CsvReader, int, T&gt;</c>; null when nothing does.</summary>
    public static Delegate? Find(Type type)
    {
        // What is known is a lambda, whose natural type is the delegate that is asked for.
        if (Known.TryGetValue(type, out Delegate? known)) return known;
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Cell.Of(underlying) is null ? null : Make(nameof(NullableOf), underlying, type);
        if (type.IsEnum) return Make(nameof(EnumOf), type, type);
        bool isParsable = type.IsValueType && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ISpanParsable<>) && i.GetGenericArguments()[0] == type);
        return isParsable ? Make(nameof(ParsableOf), type, type) : null;
    }

    private static Delegate Make(string method, Type argument, Type result) => typeof(CellReaders)
        .GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(argument)
        .CreateDelegate(typeof(Func<,,>).MakeGenericType(typeof(CsvReader), typeof(int), result));

    private static T ParsableOf<T>(CsvReader reader, int index)
        where T : ISpanParsable<T> => reader.Parse<T>(index, CultureInfo.InvariantCulture);

    private static T EnumOf<T>(CsvReader reader, int index)
        where T : struct, Enum => reader.Parse<T>(index);

    private static T? NullableOf<T>(CsvReader reader, int index)
        where T : struct => reader.IsEmpty(index) ? null : Cell<T>.Reader!(reader, index);

    private static DateTime DateTimeOf(CsvReader reader, int index) =>
        IsoTime.TryParse(reader.GetSpan(index), out DateTime time, out bool isUtc)
            ? isUtc ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time
            : DateTime.Parse(Dated(reader.GetString(index)), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private static DateTimeOffset DateTimeOffsetOf(CsvReader reader, int index) =>
        IsoTime.TryParse(reader.GetSpan(index), out DateTime time, out _)
            ? new DateTimeOffset(time, TimeSpan.Zero)
            : DateTimeOffset.Parse(Dated(reader.GetString(index)), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static DateOnly DateOf(CsvReader reader, int index)
    {
        ReadOnlySpan<byte> text = reader.GetSpan(index);
        return text.Length == 10 && IsoTime.TryParse(text, out DateTime day, out _)
            ? DateOnly.FromDateTime(day)
            : DateOnly.ParseExact(reader.GetString(index), "M/d/yyyy", CultureInfo.InvariantCulture);
    }

    /// <summary>A text that has a year: without one, the platform's parser takes the day it runs on, and a field would be another value tomorrow.</summary>
    private static string Dated(string text)
    {
        int digits = 0;
        foreach (char c in text)
        {
            digits = char.IsAsciiDigit(c) ? digits + 1 : 0;
            if (digits == 4) return text;
        }

        throw new FormatException("it has no year");
    }

    /// <summary>A decimal number with all its digits: the platform's parser rounds off those that it can't hold.</summary>
    private static decimal DecimalOf(ReadOnlySpan<byte> text)
    {
        decimal number = decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        int digits = 0, fraction = -1;
        foreach (byte c in text)
        {
            if (c is (byte)'e' or (byte)'E') break;
            if (c == '.') fraction = 0;
            if (!char.IsAsciiDigit((char)c)) continue;
            if (digits > 0 || c != '0') digits++;
            if (fraction >= 0) fraction++;
        }

        if (digits > DecimalDigitsMax || fraction > DecimalDigitsMax || (number == 0 && digits > 0)) throw new FormatException("it has more digits than a decimal holds");
        return number;
    }
}
