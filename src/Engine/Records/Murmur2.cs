using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace StreamEngine.Records;

/// <summary>
/// The hash by which Kafka's Java client chooses the partition of a key (<c>org.apache.kafka.common.utils.Utils.murmur2</c>; MurmurHash2 by
/// Austin Appleby, 32 bits, with a seed of Kafka's), so that a key lies in the partition where any Kafka client expects it.
/// </summary>
public static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;

    /// <summary>The partition of a key: a record without one may lie in any.</summary>
    /// <param name="key">The key's bytes.</param>
    /// <param name="partitions">How many partitions the topic has.</param>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (int)((Hash(key) & 0x7fffffff) % (uint)partitions);

    /// <summary>The hash of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Hash(ReadOnlySpan<byte> key)
    {
        uint hash = Seed ^ (uint)key.Length;
        ReadOnlySpan<byte> rest = key;
        for (; rest.Length >= 4; rest = rest[4..])
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(rest) * Multiplier;
            word ^= word >> 24;
            word *= Multiplier;
            hash = (hash * Multiplier) ^ word;
        }

        if (rest.Length == 3) hash ^= (uint)rest[2] << 16;
        if (rest.Length >= 2) hash ^= (uint)rest[1] << 8;
        if (rest.Length >= 1)
        {
            hash ^= rest[0];
            hash *= Multiplier;
        }

        hash ^= hash >> 13;
        hash *= Multiplier;
        return hash ^ (hash >> 15);
    }
}
