namespace StreamEngine.Records;

/// <summary>
/// The memory of a task's chunks. It hands buffers out, takes them back for use again, and knows how many are out; when the task ends,
/// it is closed, and what comes back later goes to the garbage collector: an abandoned thread may still be writing into it.
/// </summary>
/// <remarks>Thread-safe: chunks are filled on polling threads and released on committing ones.</remarks>
public sealed class ChunkPool
{
    /// <summary>The size of a usual buffer, in bytes. Larger records get a buffer of their own, which is not kept.</summary>
    public const int StandardBytes = 128 * 1024;

    /// <summary>
    /// The most buffers kept for use again (24 MB): an epoch that fills, one that is committed, and what is read ahead. Fewer would have full epochs
    /// take new ones each time, which are large objects to the garbage collector.
    /// </summary>
    private const int KeptMax = 192;

    private readonly Stack<Chunk> kept = new();
    private readonly Lock gate = new();
    private int outstanding;
    private bool closed;

    /// <summary>How many chunks are out. Zero after a graph has come to its end: nothing leaked.</summary>
    public int Outstanding
    {
        get
        {
            lock (gate) return outstanding;
        }
    }

    /// <summary>Hands out an empty chunk with room for <paramref name="bytes"/> at least.</summary>
    public Chunk Rent(int bytes = StandardBytes)
    {
        lock (gate)
        {
            outstanding++;
            if (bytes <= StandardBytes && kept.TryPop(out Chunk? chunk))
            {
                chunk.Reuse();
                return chunk;
            }
        }

        return new Chunk(this, GC.AllocateUninitializedArray<byte>(Math.Max(bytes, StandardBytes)));
    }

    /// <summary>Hands out a chunk with these bytes.</summary>
    /// <exception cref="CorruptedChunkException">They are not those of a chunk.</exception>
    internal Chunk Copy(ReadOnlySpan<byte> encoded, int partition, long baseOffset)
    {
        Chunk chunk = Rent(encoded.Length);
        try
        {
            encoded.CopyTo(chunk.Buffer);
            chunk.Fill(encoded.Length);
        }
        catch
        {
            chunk.Release();
            throw;
        }

        chunk.Partition = partition;
        chunk.BaseOffset = baseOffset;
        return chunk;
    }

    /// <summary>Lets go of what is kept, and of all that comes back from now on.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            kept.Clear();
        }
    }

    internal void Return(Chunk chunk)
    {
        lock (gate)
        {
            outstanding--;
            if (!closed && chunk.Buffer.Length == StandardBytes && kept.Count < KeptMax) kept.Push(chunk);
        }
    }
}
