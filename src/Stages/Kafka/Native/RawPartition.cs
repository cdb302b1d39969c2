using System.Runtime.InteropServices;

namespace StreamEngine.Kafka.Native;

/// <summary>A partition in a list of the library's (<c>rd_kafka_topic_partition_t</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RawPartition
{
    public nint Topic;
    public int Partition;
    public long Offset;
    public nint Metadata;
    public nuint MetadataSize;
    public nint Opaque;
    public int Error;
    public nint Private;
}
