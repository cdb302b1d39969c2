using System.Collections;
using System.Text;

namespace StreamEngine.Records;

/// <summary>
/// The headers of a record: names with bytes, in order, a name may come twice. A view of the record's memory: copy what is to be kept.
/// </summary>
public readonly struct RecordHeaders : IEnumerable<RecordHeader>
{
    private readonly byte[]? buffer;
    private readonly int start;
    private readonly int length;

    /// <summary>Headers encoded as <see cref="ChunkFormat"/> has them: a count, then names and values.</summary>
    internal RecordHeaders(byte[] buffer, int start, int length)
    {
        this.buffer = buffer;
        this.start = start;
        this.length = length;
    }

    /// <summary>Encodes headers.</summary>
    public static RecordHeaders Of(params ReadOnlySpan<RecordHeader> headers)
    {
        if (headers.IsEmpty) return default;
        var writer = new ByteWriter(64);
        writer.WriteVarint((uint)headers.Length);
        foreach (RecordHeader header in headers)
        {
            int nameLength = Encoding.UTF8.GetByteCount(header.Name);
            writer.WriteVarint((uint)nameLength);
            Encoding.UTF8.GetBytes(header.Name, writer.Take(nameLength));
            writer.WriteVarint(header.Value is { } bytes ? (uint)bytes.Length + 1 : 0);
            if (header.Value is { } value) writer.Write(value.Span);
        }

        return new RecordHeaders(writer.Buffer, 0, writer.Length);
    }

    /// <summary>How many there are.</summary>
    /// <exception cref="CorruptedChunkException">The bytes are not those of headers.</exception>
    public int Count
    {
        get
        {
            int at = start;
            return IsEmpty ? 0 : (int)ReadLength(ref at);
        }
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => length == 0;

    /// <summary>The last value under <paramref name="name"/>, as Kafka's clients take it; null when there is none, or it is null.</summary>
    public ReadOnlyMemory<byte>? Last(string name)
    {
        ReadOnlyMemory<byte>? found = null;
        foreach (RecordHeader header in this)
        {
            if (header.Name == name) found = header.Value;
        }

        return found;
    }

    /// <summary>These headers with one more behind them.</summary>
    public RecordHeaders With(string name, ReadOnlyMemory<byte>? value) => Of([.. this, new RecordHeader(name, value)]);

    /// <summary>The encoded form.</summary>
    internal ReadOnlySpan<byte> Bytes => buffer.AsSpan(start, length);

    /// <summary>Headers in memory of their own.</summary>
    internal RecordHeaders Detach() => buffer is null ? this : new RecordHeaders(Bytes.ToArray(), 0, length);

    /// <inheritdoc/>
    /// <exception cref="CorruptedChunkException">The bytes are not those of headers.</exception>
    public IEnumerator<RecordHeader> GetEnumerator()
    {
        if (IsEmpty) yield break;
        int at = start;
        for (uint left = ReadLength(ref at); left > 0; left--)
        {
            int nameLength = (int)ReadLength(ref at);
            string name = Encoding.UTF8.GetString(buffer!, at, nameLength);
            at += nameLength;
            uint valueLength = ReadLength(ref at, plus: 1);
            ReadOnlyMemory<byte>? value = null;
            if (valueLength > 0) value = buffer.AsMemory(at, (int)valueLength - 1);
            yield return new RecordHeader(name, value);
            at += Math.Max((int)valueLength - 1, 0);
        }

        if (at != start + length) throw new CorruptedChunkException($"headers have {start + length - at} bytes behind the last");
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Reads a length, which can't be more than what is left, and <paramref name="plus"/> where that stands for null.</summary>
    /// <exception cref="CorruptedChunkException">It is more, or ends nowhere.</exception>
    internal static uint ReadLength(ReadOnlySpan<byte> block, ref int at, uint plus = 0)
    {
        try
        {
            uint value = ChunkFormat.ReadVarint(block, ref at);
            if (value <= (uint)(block.Length - at) + plus) return value;
        }
        catch (IndexOutOfRangeException e)
        {
            throw new CorruptedChunkException("headers end inside a length", e);
        }

        throw new CorruptedChunkException("a header reaches beyond its record");
    }

    private uint ReadLength(ref int at, uint plus = 0) => ReadLength(buffer.AsSpan(0, start + length), ref at, plus);
}

/// <summary>One header of a record.</summary>
/// <param name="Name">The name; not unique.</param>
/// <param name="Value">The bytes, or null.</param>
public readonly record struct RecordHeader(string Name, ReadOnlyMemory<byte>? Value)
{
    /// <summary>A header whose value is text in UTF-8.</summary>
    public RecordHeader(string name, string value)
        : this(name, Encoding.UTF8.GetBytes(value))
    {
    }
}
