using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StreamEngine.Records.Data;

/// <summary>Reads JSON into values.</summary>
/// <remarks>
/// Numbers: an integer if it fits one; written without an exponent and no more digits than a decimal holds, a decimal; else a double. So a number that isn't touched is
/// written as it was read. Where a name comes twice in an object, the last value is taken, in the place of the first.
/// </remarks>
internal static class DataJsonReader
{
    private const int DecimalDigitsMax = 28;

    [ThreadStatic]
    private static ObjectCollector? collector;

    /// <summary>Reads exactly one value.</summary>
    /// <param name="json">The JSON in UTF-8.</param>
    /// <param name="shapes">The shapes of what came before it.</param>
    /// <exception cref="DataException">It is none.</exception>
    public static DataValue Read(ReadOnlySpan<byte> json, ShapeTree shapes)
    {
        ObjectCollector values = collector ??= new ObjectCollector();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DataJson.DepthMax });
            reader.Read();
            DataValue value = ReadValue(ref reader, values, shapes);
            reader.Read();
            return value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DataException($"{json.Length} bytes are not JSON: {e.Message}", e);
        }
        finally
        {
            values.Clear();
        }
    }

    private static DataValue ReadValue(ref Utf8JsonReader reader, ObjectCollector values, ShapeTree shapes) => reader.TokenType switch
    {
        JsonTokenType.StartObject => DataValue.Of(ReadObject(ref reader, values, shapes)),
        JsonTokenType.StartArray => DataValue.Of(ReadArray(ref reader, values, shapes)),
        JsonTokenType.String => DataValue.Of(reader.GetString()),
        JsonTokenType.Number => ReadNumber(reader.ValueSpan),
        JsonTokenType.True => DataValue.Of(true),
        JsonTokenType.False => DataValue.Of(false),
        _ => DataValue.Null,
    };

    private static DataObject ReadObject(ref Utf8JsonReader reader, ObjectCollector values, ShapeTree shapes)
    {
        var fields = new ObjectFields(values, shapes.Root);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            int at = reader.ValueIsEscaped ? BeginEscaped(ref fields, ref reader) : fields.Begin(reader.ValueSpan);
            reader.Read();

            // A place behind the others is taken only once what is inside the value is off the stack again.
            values.Put(at, ReadValue(ref reader, values, shapes));
        }

        return fields.End();
    }

    private static DataValue[] ReadArray(ref Utf8JsonReader reader, ObjectCollector values, ShapeTree shapes)
    {
        int start = values.Top;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) values.Push(ReadValue(ref reader, values, shapes));
        return values.Take(start);
    }

    private static int BeginEscaped(ref ObjectFields fields, ref Utf8JsonReader reader)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return fields.Begin(scratch.AsSpan(0, reader.CopyString(scratch)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static DataValue ReadNumber(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out long integer, out int read) && read == text.Length && (integer != 0 || text[0] != '-')) return DataValue.Of(integer);
        if (Digits(text) is { } digits && Utf8Parser.TryParse(text, out decimal exact, out _) && (digits <= DecimalDigitsMax || IsWritten(exact, text)))
        {
            return DataValue.Of(exact);
        }

        return Utf8Parser.TryParse(text, out double number, out _) && double.IsFinite(number)
            ? DataValue.Of(number)
            : throw new DataException($"the number {Encoding.UTF8.GetString(text)} is out of range");
    }

    /// <summary>How many digits a number has that a decimal would hold; null where a decimal is out of the question, as for a zero with a sign.</summary>
    private static int? Digits(ReadOnlySpan<byte> text)
    {
        int digits = 0, fraction = 0;
        bool behindPoint = false;
        foreach (byte c in text)
        {
            if (c is (byte)'e' or (byte)'E') return null;
            if (c == '.')
            {
                behindPoint = true;
            }
            else if (c != '-')
            {
                if (behindPoint) fraction++;
                if (digits > 0 || c != '0') digits++;
            }
        }

        bool fits = digits <= DecimalDigitsMax + 1 && fraction <= DecimalDigitsMax && (digits > 0 || text[0] != '-');
        return fits ? digits : null;
    }

    /// <summary>Whether a decimal is written as it was read: of 29 digits some fit one, and others are rounded.</summary>
    private static bool IsWritten(decimal number, ReadOnlySpan<byte> text)
    {
        Span<byte> written = stackalloc byte[40];
        return number.TryFormat(written, out int length, provider: CultureInfo.InvariantCulture) && written[..length].SequenceEqual(text);
    }
}
