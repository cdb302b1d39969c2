using CsvHelper;
using StreamEngine.Records.Data;

namespace StreamEngine.Files;

/// <summary>How a field becomes a value of a record whose columns are known only when it runs.</summary>
/// <param name="Type">The word for what it holds: <c>integer</c>.</param>
/// <param name="Description">What a field that can't be read is none of: <c>integer</c>, <c>date</c>.</param>
/// <param name="Read">Reads the field of that index, which isn't empty.</param>
internal sealed record DataCell(string Type, string Description, Func<CsvReader, int, DataValue> Read)
{
    /// <summary>A text as it stands there.</summary>
    public static DataCell Text { get; } = new("text", "text", (reader, index) => DataValue.Of(reader.GetString(index)));

    /// <summary>All there are; each reads what the cell of its type in C# reads.</summary>
    public static IReadOnlyList<DataCell> All { get; } =
    [
        Text,
        new("integer", "whole number of 64 bits", (reader, index) => DataValue.Of(Cell<long>.Reader!(reader, index))),
        new("double", "number", (reader, index) => DataValue.Of(Cell<double>.Reader!(reader, index))),
        new("decimal", "decimal number", (reader, index) => DataValue.Of(Cell<decimal>.Reader!(reader, index))),
        new("boolean", "true or false", (reader, index) => DataValue.Of(Cell<bool>.Reader!(reader, index))),
        new("date", "date", (reader, index) => DataValue.Of(Cell<DateOnly>.Reader!(reader, index))),
        new("local-time", "date with a time and without a zone", LocalTime),
        new("timestamp", "point in time", (reader, index) => DataValue.Of(Cell<DateTimeOffset>.Reader!(reader, index))),
    ];

    /// <summary>The cell of a type's word.</summary>
    public static DataCell Of(string type) => All.First(cell => cell.Type == type);

    private static DataValue LocalTime(CsvReader reader, int index) => Cell<DateTime>.Reader!(reader, index) is { Kind: DateTimeKind.Unspecified } time
        ? DataValue.Of(time)
        : throw new FormatException("the time says which zone it is of");
}
