using System.Buffers.Binary;
using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Log.Rocks;

namespace StreamEngine.State;

/// <summary>
/// The keys and values of the local copies' database. What is written here is on disk: a change needs another <see cref="Version"/>.
/// </summary>
/// <remarks>
/// <code>
/// 0000 'v'                      version, 4 bytes                        numbers are big-endian
/// 0000 'n'                      the number given last, 4 bytes
/// 0000 'c' CHANGELOG PARTITION  the number of the copy, 4 bytes         PARTITION: 4 bytes, so that no two names run together
/// 0000 'b' NUMBER               its bound: offset, time; 8 bytes each
/// NUMBER KEY                    the value                               NUMBER: 4 bytes, from 1, never given twice
/// </code>
/// </remarks>
internal static class LocalStateLayout
{
    /// <summary>The version of this layout. Copies of another one are begun anew.</summary>
    public const uint Version = 1;

    /// <summary>How many bytes of a key tell whose it is.</summary>
    public const int NumberBytes = 4;

    /// <summary>The only column family.</summary>
    public const int Family = 0;

    /// <summary>The families of the database.</summary>
    public static IReadOnlyList<RocksFamily> Families { get; } = [new("default") { WriteBufferBytes = 16UL << 20, Filter = true }];

    /// <summary>Where the version is.</summary>
    public static byte[] VersionKey { get; } = OwnKey('v', 0);

    /// <summary>Where the number given last is.</summary>
    public static byte[] LastNumberKey { get; } = OwnKey('n', 0);

    /// <summary>Where the number of a copy is.</summary>
    public static byte[] CatalogKey(string changelog, int partition)
    {
        byte[] key = OwnKey('c', Encoding.UTF8.GetByteCount(changelog) + sizeof(int));
        Encoding.UTF8.GetBytes(changelog, key.AsSpan(NumberBytes + 1));
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(key.Length - sizeof(int)), partition);
        return key;
    }

    /// <summary>Where the bound of a copy is.</summary>
    public static byte[] BoundKey(uint number)
    {
        byte[] key = OwnKey('b', NumberBytes);
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(NumberBytes + 1), number);
        return key;
    }

    /// <summary>The first key of a copy; that of the next number is behind its last.</summary>
    public static byte[] FirstKey(uint number) => Number(number);

    /// <summary>Writes a key of a copy.</summary>
    public static void WriteKey(Span<byte> target, uint number, ReadOnlySpan<byte> key)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, number);
        key.CopyTo(target[NumberBytes..]);
    }

    /// <summary>A number as it is written.</summary>
    public static byte[] Number(uint number)
    {
        byte[] bytes = new byte[NumberBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>Reads a number.</summary>
    public static uint ParseNumber(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);

    /// <summary>A bound as it is written.</summary>
    public static byte[] Bound(LocalStateBound bound)
    {
        byte[] bytes = new byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, bound.Offset);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(sizeof(long)), bound.At);
        return bytes;
    }

    /// <summary>Reads a bound.</summary>
    public static LocalStateBound ParseBound(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[sizeof(long)..]));

    private static byte[] OwnKey(char kind, int more)
    {
        byte[] key = new byte[NumberBytes + 1 + more];
        key[NumberBytes] = (byte)kind;
        return key;
    }
}
