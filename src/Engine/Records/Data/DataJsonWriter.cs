using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace StreamEngine.Records.Data;

/// <summary>
/// Writes values as JSON, byte for byte as System.Text.Json writes the same with its defaults: days, times and timestamps as it writes <c>DateOnly</c>,
/// <c>DateTime</c> and <c>DateTimeOffset</c>, bytes in base 64.
/// </summary>
internal static class DataJsonWriter
{
    [ThreadStatic]
    private static Utf8JsonWriter? jsonWriter;

    /// <summary>Appends a value.</summary>
    /// <exception cref="DataException">JSON has no such number, or it is nested too deep.</exception>
    public static void Write(DataValue value, IBufferWriter<byte> writer)
    {
        // A writer is an allocation of its own, so each thread keeps one.
        Utf8JsonWriter json = jsonWriter ??= new Utf8JsonWriter(writer, new JsonWriterOptions { SkipValidation = true });
        json.Reset(writer);
        Write(json, value, 0);
        json.Flush();
    }

    private static void Write(Utf8JsonWriter json, DataValue value, int depth)
    {
        switch (value.Kind)
        {
            case DataKind.Null:
                json.WriteNullValue();
                break;
            case DataKind.Boolean:
                json.WriteBooleanValue(value.AsBoolean());
                break;
            case DataKind.Integer:
                json.WriteNumberValue(value.AsInteger());
                break;
            case DataKind.Double:
                json.WriteNumberValue(Checked(value.AsDouble()));
                break;
            case DataKind.Decimal:
                json.WriteNumberValue(value.AsDecimal());
                break;
            case DataKind.Text:
                json.WriteStringValue(value.AsText());
                break;
            case DataKind.Bytes:
                json.WriteBase64StringValue(value.AsBytes().Span);
                break;
            case DataKind.Date:
                WriteDate(json, value.AsDate());
                break;
            case DataKind.LocalTime:
                json.WriteStringValue(value.AsLocalTime());
                break;
            case DataKind.Instant:
                json.WriteStringValue(value.AsInstant());
                break;
            case DataKind.List:
                WriteList(json, value.AsList(), Deeper(depth));
                break;
            default:
                WriteObject(json, value.AsObject(), Deeper(depth));
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, DataObject value, int depth)
    {
        json.WriteStartObject();
        ReadOnlySpan<JsonEncodedText> names = value.Shape.JsonNames;
        ReadOnlySpan<DataValue> values = value.Values;
        for (int n = 0; n < names.Length; n++)
        {
            json.WritePropertyName(names[n]);
            Write(json, values[n], depth);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<DataValue> items, int depth)
    {
        json.WriteStartArray();
        foreach (DataValue item in items) Write(json, item, depth);
        json.WriteEndArray();
    }

    private static void WriteDate(Utf8JsonWriter json, DateOnly date)
    {
        Span<char> text = stackalloc char[10];
        date.TryFormat(text, out int length, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        json.WriteStringValue(text[..length]);
    }

    private static double Checked(double number) => double.IsFinite(number)
        ? number
        : throw new DataException($"{number.ToString(CultureInfo.InvariantCulture)} can't be written as JSON, which has no such number");

    private static int Deeper(int depth) => depth < DataJson.DepthMax
        ? depth + 1
        : throw new DataException($"the value is nested deeper than {DataJson.DepthMax} levels, and could not be read again");
}
