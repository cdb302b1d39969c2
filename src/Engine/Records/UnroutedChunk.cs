namespace StreamEngine.Records;

/// <summary>A chunk that goes to a topic as it was read: whoever writes it finds the partition of each of its records.</summary>
/// <param name="chunk">The records, with the hold of one who keeps them.</param>
/// <param name="keyless">The partition of those without a key.</param>
public sealed class UnroutedChunk(Chunk chunk, int keyless) : Element
{
    /// <summary>The records.</summary>
    public Chunk Chunk { get; } = chunk;

    /// <summary>The partition of those without a key.</summary>
    public int Keyless { get; } = keyless;

    /// <inheritdoc/>
    public override int Records => Chunk.Records;

    /// <inheritdoc/>
    public override int Bytes => Chunk.Bytes;

    /// <inheritdoc/>
    public override void Retain() => Chunk.Retain();

    /// <inheritdoc/>
    public override void Release() => Chunk.Release();
}
