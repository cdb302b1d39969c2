using System.Diagnostics.CodeAnalysis;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>The committed values of one keyed state in memory. Used under the log's lock.</summary>
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
