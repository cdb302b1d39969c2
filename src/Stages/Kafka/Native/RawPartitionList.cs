using System.Runtime.InteropServices;

namespace StreamEngine.Kafka.Native;

/// <summary>A list of partitions as the library lays it out (<c>rd_kafka_topic_partition_list_t</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RawPartitionList
{
    public int Count;
    public int Size;
    public RawPartition* Elements;
}
