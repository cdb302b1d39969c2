using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine.DeadLetters;

/// <summary>Prints dead letters, a line each: where, when, why, and the record as its source had it.</summary>
internal sealed class DeadLetterPrinter(Stream output, bool json) : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly BufferedStream output = new(output, 1 << 16);

    /// <summary>Prints one.</summary>
    /// <param name="offset">Its offset in the topic of dead letters.</param>
    /// <param name="letter">What it is.</param>
    public void Print(long offset, DeadLetter letter)
    {
        if (json) PrintJson(offset, letter);
        else PrintText(offset, letter);
        output.WriteByte((byte)'\n');
    }

    public void Dispose() => output.Dispose();

    private void PrintText(long offset, DeadLetter letter)
    {
        string[] fields =
        [
            offset.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.FromUnixTimeMilliseconds(letter.Timestamp):yyyy-MM-ddTHH:mm:ss.fffZ}"),
            letter.Stage,
            letter.Source is { } source ? string.Create(CultureInfo.InvariantCulture, $"{source}@{letter.Offset}") : "-",
            $"{letter.Error}: {letter.Message}",
            letter.Key is { } key ? Text(key) : "-",
            letter.Value is { } value ? Text(value) : "(deleted)",
            string.Join(' ', letter.Headers.Select(header => $"{header.Name}={(header.Value is { } bytes ? Text(bytes) : "")}")),
        ];
        output.Write(Encoding.UTF8.GetBytes(string.Join('\t', fields.Select(RecordPrinter.Visible)).TrimEnd('\t')));
    }

    private void PrintJson(long offset, DeadLetter letter)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        writer.WriteNumber("offset", offset);
        writer.WriteNumber("timestamp", letter.Timestamp);
        writer.WriteString("subgraph", letter.Subgraph);
        writer.WriteString("stage", letter.Stage);
        writer.WriteString("error", letter.Error);
        writer.WriteString("message", letter.Message);
        writer.WriteString("source", letter.Source?.Source);
        writer.WriteString("partition", letter.Source?.Partition);
        writer.WriteNumber("sourceOffset", letter.Offset);
        writer.WriteString("key", letter.Key is { } key ? Text(key) : null);
        writer.WriteString("value", letter.Value is { } value ? Text(value) : null);
        writer.WriteStartArray("headers");
        foreach (RecordHeader header in letter.Headers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", header.Name);
            writer.WriteString("value", header.Value is { } bytes ? Text(bytes) : null);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Bytes as text; in base64 if they are none.</summary>
    private static string Text(ReadOnlyMemory<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes.Span) ? Encoding.UTF8.GetString(bytes.Span) : Convert.ToBase64String(bytes.Span);
}
