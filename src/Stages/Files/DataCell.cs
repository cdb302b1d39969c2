using System.Globalization;
using CsvHelper;
using StreamEngine.Records.Data;

namespace StreamEngine.Files;

/// <summary>How a field becomes a value of a record whose columns are known only when it runs.</summary>
/// <param name="Type">The word for what it holds: <c>integer</c>.</param>
/// <param name="Description">What a field that can't be read is none of: <c>integer</c>, <c>date</c>.</param>
/// <param name="Read">Reads the field of that index, which isn't empty.</param>
internal sealed record DataCell(string Type, string Description, Func<CsvReader, int, DataValue> Read)
{
    private static readonly string[] WithZone = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd HH:mmzzz"];

    /// <summary>A text as it stands there.</summary>
    public static DataCell Text { get; } = new("text", "text", (reader, index) => DataValue.Of(reader.GetString(index)));

    /// <summary>All there are. Numbers are read as the cells of their types in C# read them; times in the forms of ISO 8601 alone, since the transform cast reads others.</summary>
    public static IReadOnlyList<DataCell> All { get; } =
    [
        Text,
        new("integer", "whole number of 64 bits", (reader, index) => DataValue.Of(Cell<long>.Reader!(reader, index))),
        new("double", "number", (reader, index) => Cell<double>.Reader!(reader, index) is var number && double.IsFinite(number)
            ? DataValue.Of(number)
            : throw new FormatException("it is beyond what a number can be")),
        new("decimal", "decimal number", (reader, index) => DataValue.Of(Cell<decimal>.Reader!(reader, index))),
        new("boolean", "true or false", (reader, index) => DataValue.Of(Cell<bool>.Reader!(reader, index))),
        new("date", "date", (reader, index) => Time(reader, index, out bool _) is var day && day.TimeOfDay == TimeSpan.Zero && reader.GetSpan(index).Length == 10
            ? DataValue.Of(DateOnly.FromDateTime(day))
            : throw new FormatException("it has a time")),
        new("local-time", "date with a time and without a zone", LocalTime),
        new("timestamp", "point in time", (reader, index) => DataValue.Of(Instant(reader, index))),
    ];

    /// <summary>The cell of a type's word.</summary>
    public static DataCell Of(string type) => All.First(cell => cell.Type == type);

    private static DataValue LocalTime(CsvReader reader, int index) => Time(reader, index, out bool isUtc) is var time && !isUtc
        ? DataValue.Of(time)
        : throw new FormatException("the time says which zone it is of");

    private static DateTimeOffset Instant(CsvReader reader, int index)
    {
        if (IsoTime.TryParse(reader.GetSpan(index), out DateTime time, out _)) return new DateTimeOffset(time, TimeSpan.Zero);
        return DateTimeOffset.ParseExact(reader.GetString(index), WithZone, CultureInfo.InvariantCulture, DateTimeStyles.None);
    }

    private static DateTime Time(CsvReader reader, int index, out bool isUtc) => IsoTime.TryParse(reader.GetSpan(index), out DateTime time, out isUtc)
        ? time
        : throw new FormatException("it isn't written as ISO 8601 has it, 2024-05-01 or 2024-05-01T10:00:00");
}
