using System.Runtime.CompilerServices;

namespace StreamEngine.Records;

/// <summary>
/// A key or a value that stays bytes until somebody asks for it, and is written from the bytes it was read from when nobody changed it.
/// </summary>
/// <typeparam name="T">The type of the decoded value.</typeparam>
internal struct Field<T>
{
    private byte[]? buffer;
    private int start;
    private int length;
    private Content content;
    private ISerde<T>? serde;
    private T value;

    [Flags]
    private enum Content : byte
    {
        Null = 0,
        Bytes = 1,
        Value = 2,
    }

    /// <summary>A decoded value; null where <typeparamref name="T"/> allows it.</summary>
    public Field(T value)
    {
        this.value = value;
        content = value is null ? Content.Null : Content.Value;
    }

    /// <summary>A slice that <paramref name="serde"/> can decode.</summary>
    public Field(byte[] buffer, int start, int length, ISerde<T> serde)
    {
        this.buffer = buffer;
        this.start = start;
        this.length = length;
        this.serde = serde;
        content = Content.Bytes;
        value = default!;
    }

    /// <summary>A slice together with what it decodes to.</summary>
    public Field(byte[] buffer, int start, int length, ISerde<T> serde, T value)
        : this(buffer, start, length, serde)
    {
        this.value = value;
        content = Content.Bytes | Content.Value;
    }

    /// <summary>No key, or a tombstone.</summary>
    public readonly bool IsNull => content == Content.Null;

    /// <summary>Whether the bytes it was read from are still at hand.</summary>
    public readonly bool HasBytes => (content & Content.Bytes) != 0;

    /// <summary>The bytes it was read from; empty unless <see cref="HasBytes"/>.</summary>
    public readonly ReadOnlySpan<byte> Bytes => HasBytes ? buffer.AsSpan(start, length) : default;

    /// <summary>The bytes as memory, for a copy or a view.</summary>
    public readonly ReadOnlyMemory<byte> Memory => HasBytes ? buffer.AsMemory(start, length) : default;

    /// <summary>The serde that can decode <see cref="Bytes"/>.</summary>
    public readonly ISerde<T>? Serde => serde;

    /// <summary>Decodes at the first call, and remembers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get()
    {
        if ((content & Content.Value) == 0) Decode();
        return value;
    }

    /// <summary>Makes the field independent of the memory it was read from.</summary>
    public void Detach()
    {
        if (!HasBytes) return;
        T kept = Get();
        this = new Field<T>(serde is null ? kept : serde.Detach(kept));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Decode()
    {
        if (content == Content.Null)
        {
            if (default(T) is not null) throw new TombstoneException(typeof(T));
            return;
        }

        try
        {
            value = serde!.Deserialize(buffer.AsMemory(start, length));
        }
        catch (Exception e) when (e is not SerdeException and not OutOfMemoryException)
        {
            throw new SerdeException($"{length} bytes are not {serde!.Format}: {e.Message}", e);
        }

        content |= Content.Value;
    }
}
