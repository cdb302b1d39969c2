namespace StreamEngine.Records.Data;

/// <summary>Speaks of values in errors.</summary>
public static class DataText
{
    private const int LengthMax = 60;

    /// <summary>A kind with its article: <c>a text</c>.</summary>
    public static string Describe(DataKind kind) => kind switch
    {
        DataKind.Null => "null",
        DataKind.Boolean => "a boolean",
        DataKind.Integer => "an integer",
        DataKind.Double => "a double",
        DataKind.Decimal => "a decimal",
        DataKind.Text => "a text",
        DataKind.Bytes => "bytes",
        DataKind.Date => "a date",
        DataKind.LocalTime => "a local time",
        DataKind.Instant => "a timestamp",
        DataKind.List => "a list",
        _ => "an object",
    };

    /// <summary>A value with its kind, cut where it is long: <c>the text 'abc'</c>.</summary>
    public static string Describe(DataValue value) => value.Kind switch
    {
        DataKind.Null => "null",
        DataKind.Text => $"the text '{Cut(value.AsText())}'",
        DataKind.Bytes => $"{value.AsBytes().Length} bytes",
        DataKind.List => $"the list {Cut(value.ToString())}",
        DataKind.Object => $"the object {Cut(value.ToString())}",
        _ => $"the {Describe(value.Kind).Split(' ', 2)[1]} {value}",
    };

    private static string Cut(string text) => text.Length <= LengthMax ? text : text[..(LengthMax - 1)] + "…";
}
