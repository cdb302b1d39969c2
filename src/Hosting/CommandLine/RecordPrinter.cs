using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>Prints records as people or programs read them, a line each.</summary>
internal sealed class RecordPrinter(Stream output, TopicSpec topic, bool json) : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly BufferedStream output = new(output, 1 << 16);

    /// <summary>Prints the records of a chunk, at most so many.</summary>
    /// <returns>How many may still be printed.</returns>
    public long Print(Chunk chunk, long left)
    {
        var reader = new ChunkReader(chunk);
        while (left > 0 && reader.MoveNext())
        {
            if (json) PrintJson(chunk.Partition, ref reader);
            else PrintText(chunk.Partition, ref reader);
            left--;
        }

        return left;
    }

    public void Dispose() => output.Dispose();

    private void PrintText(int partition, ref ChunkReader reader)
    {
        string key = reader.HasKey ? Visible(Text(reader.Key, topic.KeyFormat)) : "-";
        string value = reader.HasValue ? Visible(Text(reader.Value, topic.ValueFormat)) : "(deleted)";
        string line = string.Create(
            CultureInfo.InvariantCulture, $"{partition}:{reader.Offset}\t{DateTimeOffset.FromUnixTimeMilliseconds(reader.Timestamp):yyyy-MM-ddTHH:mm:ss.fffZ}\t{key}\t{value}\n");
        output.Write(Encoding.UTF8.GetBytes(line));
    }

    private void PrintJson(int partition, ref ChunkReader reader)
    {
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("partition", partition);
            writer.WriteNumber("offset", reader.Offset);
            writer.WriteNumber("timestamp", reader.Timestamp);
            writer.WritePropertyName("key");
            if (reader.HasKey) Write(writer, reader.Key, topic.KeyFormat);
            else writer.WriteNullValue();
            writer.WritePropertyName("value");
            if (reader.HasValue) Write(writer, reader.Value, topic.ValueFormat);
            else writer.WriteNullValue();
            writer.WriteStartArray("headers");
            foreach (RecordHeader header in reader.Headers)
            {
                writer.WriteStartObject();
                writer.WriteString("name", header.Name);
                writer.WritePropertyName("value");
                if (header.Value is { } value) Write(writer, value.Span, "string");
                else writer.WriteNullValue();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes, string format)
    {
        switch (format)
        {
            case "json" when IsJson(bytes):
            case "" when IsJsonDocument(bytes):
                WriteOnOneLine(writer, bytes);
                break;
            case "int16" or "int32" or "int64" or "float" or "double" when Number(bytes, format) is { } number && IsJson(Encoding.ASCII.GetBytes(number)):
                writer.WriteRawValue(number);
                break;
            default:
                writer.WriteStringValue(Text(bytes, format));
                break;
        }
    }

    /// <summary>JSON as it was written, but for line breaks between its tokens; within strings there are none.</summary>
    private static void WriteOnOneLine(Utf8JsonWriter writer, ReadOnlySpan<byte> json)
    {
        if (json.IndexOfAny((byte)'\n', (byte)'\r') < 0)
        {
            writer.WriteRawValue(json, skipInputValidation: true);
            return;
        }

        byte[] line = json.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        writer.WriteRawValue(line, skipInputValidation: true);
    }

    /// <summary>Text that stays on its line, and can't steer a terminal.</summary>
    internal static string Visible(string text)
    {
        if (!text.Any(char.IsControl)) return text;
        var visible = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            if (char.IsControl(c)) visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else visible.Append(c);
        }

        return visible.ToString();
    }

    /// <summary>Bytes as text; in base64 if they are none.</summary>
    private static string Text(ReadOnlySpan<byte> bytes, string format)
    {
        if (Number(bytes, format) is { } number) return number;
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Convert.ToBase64String(bytes);
    }

    private static string? Number(ReadOnlySpan<byte> bytes, string format) => (format, bytes.Length) switch
    {
        ("int16", 2) => BinaryPrimitives.ReadInt16BigEndian(bytes).ToString(CultureInfo.InvariantCulture),
        ("int32", 4) => BinaryPrimitives.ReadInt32BigEndian(bytes).ToString(CultureInfo.InvariantCulture),
        ("int64", 8) => BinaryPrimitives.ReadInt64BigEndian(bytes).ToString(CultureInfo.InvariantCulture),
        ("float", 4) => BinaryPrimitives.ReadSingleBigEndian(bytes).ToString("R", CultureInfo.InvariantCulture),
        ("double", 8) => BinaryPrimitives.ReadDoubleBigEndian(bytes).ToString("R", CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>Whether bytes of an unknown format can be nothing but JSON: a number or a word is text as well.</summary>
    private static bool IsJsonDocument(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> text = bytes.Trim(" \t\r\n"u8);
        return text.Length > 0 && text[0] is (byte)'{' or (byte)'[' && IsJson(bytes);
    }

    private static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return false;
        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
