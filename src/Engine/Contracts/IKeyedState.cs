using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// Keyed state as an operator sees it: the value of each key, as the task's own open epoch has left it. Belongs to the task's thread.
/// </summary>
/// <remarks>
/// What an operator changes stays in memory until the epoch is sealed, goes to the store with the epoch's commit, and is gone if that
/// fails. Values are kept decoded while there is room.
/// </remarks>
/// <typeparam name="TValue">The type of the values.</typeparam>
public interface IKeyedState<TValue>
{
    /// <summary>The entry of a key; it is made, without a value, when the key has none.</summary>
    /// <param name="partition">The partition of the record that has the key (<see cref="Origin.Partition"/>).</param>
    /// <param name="key">The key's bytes.</param>
    StateEntry<TValue> Find(int partition, ReadOnlySpan<byte> key);

    /// <summary>Says that an entry was changed in this epoch.</summary>
    void Changed(StateEntry<TValue> entry);

    /// <summary>
    /// Hands out the entries changed in this epoch, in the order of partition and key, and closes the epoch: what they hold now is what will be
    /// committed. Called at the barrier.
    /// </summary>
    IReadOnlyList<StateEntry<TValue>> Seal(Epoch epoch);
}

/// <summary>The value of one key.</summary>
/// <typeparam name="TValue">The type of the value.</typeparam>
public sealed class StateEntry<TValue>
{
    internal StateEntry(int partition, byte[] key)
    {
        Partition = partition;
        Key = key;
    }

    /// <summary>The partition the key belongs to.</summary>
    public int Partition { get; }

    /// <summary>Whether the key has a value.</summary>
    public bool Exists { get; set; }

    /// <summary>The value; meaningless unless <see cref="Exists"/>.</summary>
    public TValue Value { get; set; } = default!;

    /// <summary>The largest event time of what changed it in the open epoch, in milliseconds since 1970.</summary>
    public long Timestamp { get; set; }

    /// <summary>The key's bytes, which must not be changed.</summary>
    public byte[] Key { get; }

    /// <summary>The epoch in which it was changed last, counted by the state itself.</summary>
    internal long ChangedIn { get; set; }

    /// <summary>About how many bytes it holds.</summary>
    internal int Size { get; set; }
}
