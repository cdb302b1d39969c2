namespace StreamEngine.Log.Rocks;

/// <summary>How a column family is laid out.</summary>
/// <param name="Name">Its name, fixed for ever by the databases that have it.</param>
internal sealed record RocksFamily(string Name)
{
    /// <summary>How much is collected in memory before it goes to a file, in bytes.</summary>
    public ulong WriteBufferBytes { get; init; } = 8UL << 20;

    /// <summary>
    /// Whether files are merged by size, which writes each value about once, rather than by level, which writes it several times: for what is appended and
    /// removed in the order of its keys.
    /// </summary>
    public bool MergesBySize { get; init; }

    /// <summary>Whether point lookups of absent keys should not touch the files.</summary>
    public bool Filter { get; init; }
}

/// <summary>The memory that a database may use.</summary>
/// <param name="CacheBytes">For blocks read from files.</param>
/// <param name="WriteBuffersBytes">For what is not in files yet, over all families.</param>
internal sealed record RocksMemory(ulong CacheBytes, ulong WriteBuffersBytes);
