using System.Buffers;
using System.Runtime.CompilerServices;

namespace StreamEngine.Records;

/// <summary>
/// A growing byte array to serialise into, used again for record after record. Not thread-safe.
/// </summary>
public sealed class ByteWriter : IBufferWriter<byte>
{
    private byte[] buffer;
    private int length;

    /// <summary>An empty writer with room for <paramref name="capacity"/> bytes.</summary>
    public ByteWriter(int capacity = 256) => buffer = new byte[Math.Max(capacity, 16)];

    /// <summary>How many bytes were written.</summary>
    public int Length => length;

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, length);

    /// <summary>The array written into.</summary>
    internal byte[] Buffer => buffer;

    /// <summary>Forgets what was written, and keeps the memory.</summary>
    public void Clear() => length = 0;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(buffer.Length - length), nameof(count));
        length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return buffer.AsMemory(length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return buffer.AsSpan(length);
    }

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Write(byte value)
    {
        Reserve(1);
        buffer[length++] = value;
    }

    /// <summary>Appends an unsigned number in 1 to 5 bytes of 7 bits, low ones first.</summary>
    public void WriteVarint(uint value)
    {
        Reserve(ChunkFormat.VarintBytesMax);
        length = ChunkFormat.WriteVarint(buffer, length, value);
    }

    /// <summary>Appends room for <paramref name="count"/> bytes, and returns it to be filled.</summary>
    public Span<byte> Take(int count)
    {
        Reserve(count);
        Span<byte> taken = buffer.AsSpan(length, count);
        length += count;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (buffer.Length - length < count) Grow(count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count) => Array.Resize(ref buffer, (int)Math.Min(Array.MaxLength, Math.Max(buffer.Length * 2L, (long)length + count)));
}
