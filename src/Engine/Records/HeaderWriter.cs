namespace StreamEngine.Records;

/// <summary>Encodes the headers of one record after the other in the same memory. Not thread-safe.</summary>
public sealed class HeaderWriter
{
    private readonly ByteWriter writer = new(256);

    /// <summary>What was written, valid until the next <see cref="Begin"/>.</summary>
    public RecordHeaders Headers => new(writer.Buffer, 0, writer.Length);

    /// <summary>Begins a record's headers.</summary>
    /// <param name="count">How many headers follow.</param>
    public void Begin(int count)
    {
        writer.Clear();
        writer.WriteVarint((uint)count);
    }

    /// <summary>Adds a header.</summary>
    /// <param name="name">Its name, in UTF-8.</param>
    /// <param name="value">The bytes of its value.</param>
    /// <param name="hasValue">Whether it has a value.</param>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
    {
        writer.WriteVarint((uint)name.Length);
        writer.Write(name);
        writer.WriteVarint(hasValue ? (uint)value.Length + 1 : 0);
        if (hasValue) writer.Write(value);
    }
}
