using System.Globalization;
using System.Text;
using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// How a dead letter is kept in a topic: the value and the time are the record's own, the key names the record so that it is the same
/// when written again, and headers tell the rest.
/// </summary>
public static class DeadLetterFormat
{
    /// <summary>Before the names of the headers, and of the record's own headers.</summary>
    public const string Prefix = "streamengine.";

    /// <summary>
    /// Dead letters as chunks for partition 0. One that is too large for its topic goes without what the record held, and says so: it names the record, which is
    /// where it came from still.
    /// </summary>
    /// <param name="letters">The dead letters.</param>
    /// <param name="recordBytesMax">How many bytes key, value and headers of a record in that topic may have together.</param>
    public static IReadOnlyList<Chunk> Encode(IReadOnlyList<DeadLetter> letters, int recordBytesMax = int.MaxValue)
    {
        if (letters.Count == 0) return [];
        var chunks = new List<Chunk>();
        var builder = new ChunkBuilder(new ChunkPool(), 0);
        foreach (DeadLetter letter in letters)
        {
            if (builder.IsFull) chunks.Add(builder.Take()!);
            byte[] identity = Encoding.UTF8.GetBytes(letter.Identity);
            RecordHeaders headers = Headers(letter);
            ReadOnlyMemory<byte>? value = letter.Value;
            if ((long)identity.Length + value.GetValueOrDefault().Length + headers.Bytes.Length > recordBytesMax)
            {
                headers = Headers(Emptied(letter));
                value = null;
            }

            builder.Append(identity, true, value.GetValueOrDefault().Span, value is not null, letter.Timestamp, headers);
        }

        chunks.Add(builder.Take()!);
        return chunks;
    }

    /// <summary>The dead letter that a record of such a topic is, with memory of its own.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DeadLetter Decode(ref ChunkReader reader)
    {
        // The engine's own come first, each at most once; one of the same name behind them is the record's own.
        var told = new Dictionary<string, ReadOnlyMemory<byte>?>();
        var own = new List<RecordHeader>();
        foreach (RecordHeader header in reader.Headers.Detach())
        {
            bool isOurs = own.Count == 0 && header.Name.StartsWith(Prefix, StringComparison.Ordinal) && told.TryAdd(header.Name[Prefix.Length..], header.Value);
            if (!isOurs) own.Add(header);
        }

        string Text(string name) => told.GetValueOrDefault(name) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "";
        string identity = Encoding.UTF8.GetString(reader.Key), source = Text("source");
        return new DeadLetter(
            Text("subgraph"),
            Text("stage"),
            source.Length == 0 ? null : new SourcePartitionId(source, Text("partition")),
            long.Parse(Text("offset"), CultureInfo.InvariantCulture),
            int.Parse(identity.AsSpan(identity.LastIndexOf('/') + 1), CultureInfo.InvariantCulture),
            Text("error"),
            Text("message"))
        {
            Key = told.GetValueOrDefault("key"),
            Value = reader.HasValue ? (ReadOnlyMemory<byte>?)reader.Value.ToArray() : null,
            Timestamp = reader.Timestamp,
            Headers = RecordHeaders.Of([.. own]),
        };
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

    /// <summary>The letter without what can be large; its message begins with that.</summary>
    private static DeadLetter Emptied(DeadLetter letter)
    {
        int key = letter.Key.GetValueOrDefault().Length, value = letter.Value.GetValueOrDefault().Length, headers = letter.Headers.Bytes.Length;
        string note = string.Create(CultureInfo.InvariantCulture, $"(too large to be kept here: key of {key}, value of {value}, headers of {headers} bytes) ");
        return letter with { Key = null, Value = null, Headers = default, Message = note + letter.Message };
    }

    private static string Cut(string message)
    {
        const int Max = DeadLetter.MessageLengthMax;
        if (message.Length <= Max) return message;
        return message[..(char.IsHighSurrogate(message[Max - 1]) ? Max - 1 : Max)];
    }
}
