namespace StreamEngine.Log.Rocks;

/// <summary>RocksDB refused, in its own words.</summary>
internal sealed class RocksException(string message) : IOException(message)
{
    /// <summary>Whether RocksDB found its files damaged, rather than busy, full or out of reach.</summary>
    public bool IsCorruption => Message.StartsWith("Corruption", StringComparison.Ordinal);

    /// <summary>Whether another process, or another instance in this one, has the database open.</summary>
    public bool IsLocked => Message.Contains("lock", StringComparison.OrdinalIgnoreCase) && Message.StartsWith("IO error", StringComparison.Ordinal);
}
