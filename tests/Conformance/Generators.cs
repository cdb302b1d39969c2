using CsCheck;

namespace StreamEngine.Conformance;

/// <summary>Random records, odd ones more often than they are in life.</summary>
public static class Generators
{
    /// <summary>Bytes as text, null, or empty.</summary>
    public static Gen<string?> Bytes { get; } = Gen.Frequency(
        (1, Null),
        (1, Text(0, 0)),
        (5, Text(1, 40)),
        (1, Gen.Int[100, 3000].Select(length => (string?)new string('x', length))));

    /// <summary>Times in life, and at the ends of what there is.</summary>
    public static Gen<long> Timestamp { get; } = Gen.Frequency(
        (4, Gen.Long[1_700_000_000_000, 1_700_000_100_000]),
        (1, Gen.Long),
        (1, Gen.Int[0, 4].Select(n => new[] { 0L, -1L, 1L, long.MinValue, long.MaxValue }[n])));

    /// <summary>Headers in the text of <see cref="TestRecord"/>; most records have none.</summary>
    public static Gen<string> Headers { get; } = Gen.Frequency(
        (3, Gen.Const("")),
        (1, Header.Array[1, 4].Select(headers => string.Join(';', headers))));

    /// <summary>Records.</summary>
    public static Gen<TestRecord> Record { get; } = Gen.Select(
        Bytes, Bytes, Timestamp, Headers, (key, value, time, headers) => new TestRecord(key, value, time, headers));

    private static Gen<string?> Null => Gen.Int[0, 0].Select(_ => (string?)null);

    private static Gen<string> Header => Gen.Select(
        Gen.String[Gen.Char['a', 'z'], 1, 8],
        Gen.OneOf(Null, Text(0, 20)),
        (name, value) => value is null ? name : $"{name}={value.Replace(';', ',')}");

    private static Gen<string?> Text(int lengthMin, int lengthMax) =>
        Gen.Char['\0', '\u00ff'].Array[lengthMin, lengthMax].Select(chars => (string?)new string(chars));
}
