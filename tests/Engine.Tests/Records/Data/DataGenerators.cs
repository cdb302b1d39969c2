using CsCheck;
using StreamEngine.Records.Data;

namespace StreamEngine.Tests.Records.Data;

/// <summary>Random values as JSON may hold them, and others.</summary>
internal static class DataGenerators
{
    private static readonly string[] OddNames = ["value", "a b", "a.b", "", "ä", "\"q\"", "\\", "`", "[0]", "a]"];

    public static Gen<string> Name { get; } = Gen.Frequency((5, Gen.Char['a', 'e'].Select(c => c.ToString())), (1, Const(OddNames)));

    public static Gen<string> Text { get; } = Gen.Frequency(
        (3, Gen.Char['a', 'z'].Array[0, 12].Select(chars => new string(chars))),
        (2, Gen.Char['\0', '\ud7ff'].Array[0, 12].Select(chars => new string(chars))),
        (1, Const("😀", "<&'+\">", "\u2028", "2024-01-01")));

    /// <summary>Values that JSON gives back as they were.</summary>
    public static Gen<DataValue> Json { get; } = Values(Gen.Frequency(
        (1, Gen.Const(DataValue.Null)),
        (1, Gen.Bool.Select(DataValue.Of)),
        (3, Gen.Long.Select(DataValue.Of)),
        (2, Gen.Int[-1000, 1000].Select(n => DataValue.Of((long)n))),
        (3, Gen.Select(Gen.Long[-99999999999, 99999999999], Gen.Int[1, 12], (digits, scale) => DataValue.Of(Decimal(digits, scale)))),
        (3, Text.Select(DataValue.Of))));

    /// <summary>Values of every kind.</summary>
    public static Gen<DataValue> All { get; } = Values(Gen.Frequency(
        (1, Gen.Const(DataValue.Null)),
        (1, Gen.Bool.Select(DataValue.Of)),
        (2, Gen.Long.Select(DataValue.Of)),
        (2, Gen.Decimal.Select(DataValue.Of)),
        (2, Gen.Double.Select(DataValue.Of)),
        (2, Text.Select(DataValue.Of)),
        (1, Gen.Byte.Array[0, 10].Select(DataValue.Of)),
        (1, Gen.Int[0, DateOnly.MaxValue.DayNumber].Select(day => DataValue.Of(DateOnly.FromDayNumber(day)))),
        (1, Gen.Long[0, DateTime.MaxValue.Ticks].Select(ticks => DataValue.Of(new DateTime(ticks, DateTimeKind.Unspecified)))),
        (1, Gen.Long[0, DateTime.MaxValue.Ticks].Select(ticks => DataValue.Of(new DateTimeOffset(ticks, TimeSpan.Zero))))));

    public static Gen<DataObject> Object(Gen<DataValue> values) => Gen.Select(Name.ArrayUnique[0, 5], values.Array[5], Make);

    private static Gen<string> Const(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(n => texts[n]);

    private static Gen<DataValue> Values(Gen<DataValue> scalars)
    {
        Gen<DataValue> one = scalars;
        for (int depth = 0; depth < 3; depth++) one = Deeper(scalars, one);
        return one;
    }

    private static Gen<DataValue> Deeper(Gen<DataValue> scalars, Gen<DataValue> inner) => Gen.Frequency(
        (4, scalars),
        (1, inner.Array[0, 4].Select(DataValue.Of)),
        (2, Object(inner).Select(DataValue.Of)));

    private static DataObject Make(string[] names, DataValue[] values) => new(new DataShape(names), values[..names.Length]);

    /// <summary>A decimal that is written with a point, for one without is read as an integer.</summary>
    private static decimal Decimal(long digits, int scale) => digits == 0 ? 0.5m : new decimal((int)Math.Abs(digits), (int)(Math.Abs(digits) >> 32), 0, digits < 0, (byte)scale);
}
