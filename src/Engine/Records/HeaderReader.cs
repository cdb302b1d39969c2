namespace StreamEngine.Records;

/// <summary>
/// Walks over the headers of a record as bytes, making no objects.
/// </summary>
public ref struct HeaderReader
{
    private readonly ReadOnlySpan<byte> block;
    private int at;

    /// <summary>Stands before the first of <paramref name="headers"/>.</summary>
    /// <exception cref="CorruptedChunkException">The bytes are not those of headers.</exception>
    public HeaderReader(RecordHeaders headers)
    {
        block = headers.Bytes;
        Left = headers.Count;
        if (Left > 0) RecordHeaders.ReadLength(block, ref at);
    }

    /// <summary>How many are still to come.</summary>
    public int Left { get; private set; }

    /// <summary>The current header's name, in UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Whether the current header has a value.</summary>
    public bool HasValue { get; private set; }

    /// <summary>The bytes of the current header's value; empty where it has none.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Moves to the next header; false when there is none.</summary>
    /// <exception cref="CorruptedChunkException">The bytes are not those of headers.</exception>
    public bool MoveNext()
    {
        if (Left == 0) return false;
        Left--;
        int name = (int)RecordHeaders.ReadLength(block, ref at);
        Name = block.Slice(at, name);
        at += name;
        uint value = RecordHeaders.ReadLength(block, ref at, plus: 1);
        HasValue = value > 0;
        Value = HasValue ? block.Slice(at, (int)value - 1) : default;
        at += Value.Length;
        return true;
    }
}
