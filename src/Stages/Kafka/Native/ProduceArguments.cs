using System.Runtime.CompilerServices;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// The arguments of produce calls to one topic, on the caller's stack: what stays the same is written once, and a record changes key, value, time and headers.
/// </summary>
internal unsafe ref struct ProduceArguments
{
    /// <summary>How many arguments a call has at most.</summary>
    public const int Count = 7;

    private const int PartitionAt = 1;
    private const int KeyAt = 3;
    private const int ValueAt = 4;
    private const int TimestampAt = 5;
    private const int HeadersAt = 6;

    /// <summary>Writes what stays the same.</summary>
    /// <param name="arguments">Room for <see cref="Count"/> arguments.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    public ProduceArguments(RawArgument* arguments, NativeTopic topic, int partition)
    {
        Arguments = arguments;
        arguments[0] = new RawArgument { Kind = RawArgument.Topic, Pointer = topic.Raw };
        arguments[PartitionAt] = new RawArgument { Kind = RawArgument.PartitionNumber, Int = partition };
        arguments[2] = new RawArgument { Kind = RawArgument.Flags, Int = Librdkafka.CopyMessage | Librdkafka.BlockWhenFull };
        arguments[KeyAt].Kind = RawArgument.Key;
        arguments[ValueAt].Kind = RawArgument.Value;
        arguments[TimestampAt].Kind = RawArgument.Timestamp;
        arguments[HeadersAt].Kind = RawArgument.Headers;
    }

    /// <summary>The arguments.</summary>
    public RawArgument* Arguments { get; }

    /// <summary>The partition.</summary>
    public readonly int Partition
    {
        get => Arguments[PartitionAt].Int;
        set => Arguments[PartitionAt].Int = value;
    }

    /// <summary>Writes what a record changes; returns how many arguments the call has.</summary>
    /// <remarks>
    /// A null pointer stands for no key and no value, so that empty ones point somewhere. The library takes the time 0 for "now": a record of that time gets 1,
    /// the nearest that it can carry.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly nuint Fill(byte* key, int keyLength, bool hasKey, byte* value, int valueLength, bool hasValue, long timestamp, RecordHeaders headers)
    {
        RawArgument* arguments = Arguments;
        arguments[KeyAt].Pointer = !hasKey ? 0 : keyLength == 0 ? (nint)arguments : (nint)key;
        arguments[KeyAt].Size = (nuint)keyLength;
        arguments[ValueAt].Pointer = !hasValue ? 0 : valueLength == 0 ? (nint)arguments : (nint)value;
        arguments[ValueAt].Size = (nuint)valueLength;
        arguments[TimestampAt].Long = timestamp == 0 ? 1 : timestamp;
        if (headers.IsEmpty)
        {
            arguments[HeadersAt].Pointer = 0;
            return HeadersAt;
        }

        arguments[HeadersAt].Pointer = Encode(headers);
        return HeadersAt + 1;
    }

    /// <summary>How many bytes key and value of the record have that was filled in last.</summary>
    public readonly long Bytes => (long)((Arguments[KeyAt].Pointer == 0 ? 0 : Arguments[KeyAt].Size) + (Arguments[ValueAt].Pointer == 0 ? 0 : Arguments[ValueAt].Size));

    /// <summary>Frees the headers of a call that failed; one that succeeds has taken them over.</summary>
    public readonly void TakeBackHeaders()
    {
        if (Arguments[HeadersAt].Pointer != 0) Librdkafka.HeadersDestroy(Arguments[HeadersAt].Pointer);
        Arguments[HeadersAt].Pointer = 0;
    }

    private static nint Encode(RecordHeaders headers)
    {
        var reader = new HeaderReader(headers);
        nint encoded = Librdkafka.HeadersNew((nuint)reader.Left);
        byte none = 0;
        while (reader.MoveNext())
        {
            fixed (byte* name = reader.Name, value = reader.Value)
            {
                // An empty name or value points somewhere, since null stands for none.
                byte* bytes = !reader.HasValue ? null : value == null ? &none : value;
                KafkaFault.ThrowIf(Librdkafka.HeaderAdd(encoded, name == null ? &none : name, reader.Name.Length, bytes, reader.Value.Length), "a header");
            }
        }

        return encoded;
    }
}
