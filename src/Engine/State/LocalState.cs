using System.Buffers;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.State;

/// <summary>The copy of one partition of a state, as one opening of the database has it.</summary>
internal sealed class LocalState(LocalStateDatabase database, string changelog, int partition, uint number) : ILocalState
{
    private const int KeyBytesOnStack = 256;

    private volatile bool dropped;

    /// <summary>The identity of what it is a copy of.</summary>
    public string Changelog { get; } = changelog;

    /// <summary>The partition.</summary>
    public int Partition { get; } = partition;

    /// <summary>What its keys begin with.</summary>
    public uint Number { get; } = number;

    /// <summary>The database that has it.</summary>
    public LocalStateDatabase Database { get; } = database;

    /// <summary>Whether it was removed; then it is empty, and nothing can be written to it.</summary>
    public bool IsDropped => dropped;

    public LocalStateBound? Bound => !dropped && Database.Get(LocalStateLayout.BoundKey(Number)) is { } bytes ? LocalStateLayout.ParseBound(bytes) : null;

    public bool TryRead(ReadOnlySpan<byte> key, ByteWriter value)
    {
        value.Clear();
        if (dropped) return false;
        int length = LocalStateLayout.NumberBytes + key.Length;
        byte[]? rented = length > KeyBytesOnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        try
        {
            Span<byte> full = rented is null ? stackalloc byte[KeyBytesOnStack] : rented;
            LocalStateLayout.WriteKey(full, Number, key);
            return Database.TryRead(full[..length], value);
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Notes that it was removed.</summary>
    public void MarkDropped() => dropped = true;

    public override string ToString() => $"{Changelog}/{Partition}";
}
