using System.Globalization;
using StreamEngine.Records.Data;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql.Data;

/// <summary>What a column holds, by the word that pipelines without code say it with.</summary>
/// <param name="Word">The word: <c>integer</c>.</param>
/// <param name="Clr">The type that rows of C# would have for it.</param>
/// <param name="Accept">Calls a visitor with the conversion and the type that values are handed to the database in.</param>
/// <remarks>A conversion loses nothing: what a column can't hold as it is, is an error of its record, and a cast before the sink says what is meant.</remarks>
internal sealed record DataColumnType(string Word, Type Clr, Func<DataColumnType.IVisitor, object> Accept)
{
    /// <summary>The number behind the largest of 64 bits, which no double has.</summary>
    private const double BehindInteger = 9223372036854775808.0;

    private static readonly string[] LocalForms = ["yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm"];
    private static readonly string[] ZonedForms = [.. LocalForms.SelectMany(form => new[] { $"{form}zzz", $"{form}'Z'" })];

    /// <summary>Does something that needs the type of the values.</summary>
    internal interface IVisitor
    {
        /// <summary>Does it.</summary>
        /// <param name="convert">Makes what is handed to the database.</param>
        object Visit<TStored>(TryConvert<TStored> convert);
    }

    /// <summary>Makes what is handed to the database of a value that isn't null; false when the column holds no such value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="ticks">The finest unit of time that the database keeps, in ticks of 100 ns.</param>
    /// <param name="converted">What is handed to the database.</param>
    internal delegate bool TryConvert<TStored>(DataValue value, long ticks, out TStored converted);

    /// <summary>All there are.</summary>
    public static IReadOnlyList<DataColumnType> All { get; } =
    [
        Of<string>("text", TryText),
        Of<long>("integer", TryInteger),
        Of("int32", (DataValue value, long _, out int converted) => TryWhole(value, int.MinValue, int.MaxValue, out long whole) ? Is(out converted, (int)whole) : Not(out converted)),
        Of("int16", (DataValue value, long _, out short converted) => TryWhole(value, short.MinValue, short.MaxValue, out long whole) ? Is(out converted, (short)whole) : Not(out converted)),
        Of<double>("double", TryDouble),
        Of<decimal>("decimal", TryDecimal),
        Of("boolean", (DataValue value, long _, out bool converted) => value.Kind == DataKind.Boolean ? Is(out converted, value.AsBoolean()) : Not(out converted)),
        Of<DateOnly>("date", TryDate),
        Of<DateTime>("local-time", TryLocalTime),
        Of<DateTime>("timestamp", TryInstant) with { Clr = typeof(DateTimeOffset) },
        Of("uuid", (DataValue value, long _, out Guid converted) => value.Kind == DataKind.Text ? Guid.TryParseExact(value.AsText(), "D", out converted) : Not(out converted)),
        Of<byte[]>("bytes", TryBytes),
    ];

    /// <summary>The type of a word.</summary>
    public static DataColumnType Of(string word) => All.First(type => type.Word == word);

    private static DataColumnType Of<TStored>(string word, TryConvert<TStored> convert) => new(word, typeof(TStored), visitor => visitor.Visit(convert));

    private static bool TryText(DataValue value, long ticks, out string converted) => value.Kind == DataKind.Text ? Is(out converted, value.AsText()) : Not(out converted);

    private static bool TryInteger(DataValue value, long ticks, out long converted) => TryWhole(value, long.MinValue, long.MaxValue, out converted);

    private static bool TryWhole(DataValue value, long least, long most, out long converted)
    {
        converted = 0;
        switch (value.Kind)
        {
            case DataKind.Integer:
                converted = value.AsInteger();
                break;
            case DataKind.Decimal when value.AsDecimal() is var exact && exact == decimal.Truncate(exact) && exact is >= long.MinValue and <= long.MaxValue:
                converted = (long)exact;
                break;
            case DataKind.Double when value.AsDouble() is var number && number == Math.Truncate(number) && number is >= -BehindInteger and < BehindInteger:
                converted = (long)number;
                break;
            default:
                return false;
        }

        return converted >= least && converted <= most;
    }

    private static bool TryDouble(DataValue value, long ticks, out double converted)
    {
        converted = value.IsNumber ? value.AsDouble() : 0;
        return value.IsNumber && (value.Kind != DataKind.Integer || (converted < BehindInteger && (long)converted == value.AsInteger()));
    }

    private static bool TryDecimal(DataValue value, long ticks, out decimal converted) =>
        value.Kind is DataKind.Integer or DataKind.Decimal ? Is(out converted, value.AsDecimal()) : Not(out converted);

    private static bool TryDate(DataValue value, long ticks, out DateOnly converted) => value.Kind switch
    {
        DataKind.Date => Is(out converted, value.AsDate()),
        DataKind.Text => DateOnly.TryParseExact(value.AsText(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out converted),
        _ => Not(out converted),
    };

    private static bool TryLocalTime(DataValue value, long ticks, out DateTime converted)
    {
        converted = value.Kind == DataKind.LocalTime ? value.AsLocalTime() : default;
        bool isTime = value.Kind == DataKind.LocalTime
            || (value.Kind == DataKind.Text && DateTime.TryParseExact(value.AsText(), LocalForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out converted));
        return isTime && Is(out converted, Times.Plain(converted, ticks));
    }

    private static bool TryInstant(DataValue value, long ticks, out DateTime converted)
    {
        DateTimeOffset time = value.Kind == DataKind.Instant ? value.AsInstant() : default;
        bool isTime = value.Kind == DataKind.Instant
            || (value.Kind == DataKind.Text && DateTimeOffset.TryParseExact(value.AsText(), ZonedForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time));
        return Is(out converted, Times.Instant(time, ticks)) && isTime;
    }

    private static bool TryBytes(DataValue value, long ticks, out byte[] converted)
    {
        converted = value.Kind == DataKind.Bytes ? value.AsBytes().ToArray() : [];
        if (value.Kind != DataKind.Text) return value.Kind == DataKind.Bytes;
        byte[] bytes = new byte[value.AsText().Length];
        if (!Convert.TryFromBase64String(value.AsText(), bytes, out int length)) return false;
        converted = bytes[..length];
        return true;
    }

    private static bool Is<TValue>(out TValue converted, TValue value)
    {
        converted = value;
        return true;
    }

    private static bool Not<TValue>(out TValue converted)
    {
        converted = default!;
        return false;
    }
}
