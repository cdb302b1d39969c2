using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary>Keys and values as text, to be written in a topic's format: what <see cref="RecordPrinter"/> prints, the other way round.</summary>
internal static class FieldText
{
    private static readonly Dictionary<string, Action<string, IBufferWriter<byte>>> Numbers = new()
    {
        ["int16"] = (text, to) => Serdes.Int16.Serialize(short.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), to),
        ["int32"] = (text, to) => Serdes.Int32.Serialize(int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), to),
        ["int64"] = (text, to) => Serdes.Int64.Serialize(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), to),
        ["float"] = (text, to) => Serdes.Single.Serialize(float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), to),
        ["double"] = (text, to) => Serdes.Double.Serialize(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), to),
    };

    /// <summary>The formats that can be written from text. A topic may have others, or one that nobody knows, which is written as the text's own bytes.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["string", "json", "bytes", .. Numbers.Keys];

    /// <summary>Writes text in a format.</summary>
    /// <exception cref="FormatException">It is nothing of that format.</exception>
    public static void Write(ReadOnlySpan<byte> text, string format, ByteWriter to)
    {
        if (Numbers.ContainsKey(format))
        {
            WriteNumber(Encoding.UTF8.GetString(text), format, to);
            return;
        }

        CheckKnown(format);
        if (format == "json") CheckJson(text);
        to.Write(text);
    }

    /// <summary>Writes a value of a JSON object in a format.</summary>
    /// <exception cref="FormatException">It is nothing of that format.</exception>
    public static void Write(JsonElement value, string format, ByteWriter to)
    {
        if (Numbers.ContainsKey(format))
        {
            WriteNumber(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText(), format, to);
            return;
        }

        CheckKnown(format);
        if (format == "json" || (format.Length == 0 && value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)) to.Write(Encoding.UTF8.GetBytes(value.GetRawText()));
        else if (value.ValueKind == JsonValueKind.String) to.Write(Encoding.UTF8.GetBytes(value.GetString()!));
        else throw new FormatException($"{Short(value.GetRawText())} must be a string, as the topic's format is {(format.Length == 0 ? "unknown" : format)}");
    }

    private static void WriteNumber(string text, string format, ByteWriter to)
    {
        try
        {
            Numbers[format](text, to);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new FormatException($"{Short(text)} is no {format}", e);
        }
    }

    private static void CheckKnown(string format)
    {
        if (format == "none") throw new FormatException("the records of this topic have no keys");
        if (format.Length > 0 && !Formats.Contains(format)) throw new FormatException($"the topic's format {format} can't be written as text");
    }

    private static void CheckJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            throw new FormatException($"{Short(Encoding.UTF8.GetString(text))} is no JSON: {e.Message}", e);
        }
    }

    private static string Short(string text)
    {
        const int Max = 60;
        return $"'{RecordPrinter.Visible(text.Length <= Max ? text : text[..Max] + "…")}'";
    }
}
