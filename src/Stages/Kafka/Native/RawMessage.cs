using System.Runtime.InteropServices;

namespace StreamEngine.Kafka.Native;

/// <summary>A message as the library lays it out (<c>rd_kafka_message_t</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RawMessage
{
    public int Error;
    public nint Topic;
    public int Partition;
    public nint Value;
    public nuint ValueLength;
    public nint Key;
    public nuint KeyLength;
    public long Offset;
    public nint Private;
}
