namespace StreamEngine.Log.Rocks;

/// <summary>What of a database's write-ahead log is let go when it is opened and not all of it can be read.</summary>
internal enum RocksRecovery
{
    /// <summary>A record torn by a kill, at the very end: all that was synced is there, or the database is refused.</summary>
    Whole,

    /// <summary>
    /// Everything from the first write on that can't be read: what is left is the database as it was between two writes. For what is written without being synced, and
    /// can be made again from elsewhere.
    /// </summary>
    Prefix,
}
