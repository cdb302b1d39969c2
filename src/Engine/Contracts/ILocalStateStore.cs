using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// Copies on this machine's disk of states whose truth is elsewhere: a log that keeps changelogs reads keys here. What is in it was committed, and it may be
/// lost at any time. Thread-safe.
/// </summary>
public interface ILocalStateStore : IDisposable
{
    /// <summary>
    /// The copy of one partition of a state; empty when there is none yet. After an error of any copy, those that were opened before are of no more use, and are to be
    /// opened again.
    /// </summary>
    /// <param name="changelog">The identity of what it is a copy of: another one, another copy.</param>
    /// <param name="partition">The partition.</param>
    ILocalState Open(string changelog, int partition);

    /// <summary>Writes to copies in one act.</summary>
    /// <param name="fill">Makes the changes; called once, on the caller's thread, and opens and drops no copy.</param>
    /// <exception cref="Diagnostics.EngineException">The disk is full, or damaged; nothing was written.</exception>
    void Write(Action<ILocalStateBatch> fill);

    /// <summary>Removes a copy.</summary>
    void Drop(ILocalState state);
}

/// <summary>A copy of one partition of a state. Reads are thread-safe, and see whole writes only.</summary>
public interface ILocalState
{
    /// <summary>Up to where it is a copy; null while it is none.</summary>
    LocalStateBound? Bound { get; }

    /// <summary>Reads a key.</summary>
    /// <param name="key">The key's bytes.</param>
    /// <param name="value">Is cleared, and gets the value's bytes.</param>
    /// <returns>False when the key has none.</returns>
    bool TryRead(ReadOnlySpan<byte> key, ByteWriter value);
}

/// <summary>Up to where a local copy of a state goes.</summary>
/// <param name="Offset">The offset of the changelog before which every record is in the copy; some behind it may be too.</param>
/// <param name="At">When that was known, in milliseconds since 1970.</param>
public readonly record struct LocalStateBound(long Offset, long At);

/// <summary>Changes of local copies on their way to disk as one act.</summary>
public interface ILocalStateBatch
{
    /// <summary>Sets a key.</summary>
    void Put(ILocalState state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Removes a key.</summary>
    void Delete(ILocalState state, ReadOnlySpan<byte> key);

    /// <summary>Notes up to where the copy goes once this batch is written.</summary>
    void SetBound(ILocalState state, LocalStateBound bound);
}
