using System.Globalization;
using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>
/// How a dead letter is kept in a topic: the value and the time are the record's own, the key names the record so that it is the same
/// when written again, and headers tell the rest.
/// </summary>
internal static class DeadLetterFormat
{
    /// <summary>Before the names of the headers, and of the record's own headers.</summary>
    public const string Prefix = "streamengine.";

    /// <summary>Dead letters as chunks for partition 0.</summary>
    public static IReadOnlyList<Chunk> Encode(IReadOnlyList<DeadLetter> letters)
    {
        if (letters.Count == 0) return [];
        var chunks = new List<Chunk>();
        var builder = new ChunkBuilder(new ChunkPool(), 0);
        foreach (DeadLetter letter in letters)
        {
            if (builder.IsFull) chunks.Add(builder.Take()!);
            ReadOnlyMemory<byte>? value = letter.Value;
            builder.Append(Encoding.UTF8.GetBytes(letter.Identity), true, value.GetValueOrDefault().Span, value is not null, letter.Timestamp, Headers(letter));
        }

        chunks.Add(builder.Take()!);
        return chunks;
    }

    private static RecordHeaders Headers(DeadLetter letter)
    {
        var headers = new List<RecordHeader>
        {
            new(Prefix + "subgraph", letter.Subgraph),
            new(Prefix + "stage", letter.Stage),
            new(Prefix + "error", letter.Error),
            new(Prefix + "message", Cut(letter.Message)),
            new(Prefix + "offset", letter.Offset.ToString(CultureInfo.InvariantCulture)),
        };
        if (letter.Source is { } source)
        {
            headers.Add(new RecordHeader(Prefix + "source", source.Source));
            headers.Add(new RecordHeader(Prefix + "partition", source.Partition));
        }

        if (letter.Key is { } key) headers.Add(new RecordHeader(Prefix + "key", key));
        headers.AddRange(letter.Headers);
        return RecordHeaders.Of([.. headers]);
    }

    private static string Cut(string message)
    {
        const int Max = DeadLetter.MessageLengthMax;
        if (message.Length <= Max) return message;
        return message[..(char.IsHighSurrogate(message[Max - 1]) ? Max - 1 : Max)];
    }
}
