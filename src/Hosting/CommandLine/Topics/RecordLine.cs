using System.Text;
using System.Text.Json;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary>A record as a line of text says it: the other way round of what <c>topics read</c> prints. Filled anew for each line. Not thread-safe.</summary>
/// <param name="topic">The topic it is for.</param>
/// <param name="clock">Gives a record its time that says none.</param>
internal sealed class RecordLine(TopicSpec topic, TimeProvider clock)
{
    private const int HeadersMax = 1000;
    /// <summary>From the year 1 to the end of the year 9999.</summary>
    private const long TimeMin = -62_135_596_800_000, TimeMax = 253_402_300_799_999;

    private const int DepthMax = 64;

    private readonly ByteWriter key = new();
    private readonly ByteWriter value = new();

    public ReadOnlySpan<byte> Key => key.Written;

    public bool HasKey { get; private set; }

    public ReadOnlySpan<byte> Value => value.Written;

    /// <summary>Whether it has a value; one without deletes its key.</summary>
    public bool HasValue { get; private set; }

    public long Timestamp { get; private set; }

    public RecordHeaders Headers { get; private set; }

    /// <summary>The partition that the line names; null leaves it to the key.</summary>
    public int? Partition { get; private set; }

    /// <summary>Takes a line of text: a value, or a key and a value.</summary>
    /// <param name="line">The line.</param>
    /// <param name="separator">What stands between key and value; null when lines have no keys.</param>
    /// <exception cref="FormatException">It is no record of the topic.</exception>
    public void Parse(ReadOnlySpan<byte> line, byte[]? separator)
    {
        Begin();
        HasValue = true;
        if (separator is not null)
        {
            int at = line.IndexOf(separator);
            if (at < 0) throw new FormatException($"it has no key: there is no '{Encoding.UTF8.GetString(separator)}' in it");
            FieldText.Write(line[..at], topic.KeyFormat, key);
            HasKey = true;
            line = line[(at + separator.Length)..];
        }

        FieldText.Write(line, topic.ValueFormat, value);
    }

    /// <summary>Takes a line of JSON: an object with <c>value</c>, and <c>key</c>, <c>timestamp</c>, <c>headers</c> and <c>partition</c> where they are wanted.</summary>
    /// <exception cref="FormatException">It is no record of the topic.</exception>
    public void ParseJson(ReadOnlySpan<byte> line)
    {
        Begin();
        using JsonDocument document = ParseDocument(line);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException("it is no JSON object");
        bool hasValue = false;
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            switch (property.Name)
            {
                case "key":
                    if (key.Length > 0) throw new FormatException("it has a key twice");
                    HasKey = property.Value.ValueKind != JsonValueKind.Null;
                    if (HasKey) Field("key", property.Value, topic.KeyFormat, key);
                    break;
                case "value":
                    if (hasValue) throw new FormatException("it has a value twice");
                    hasValue = true;
                    HasValue = property.Value.ValueKind != JsonValueKind.Null;
                    if (HasValue) Field("value", property.Value, topic.ValueFormat, value);
                    break;
                case "timestamp":
                    Timestamp = property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt64(out long time) && time is >= TimeMin and <= TimeMax
                        ? time
                        : throw Wrong(property, "milliseconds since 1970");
                    break;
                case "partition":
                    Partition = property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out int partition) && partition >= 0 && partition < topic.Partitions
                        ? partition
                        : throw Wrong(property, $"0 to {topic.Partitions - 1}");
                    break;
                case "headers":
                    Headers = HeadersOf(property);
                    break;
                case "offset":
                    // What was read elsewhere has one; here it gets another.
                    break;
                default:
                    throw new FormatException($"it has a property '{RecordPrinter.Visible(property.Name)}', and only key, value, timestamp, headers and partition mean something");
            }
        }

        if (!hasValue) throw new FormatException("it has no value; null deletes its key");
    }

    private void Begin()
    {
        key.Clear();
        value.Clear();
        HasKey = HasValue = false;
        Headers = default;
        Partition = null;
        Timestamp = clock.GetUtcNow().ToUnixTimeMilliseconds();
    }

    private static JsonDocument ParseDocument(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line.ToArray(), new JsonDocumentOptions { MaxDepth = DepthMax });
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is no JSON: {e.Message}", e);
        }
    }

    private static void Field(string name, JsonElement element, string format, ByteWriter to)
    {
        try
        {
            FieldText.Write(element, format, to);
        }
        catch (FormatException e)
        {
            throw new FormatException($"its {name}: {e.Message}", e);
        }
    }

    private static RecordHeaders HeadersOf(JsonProperty property)
    {
        if (property.Value.ValueKind != JsonValueKind.Array || property.Value.GetArrayLength() > HeadersMax) throw Wrong(property, $"an array of at most {HeadersMax} headers");
        var headers = new List<RecordHeader>();
        foreach (JsonElement header in property.Value.EnumerateArray())
        {
            bool isHeader = header.ValueKind == JsonValueKind.Object && header.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
                && header.TryGetProperty("value", out JsonElement content) && content.ValueKind is JsonValueKind.String or JsonValueKind.Null;
            if (!isHeader) throw Wrong(property, """an array of {"name": "...", "value": "..."}""");
            string? text = header.GetProperty("value").GetString();
            headers.Add(text is null
                ? new RecordHeader(header.GetProperty("name").GetString()!, (ReadOnlyMemory<byte>?)null)
                : new RecordHeader(header.GetProperty("name").GetString()!, (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(text)));
        }

        return RecordHeaders.Of([.. headers]);
    }

    private static FormatException Wrong(JsonProperty property, string what) => new($"its {property.Name} must be {what}");
}
