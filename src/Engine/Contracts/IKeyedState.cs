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
    private readonly ISerde<TValue> serde;

    internal StateEntry(int partition, byte[] key, ISerde<TValue> serde)
    {
        Partition = partition;
        Key = key;
        this.serde = serde;
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

    /// <summary>
    /// The entry as a record: key and value are the bytes that are committed, so that they needn't be encoded a second time. A tombstone if the
    /// key has no value. To be used at the barrier, behind <see cref="IKeyedState{TValue}.Seal"/>.
    /// </summary>
    public Record<TKey, TValue> ToRecord<TKey>(ISerde<TKey> keySerde) => new(
        new Field<TKey>(Key, 0, Key.Length, keySerde),
        Exists ? new Field<TValue>(SealedIn!.Buffer, SealedStart, SealedLength, serde, Value) : default,
        Timestamp,
        new Origin(-1, Partition, 0),
        default);

    /// <summary>The epoch in which it was changed last.</summary>
    internal long ChangedIn { get; set; }

    /// <summary>The epoch in which it was used last.</summary>
    internal long UsedIn { get; set; }

    /// <summary>Where the value's bytes are that were sealed last.</summary>
    internal StateChanges? SealedIn { get; set; }

    internal int SealedStart { get; set; }

    internal int SealedLength { get; set; }

    /// <summary>About how many bytes it holds.</summary>
    internal int Size { get; set; }
}
