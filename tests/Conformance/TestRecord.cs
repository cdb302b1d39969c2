using System.Text;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>
/// A record as tests write and compare it: every byte is one character (Latin-1), so any bytes can be said, compared and printed.
/// </summary>
/// <param name="Key">The key's bytes; null for none.</param>
/// <param name="Value">The value's bytes; null for a tombstone.</param>
/// <param name="Timestamp">The event time.</param>
/// <param name="Headers">The headers as <c>name=value</c> in their order, joined by <c>;</c>, a null value as <c>name</c>.</param>
public sealed record TestRecord(string? Key, string? Value, long Timestamp = 1, string Headers = "")
{
    /// <summary>A chunk with these records for a partition.</summary>
    public static Chunk Chunk(ChunkPool pool, int partition, params ReadOnlySpan<TestRecord> records)
    {
        var builder = new ChunkBuilder(pool, partition);
        foreach (TestRecord record in records) record.AppendTo(builder);
        return builder.Take()!;
    }

    /// <summary>The records of a chunk with their offsets.</summary>
    public static IEnumerable<(long Offset, TestRecord Record)> In(Chunk chunk)
    {
        var found = new List<(long, TestRecord)>(chunk.Records);
        var reader = new ChunkReader(chunk);
        while (reader.MoveNext())
        {
            found.Add((reader.Offset, new TestRecord(
                reader.HasKey ? Encoding.Latin1.GetString(reader.Key) : null,
                reader.HasValue ? Encoding.Latin1.GetString(reader.Value) : null,
                reader.Timestamp,
                Text(reader.Headers))));
        }

        return found;
    }

    /// <summary>Appends the record to a chunk.</summary>
    public void AppendTo(ChunkBuilder builder) => builder.Append(
        Bytes(Key), Key is not null, Bytes(Value), Value is not null, Timestamp, HeadersOf(Headers));

    /// <summary>Headers from their text.</summary>
    public static RecordHeaders HeadersOf(string text) => text.Length == 0
        ? default
        : RecordHeaders.Of([.. text.Split(';').Select(header => header.Split('=', 2)).Select(parts =>
            new RecordHeader(parts[0], parts.Length == 2 ? Bytes(parts[1]) : (ReadOnlyMemory<byte>?)null))]);

    /// <summary>The text of headers.</summary>
    public static string Text(RecordHeaders headers) => string.Join(';', headers.Select(header =>
        header.Value is { } value ? $"{header.Name}={Encoding.Latin1.GetString(value.Span)}" : header.Name));

    private static byte[] Bytes(string? text) => text is null ? [] : Encoding.Latin1.GetBytes(text);
}
