using System.Buffers.Binary;
using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>
/// What lies where in the log's database. All of it reaches disk, so it is frozen: a change takes a new <see cref="FormatVersion"/>.
/// </summary>
/// <remarks>
/// <code>
/// chunks     topic (4) partition (4) base offset (8)        append time (8) bytes of the partition before it (8) chunk
/// topics     'i'                                            identity of the log, last number given, format version, as JSON
///            't' topic (4)                                  topic, as JSON
///            'p' topic (4) partition (4)                    partition (PartitionRecord)
///            's' state (4)                                  state, as JSON
/// positions  pipeline 0 subgraph 0 source 0 partition       epoch, into, at
/// commits    'n'                                            number of the last commit (8)
///            'h' pipeline                                   version (8) start (16) home record
///            'u' pipeline 0 subgraph 0 task (4) start (16) epoch (8) sink     manifest of sealed output, not published yet
/// state      state (4) partition (4) key                    value
/// </code>
/// Numbers in keys are big-endian, so that keys sort as they count; numbers in values are little-endian.
/// </remarks>
internal static class LogLayout
{
    /// <summary>The version of all this; a database with a larger one is refused.</summary>
    public const int FormatVersion = 1;

    public const int Default = 0;
    public const int Chunks = 1;
    public const int Topics = 2;
    public const int Positions = 3;
    public const int Commits = 4;
    public const int State = 5;

    /// <summary>Bytes before a chunk: when it was appended, and how many bytes the partition had ever got before it.</summary>
    public const int ChunkPrefixBytes = 16;

    /// <summary>Bytes of the key of a chunk.</summary>
    public const int ChunkKeyBytes = 16;

    /// <summary>The column families, in the order of the numbers above.</summary>
    public static IReadOnlyList<RocksFamily> Families { get; } =
    [
        new("default"),
        new("chunks") { WriteBufferBytes = 16UL << 20, MergesBySize = true, Filter = true },
        new("topics"),
        new("positions"),
        new("commits"),
        new("state") { WriteBufferBytes = 16UL << 20, Filter = true },
    ];

    public static ReadOnlySpan<byte> IdentityKey => "i"u8;

    public static ReadOnlySpan<byte> CommitNumberKey => "n"u8;

    public static byte[] ChunkKey(uint topic, int partition, long offset)
    {
        byte[] key = new byte[ChunkKeyBytes];
        WriteChunkKey(key, topic, partition, offset);
        return key;
    }

    public static void WriteChunkKey(Span<byte> key, uint topic, int partition, long offset)
    {
        BinaryPrimitives.WriteUInt32BigEndian(key, topic);
        BinaryPrimitives.WriteInt32BigEndian(key[4..], partition);
        BinaryPrimitives.WriteInt64BigEndian(key[8..], offset);
    }

    public static long OffsetOfChunkKey(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[8..]);

    public static bool IsChunkOf(ReadOnlySpan<byte> key, uint topic, int partition) =>
        key.Length == ChunkKeyBytes && BinaryPrimitives.ReadUInt32BigEndian(key) == topic && BinaryPrimitives.ReadInt32BigEndian(key[4..]) == partition;

    public static byte[] NumberKey(char kind, uint number)
    {
        byte[] key = new byte[5];
        key[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(1), number);
        return key;
    }

    public static byte[] PartitionKey(uint topic, int partition)
    {
        byte[] key = new byte[9];
        key[0] = (byte)'p';
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(1), topic);
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(5), partition);
        return key;
    }

    /// <summary>The first key of a state's partition; the key behind the last is that of the next partition.</summary>
    public static void WriteStatePrefix(Span<byte> key, uint state, int partition)
    {
        BinaryPrimitives.WriteUInt32BigEndian(key, state);
        BinaryPrimitives.WriteInt32BigEndian(key[4..], partition);
    }

    public static byte[] PositionPrefix(PipelineName pipeline) => [.. Encoding.UTF8.GetBytes(pipeline.Value), 0];

    public static byte[] PositionKey(TaskId task, SourcePartitionId partition) =>
        Encoding.UTF8.GetBytes($"{task.Pipeline}\0{task.Subgraph}\0{partition.Source}\0{partition.Partition}");

    public static (string Subgraph, SourcePartitionId Partition) ParsePositionKey(ReadOnlySpan<byte> key)
    {
        string[] parts = Encoding.UTF8.GetString(key).Split('\0', 4);
        return (parts[1], new SourcePartitionId(parts[2], parts[3]));
    }

    public static byte[] PositionValue(CommittedPosition position, Epoch epoch)
    {
        var writer = new ByteWriter(128);
        BinaryPrimitives.WriteInt64LittleEndian(writer.Take(8), epoch.Value);
        WriteText(writer, position.Position.Into);
        WriteText(writer, position.Position.At);
        return writer.Written.ToArray();
    }

    public static CommittedPosition ParsePosition(SourcePartitionId partition, ReadOnlySpan<byte> value)
    {
        var epoch = new Epoch(BinaryPrimitives.ReadInt64LittleEndian(value));
        int at = 8;
        string into = ReadText(value, ref at);
        return new CommittedPosition(partition, new Position(into, ReadText(value, ref at)), epoch);
    }

    public static byte[] HomeKey(PipelineName pipeline) => [(byte)'h', .. Encoding.UTF8.GetBytes(pipeline.Value)];

    public static byte[] HomeValue(StartId start, ReadOnlySpan<byte> record, long version)
    {
        byte[] value = new byte[24 + record.Length];
        BinaryPrimitives.WriteInt64LittleEndian(value, version);
        start.Value.TryWriteBytes(value.AsSpan(8), bigEndian: true, out _);
        record.CopyTo(value.AsSpan(24));
        return value;
    }

    public static HomeEntry ParseHome(ReadOnlySpan<byte> value) =>
        new(ParseStart(value[8..]), value[24..].ToArray(), BinaryPrimitives.ReadInt64LittleEndian(value));

    public static byte[] UnpublishedPrefix(PipelineName pipeline) => [(byte)'u', .. Encoding.UTF8.GetBytes(pipeline.Value), 0];

    public static byte[] UnpublishedKey(TaskId task, StartId start, Epoch epoch, string sink)
    {
        var writer = new ByteWriter(128);
        writer.Write(UnpublishedPrefix(task.Pipeline));
        writer.Write(Encoding.UTF8.GetBytes(task.Subgraph));
        writer.Write(0);
        BinaryPrimitives.WriteInt32BigEndian(writer.Take(4), task.Number);
        start.Value.TryWriteBytes(writer.Take(16), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(writer.Take(8), epoch.Value);
        writer.Write(Encoding.UTF8.GetBytes(sink));
        return writer.Written.ToArray();
    }

    public static UnpublishedStage ParseUnpublished(PipelineName pipeline, ReadOnlySpan<byte> key, ReadOnlySpan<byte> manifest)
    {
        ReadOnlySpan<byte> rest = key[UnpublishedPrefix(pipeline).Length..];
        int end = rest.IndexOf((byte)0);
        string subgraph = Encoding.UTF8.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return new UnpublishedStage(
            new TaskId(pipeline, subgraph, BinaryPrimitives.ReadInt32BigEndian(rest)),
            ParseStart(rest[4..]),
            new Epoch(BinaryPrimitives.ReadInt64BigEndian(rest[20..])),
            Encoding.UTF8.GetString(rest[28..]),
            manifest.ToArray());
    }

    private static StartId ParseStart(ReadOnlySpan<byte> bytes) => new(new Guid(bytes[..16], bigEndian: true));

    private static void WriteText(ByteWriter writer, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        writer.WriteVarint((uint)length);
        Encoding.UTF8.GetBytes(text, writer.Take(length));
    }

    private static string ReadText(ReadOnlySpan<byte> bytes, ref int at)
    {
        int length = (int)ChunkFormat.ReadVarint(bytes, ref at);
        string text = Encoding.UTF8.GetString(bytes.Slice(at, length));
        at += length;
        return text;
    }
}

/// <summary>What the log remembers of a partition. First and next offset are kept here, never derived from the records there are.</summary>
/// <param name="First">The first offset that can be read.</param>
/// <param name="Next">The offset that the next record gets.</param>
/// <param name="Appended">How many bytes were ever appended.</param>
/// <param name="Removed">How many of them were removed.</param>
/// <param name="Cleaned">Up to which offset the partition was compacted.</param>
internal readonly record struct PartitionRecord(long First, long Next, long Appended, long Removed, long Cleaned)
{
    private const int SizeBytes = 40;

    /// <summary>What it means to a reader.</summary>
    public PartitionRange Range => new(First, Next, Appended - Removed);

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, First);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Next);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Appended);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Removed);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Cleaned);
        return bytes;
    }

    public static PartitionRecord Parse(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));
}
