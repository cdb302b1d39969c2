using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>A named keyed state of a pipeline.</summary>
/// <param name="Name">Its name, unique in the pipeline.</param>
/// <param name="Shape">What its keys and values look like (<see cref="ISerde{T}.Shape"/>), compared at every start.</param>
/// <param name="Partitions">How many partitions it has: those of the input that feeds it.</param>
public sealed record StateSpec(string Name, string Shape, int Partitions);

/// <summary>A state there is.</summary>
/// <param name="Number">The log's own number for it, never given twice.</param>
/// <param name="Spec">What it is.</param>
public sealed record StateInfo(uint Number, StateSpec Spec);

/// <summary>
/// The committed values of keyed state. What an epoch changes stays with its task until the commit, so a reader never sees it here.
/// Thread-safe.
/// </summary>
public interface IStateReader
{
    /// <summary>Reads the committed value of a key.</summary>
    /// <param name="partition">The partition the key belongs to.</param>
    /// <param name="key">The key's bytes.</param>
    /// <param name="value">Is cleared, and gets the value's bytes.</param>
    /// <returns>False when the key has none.</returns>
    bool TryRead(int partition, ReadOnlySpan<byte> key, ByteWriter value);
}

/// <summary>
/// What one epoch of a task changes in one state: keys with their new values, in the order of partition and key where the writer can
/// have them so, which makes applying them several times cheaper.
/// </summary>
/// <param name="state">The state.</param>
public sealed class StateChanges(StateInfo state)
{
    private readonly ByteWriter entries = new(4096);

    /// <summary>The state.</summary>
    public StateInfo State { get; } = state;

    /// <summary>How many keys change.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes the changes take.</summary>
    public int Bytes => entries.Length;

    /// <summary>The array that the changes are in, while none is added.</summary>
    internal byte[] Buffer => entries.Buffer;

    /// <summary>Sets a key.</summary>
    /// <returns>Where in the changes the value's bytes begin.</returns>
    public int Put(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Begin(partition, key, (uint)value.Length + 1);
        int start = entries.Length;
        entries.Write(value);
        return start;
    }

    /// <summary>Removes a key.</summary>
    public void Delete(int partition, ReadOnlySpan<byte> key) => Begin(partition, key, 0);

    /// <summary>Walks over the changes in the order they were made.</summary>
    public Enumerator GetEnumerator() => new(entries.Buffer, entries.Length);

    private void Begin(int partition, ReadOnlySpan<byte> key, uint value)
    {
        entries.WriteVarint((uint)partition);
        entries.WriteVarint((uint)key.Length);
        entries.WriteVarint(value);
        entries.Write(key);
        Count++;
    }

    /// <summary>A walk over changes.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> bytes;
        private int at;

        internal Enumerator(byte[] buffer, int length) => bytes = buffer.AsSpan(0, length);

        /// <summary>The current change.</summary>
        public StateChange Current { get; private set; }

        /// <summary>Moves on.</summary>
        public bool MoveNext()
        {
            if (at == bytes.Length) return false;
            int partition = (int)ChunkFormat.ReadVarint(bytes, ref at);
            int keyLength = (int)ChunkFormat.ReadVarint(bytes, ref at);
            int valueLength = (int)ChunkFormat.ReadVarint(bytes, ref at) - 1;
            ReadOnlySpan<byte> key = bytes.Slice(at, keyLength);
            at += keyLength;
            ReadOnlySpan<byte> value = valueLength < 0 ? default : bytes.Slice(at, valueLength);
            at += Math.Max(valueLength, 0);
            Current = new StateChange(partition, key, value, valueLength < 0);
            return true;
        }
    }
}

/// <summary>One change of keyed state.</summary>
public readonly ref struct StateChange
{
    internal StateChange(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isDelete)
    {
        Partition = partition;
        Key = key;
        Value = value;
        IsDelete = isDelete;
    }

    /// <summary>The partition the key belongs to.</summary>
    public int Partition { get; }

    /// <summary>The key's bytes.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The new value's bytes; empty for a removal.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether the key goes.</summary>
    public bool IsDelete { get; }
}
