using System.Diagnostics.CodeAnalysis;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>The committed values of all keyed states in memory. Used under the log's lock.</summary>
internal sealed class MemoryStates
{
    private readonly Dictionary<uint, MemoryState> states = [];

    public bool TryRead(uint number, int partition, ReadOnlySpan<byte> key, ByteWriter value) =>
        states.TryGetValue(number, out MemoryState? state) && state.TryRead(partition, key, value);

    public void Apply(StateChanges changes)
    {
        if (!states.TryGetValue(changes.State.Number, out MemoryState? state)) states.Add(changes.State.Number, state = new MemoryState());
        state.Apply(changes);
    }

    public void Remove(uint number) => states.Remove(number);
}

/// <summary>Reads one of them.</summary>
internal sealed class MemoryStateReader(object gate, MemoryStates states, uint number) : IStateReader
{
    public bool TryRead(int partition, ReadOnlySpan<byte> key, ByteWriter value)
    {
        value.Clear();
        lock (gate) return states.TryRead(number, partition, key, value);
    }
}

/// <summary>The committed values of one keyed state.</summary>
internal sealed class MemoryState
{
    private readonly Dictionary<int, Dictionary<byte[], byte[]>> partitions = [];

    public bool TryRead(int partition, ReadOnlySpan<byte> key, ByteWriter value)
    {
        if (!partitions.TryGetValue(partition, out Dictionary<byte[], byte[]>? values)) return false;
        if (!values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out byte[]? found)) return false;
        value.Write(found);
        return true;
    }

    public void Apply(StateChanges changes)
    {
        foreach (StateChange change in changes)
        {
            if (!partitions.TryGetValue(change.Partition, out Dictionary<byte[], byte[]>? values))
            {
                partitions.Add(change.Partition, values = new Dictionary<byte[], byte[]>(new KeyComparer()));
            }

            Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> byKey = values.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (change.IsDelete) byKey.Remove(change.Key);
            else byKey[change.Key] = change.Value.ToArray();
        }
    }

    /// <summary>Compares keys by their bytes.</summary>
    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
