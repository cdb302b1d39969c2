using System.Runtime.InteropServices;

namespace StreamEngine.Kafka.Native;

/// <summary>One argument of a produce call as the library lays it out (<c>rd_kafka_vu_t</c>): what it is, and a union of 64 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct RawArgument
{
    public const int Topic = 2;
    public const int PartitionNumber = 3;
    public const int Value = 4;
    public const int Key = 5;
    public const int Flags = 7;
    public const int Timestamp = 8;
    public const int Headers = 10;

    [FieldOffset(0)]
    public int Kind;

    [FieldOffset(8)]
    public int Int;

    [FieldOffset(8)]
    public long Long;

    [FieldOffset(8)]
    public nint Pointer;

    [FieldOffset(16)]
    public nuint Size;
}
