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

    /// <summary>Dead letters as a chunk for partition 0; null when there are none.</summary>
    public static Chunk? Encode(IReadOnlyList<DeadLetter> letters)
    {
        if (letters.Count == 0) return null;
        var pool = new ChunkPool();
        var builder = new ChunkBuilder(pool, 0);
        foreach (DeadLetter letter in letters)
        {
            ReadOnlyMemory<byte>? value = letter.Value;
            builder.Append(Encoding.UTF8.GetBytes(letter.Identity), true, value.GetValueOrDefault().Span, value is not null, letter.Timestamp, Headers(letter));
        }

        return builder.Take();
    }

    private static RecordHeaders Headers(DeadLetter letter)
    {
        var headers = new List<RecordHeader>
        {
            new(Prefix + "subgraph", letter.Subgraph),
            new(Prefix + "stage", letter.Stage),
            new(Prefix + "error", letter.Error),
            new(Prefix + "message", letter.Message),
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
}
