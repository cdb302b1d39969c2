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
    /// The most bytes kept for use again: an epoch that fills, one that is committed, and what is read ahead. Less would have full epochs take new
    /// buffers each time, which are large objects to the garbage collector.
    /// </summary>
    private const long KeptBytesMax = 12L << 20;

    /// <summary>
    /// The sizes of buffers. Short epochs make short chunks; in buffers of the usual size, what is read ahead of them would take many times the memory
    /// that it is counted as.
    /// </summary>
    private static readonly int[] Sizes = [8 * 1024, 32 * 1024, StandardBytes];

    private readonly Stack<Chunk>[] kept = [.. Sizes.Select(_ => new Stack<Chunk>())];
    private readonly Lock gate = new();
    private int outstanding;
    private long keptBytes;
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
        int size = SizeFor(bytes);
        lock (gate)
        {
            outstanding++;
            if (size >= 0 && kept[size].TryPop(out Chunk? chunk))
            {
                keptBytes -= chunk.Buffer.Length;
                chunk.Reuse();
                return chunk;
            }
        }

        return new Chunk(this, GC.AllocateUninitializedArray<byte>(size < 0 ? bytes : Sizes[size]));
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
            foreach (Stack<Chunk> size in kept) size.Clear();
            keptBytes = 0;
        }
    }

    /// <summary>The place of the smallest size that has room; -1 when none has.</summary>
    private static int SizeFor(int bytes)
    {
        for (int size = 0; size < Sizes.Length; size++)
        {
            if (bytes <= Sizes[size]) return size;
        }

        return -1;
    }

    internal void Return(Chunk chunk)
    {
        lock (gate)
        {
            outstanding--;
            int size = Array.IndexOf(Sizes, chunk.Buffer.Length);
            if (closed || size < 0 || keptBytes + chunk.Buffer.Length > KeptBytesMax) return;
            keptBytes += chunk.Buffer.Length;
            kept[size].Push(chunk);
        }
    }
}
