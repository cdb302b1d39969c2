using System.Globalization;

namespace StreamEngine.Records.Data;

/// <summary>Makes values of one kind of those of another, without losing anything but a double's or a float's digits.</summary>
public static class DataConversion
{
    /// <summary>A whole number, of a number without a fraction.</summary>
    /// <exception cref="DataException">It is none, or out of range.</exception>
    public static long ToInteger(DataValue value, long min = long.MinValue, long max = long.MaxValue)
    {
        long number = value.Kind switch
        {
            DataKind.Integer => value.AsInteger(),
            DataKind.Decimal => Whole(value.AsDecimal(), value),
            DataKind.Double => Whole(value.AsDouble(), value),
            _ => throw new DataException($"{DataText.Describe(value)} is no number"),
        };
        return number >= min && number <= max ? number : throw new DataException($"{number} is out of the range from {min} to {max}");
    }

    /// <summary>A floating-point number, of a number.</summary>
    /// <exception cref="DataException">It is none.</exception>
    public static double ToDouble(DataValue value) => value.IsNumber ? value.AsDouble() : throw new DataException($"{DataText.Describe(value)} is no number");

    /// <summary>The text of a text, a number, a flag, a day or a time, as JSON has it.</summary>
    /// <exception cref="DataException">It is null, bytes, a list or an object.</exception>
    public static string ToText(DataValue value) => value.Kind switch
    {
        DataKind.Text => value.AsText(),
        DataKind.Instant => value.AsInstant().ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        DataKind.Null or DataKind.Bytes or DataKind.List or DataKind.Object => throw new DataException($"{DataText.Describe(value)} is no text"),
        _ => value.ToString(),
    };

    /// <summary>Bytes, of bytes.</summary>
    /// <exception cref="DataException">It is none.</exception>
    public static byte[] ToBytes(DataValue value) => value.Kind == DataKind.Bytes
        ? value.AsBytes().ToArray()
        : throw new DataException($"{DataText.Describe(value)} is not bytes");

    private static long Whole(decimal number, DataValue value) => decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue
        ? (long)number
        : throw new DataException($"{DataText.Describe(value)} is no whole number of 64 bits");

    private static long Whole(double number, DataValue value) => double.IsInteger(number) && number is >= long.MinValue and < 9223372036854775808.0
        ? (long)number
        : throw new DataException($"{DataText.Describe(value)} is no whole number of 64 bits");
}
