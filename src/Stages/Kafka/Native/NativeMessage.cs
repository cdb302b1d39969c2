using System.Runtime.CompilerServices;
using Confluent.Kafka;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Native;

/// <summary>A message of a <see cref="NativeBatch"/>: a record, the end of a partition, or an error. A view of the library's memory, valid as long as the batch.</summary>
internal readonly unsafe ref struct NativeMessage(RawMessage* raw)
{
    /// <summary>What it is: a record if there is no error, the end of a partition (<see cref="ErrorCode.Local_PartitionEOF"/>), or an error.</summary>
    public ErrorCode Error => (ErrorCode)raw->Error;

    /// <summary>Whether it is a record.</summary>
    public bool IsRecord => raw->Error == 0;

    /// <summary>The handle of its topic, the same for all its messages; 0 where an error belongs to none.</summary>
    public nint Topic => raw->Topic;

    /// <summary>The name of its topic, made anew at each call.</summary>
    public string TopicName => KafkaFault.Text(Librdkafka.TopicName(raw->Topic));

    /// <summary>Its partition.</summary>
    public int Partition => raw->Partition;

    /// <summary>Its offset; at the end of a partition where reading goes on, behind what no reader will ever see.</summary>
    public long Offset => raw->Offset;

    /// <summary>Whether it has a key.</summary>
    public bool HasKey => raw->Key != 0;

    /// <summary>The bytes of its key.</summary>
    public ReadOnlySpan<byte> Key => new((void*)raw->Key, (int)raw->KeyLength);

    /// <summary>Whether it has a value; without, it is a tombstone.</summary>
    public bool HasValue => raw->Value != 0;

    /// <summary>The bytes of its value.</summary>
    public ReadOnlySpan<byte> Value => new((void*)raw->Value, (int)raw->ValueLength);

    /// <summary>Its time, in milliseconds since 1970.</summary>
    public long Timestamp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Librdkafka.MessageTimestamp(raw, null);
    }

    /// <summary>The text of an error.</summary>
    public string ErrorText => raw->Value == 0 ? KafkaFault.Text(Librdkafka.ErrorText(raw->Error)) : System.Text.Encoding.UTF8.GetString(Value).TrimEnd('\0');

    /// <summary>Its headers; none where it has none.</summary>
    /// <param name="writer">Takes their bytes, which are valid until it is used again.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RecordHeaders Headers(HeaderWriter writer)
    {
        nint headers;
        return Librdkafka.MessageHeaders(raw, &headers) == 0 ? Copy(headers, writer) : default;
    }

    private static RecordHeaders Copy(nint headers, HeaderWriter writer)
    {
        int count = (int)Librdkafka.HeaderCount(headers);
        if (count == 0) return default;
        writer.Begin(count);
        for (int n = 0; n < count; n++)
        {
            byte* name, value;
            nuint size;
            KafkaFault.ThrowIf(Librdkafka.HeaderGet(headers, (nuint)n, &name, &value, &size), "a header can't be read");
            writer.Add(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name), new ReadOnlySpan<byte>(value, (int)size), value != null);
        }

        return writer.Headers;
    }
}
