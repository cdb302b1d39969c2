using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>What an expression may turn out to be, as far as that is known before there is a record.</summary>
[Flags]
internal enum ValueKinds
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Number = 4,
    Text = 8,
    Bytes = 16,
    Date = 32,
    LocalTime = 64,
    Instant = 128,
    List = 256,
    Object = 512,

    /// <summary>A day, a time or a timestamp.</summary>
    Temporal = Date | LocalTime | Instant,

    /// <summary>It is known only for each record.</summary>
    Any = 1023,
}

/// <summary>Speaks of what expressions may be.</summary>
internal static class ValueKindsText
{
    /// <summary>The kinds that a value of this kind belongs to.</summary>
    public static ValueKinds Of(DataKind kind) => kind switch
    {
        DataKind.Null => ValueKinds.Null,
        DataKind.Boolean => ValueKinds.Boolean,
        DataKind.Integer or DataKind.Double or DataKind.Decimal => ValueKinds.Number,
        DataKind.Text => ValueKinds.Text,
        DataKind.Bytes => ValueKinds.Bytes,
        DataKind.Date => ValueKinds.Date,
        DataKind.LocalTime => ValueKinds.LocalTime,
        DataKind.Instant => ValueKinds.Instant,
        DataKind.List => ValueKinds.List,
        _ => ValueKinds.Object,
    };

    /// <summary>Whether it may be one of some kinds; what can only be null may stand for anything.</summary>
    public static bool MayBe(this ValueKinds kinds, ValueKinds wanted) => kinds == ValueKinds.Null || (kinds & wanted & ~ValueKinds.Null) != 0;

    /// <summary>The kinds in words: <c>a number or a text</c>.</summary>
    public static string Describe(this ValueKinds kinds)
    {
        ValueKinds named = (kinds & ~ValueKinds.Null) == 0 ? kinds : kinds & ~ValueKinds.Null;
        string[] words = [.. Enum.GetValues<ValueKinds>().Where(kind => int.IsPow2((int)kind) && named.HasFlag(kind)).Select(Word)];
        return words.Length == 0 ? "nothing" : string.Join(" or ", words);
    }

    private static string Word(ValueKinds kind) => kind switch
    {
        ValueKinds.Null => "null",
        ValueKinds.Boolean => "a boolean",
        ValueKinds.Number => "a number",
        ValueKinds.Text => "a text",
        ValueKinds.Bytes => "bytes",
        ValueKinds.Date => "a date",
        ValueKinds.LocalTime => "a local time",
        ValueKinds.Instant => "a timestamp",
        ValueKinds.List => "a list",
        _ => "an object",
    };
}
