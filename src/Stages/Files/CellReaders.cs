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
    private static readonly Dictionary<Type, Delegate> Known = new()
    {
        [typeof(string)] = (CsvReader reader, int index) => reader.GetString(index),
        [typeof(int)] = (CsvReader reader, int index) => reader.Parse<int>(index),
        [typeof(long)] = (CsvReader reader, int index) => reader.Parse<long>(index),
        [typeof(double)] = (CsvReader reader, int index) => reader.Parse<double>(index),
        [typeof(decimal)] = (CsvReader reader, int index) => reader.Parse<decimal>(index),
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
            : DateTime.Parse(reader.GetString(index), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private static DateTimeOffset DateTimeOffsetOf(CsvReader reader, int index) =>
        IsoTime.TryParse(reader.GetSpan(index), out DateTime time, out _)
            ? new DateTimeOffset(time, TimeSpan.Zero)
            : DateTimeOffset.Parse(reader.GetString(index), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
