using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Serialization.Metadata;

namespace StreamEngine.Records;

/// <summary>
/// The serdes there are. Numbers are big-endian and text is UTF-8, as Kafka's own serialisers have them, so that any Kafka client
/// reads what is written here and the other way round.
/// </summary>
public static class Serdes
{
    /// <summary>Text in UTF-8. Bytes that are no UTF-8 are refused, never replaced.</summary>
    public static ISerde<string> String { get; } = new StringSerde();

    /// <summary>
    /// Bytes as they are, without a copy: a view of the record's memory, valid while the record is processed. Copy what is to be kept.
    /// </summary>
    public static ISerde<ReadOnlyMemory<byte>> Bytes { get; } = new BytesSerde();

    /// <summary>Bytes in an array of their own; costs an allocation a record.</summary>
    public static ISerde<byte[]> ByteArray { get; } = new ByteArraySerde();

    /// <summary>A number of 16 bits.</summary>
    public static ISerde<short> Int16 { get; } = new FixedSerde<short>("int16", 2, BinaryPrimitives.WriteInt16BigEndian, BinaryPrimitives.ReadInt16BigEndian);

    /// <summary>A number of 32 bits.</summary>
    public static ISerde<int> Int32 { get; } = new FixedSerde<int>("int32", 4, BinaryPrimitives.WriteInt32BigEndian, BinaryPrimitives.ReadInt32BigEndian);

    /// <summary>A number of 64 bits.</summary>
    public static ISerde<long> Int64 { get; } = new FixedSerde<long>("int64", 8, BinaryPrimitives.WriteInt64BigEndian, BinaryPrimitives.ReadInt64BigEndian);

    /// <summary>A floating-point number of 32 bits.</summary>
    public static ISerde<float> Single { get; } = new FixedSerde<float>("float", 4, BinaryPrimitives.WriteSingleBigEndian, BinaryPrimitives.ReadSingleBigEndian);

    /// <summary>A floating-point number of 64 bits.</summary>
    public static ISerde<double> Double { get; } = new FixedSerde<double>("double", 8, BinaryPrimitives.WriteDoubleBigEndian, BinaryPrimitives.ReadDoubleBigEndian);

    /// <summary>The serde of records without a key; it has no bytes.</summary>
    public static ISerde<NoKey> NoKey { get; } = new NoKeySerde();

    /// <summary>JSON by System.Text.Json; pass the type's metadata of a source-generated context.</summary>
    public static ISerde<T> Json<T>(JsonTypeInfo<T> typeInfo) => new JsonSerde<T>(typeInfo);

    /// <summary>Two values behind each other, the first with its length: the key of <c>ThenBy</c>.</summary>
    public static ISerde<(TFirst First, TSecond Second)> Pair<TFirst, TSecond>(ISerde<TFirst> first, ISerde<TSecond> second) =>
        new PairSerde<TFirst, TSecond>(first, second);

    private sealed class StringSerde : ISerde<string>
    {
        private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        public string Format => "string";

        public void Serialize(string value, IBufferWriter<byte> writer)
        {
            Span<byte> span = writer.GetSpan(Strict.GetMaxByteCount(value.Length));
            writer.Advance(Strict.GetBytes(value, span));
        }

        public string Deserialize(ReadOnlyMemory<byte> bytes) => Strict.GetString(bytes.Span);
    }

    private sealed class BytesSerde : ISerde<ReadOnlyMemory<byte>>
    {
        public string Format => "bytes";

        public void Serialize(ReadOnlyMemory<byte> value, IBufferWriter<byte> writer) => writer.Write(value.Span);

        public ReadOnlyMemory<byte> Deserialize(ReadOnlyMemory<byte> bytes) => bytes;

        public ReadOnlyMemory<byte> Detach(ReadOnlyMemory<byte> value) => value.ToArray();
    }

    private sealed class ByteArraySerde : ISerde<byte[]>
    {
        public string Format => "bytes";

        public void Serialize(byte[] value, IBufferWriter<byte> writer) => writer.Write(value);

        public byte[] Deserialize(ReadOnlyMemory<byte> bytes) => bytes.ToArray();
    }

    private sealed class NoKeySerde : ISerde<NoKey>
    {
        public string Format => "none";

        public void Serialize(NoKey value, IBufferWriter<byte> writer)
        {
        }

        public NoKey Deserialize(ReadOnlyMemory<byte> bytes) => default;
    }

    private delegate void Write<in T>(Span<byte> destination, T value);

    private delegate T Read<out T>(ReadOnlySpan<byte> source);

    private sealed class FixedSerde<T>(string format, int size, Write<T> write, Read<T> read) : ISerde<T>
        where T : struct
    {
        public string Format => format;

        public void Serialize(T value, IBufferWriter<byte> writer)
        {
            write(writer.GetSpan(size), value);
            writer.Advance(size);
        }

        public T Deserialize(ReadOnlyMemory<byte> bytes) => bytes.Length == size
            ? read(bytes.Span)
            : throw new SerdeException($"{bytes.Length} bytes are not {format}, which has {size}");
    }

    private sealed class PairSerde<TFirst, TSecond>(ISerde<TFirst> first, ISerde<TSecond> second) : ISerde<(TFirst First, TSecond Second)>
    {
        [ThreadStatic]
        private static ByteWriter? scratch;

        public string Format => $"pair({first.Format},{second.Format})";

        public string Shape => $"pair({first.Shape},{second.Shape})";

        public void Serialize((TFirst First, TSecond Second) value, IBufferWriter<byte> writer)
        {
            // A pair within a pair uses the same scratch, so it is taken away while it is in use.
            ByteWriter bytes = scratch ?? new ByteWriter();
            scratch = null;
            bytes.Clear();
            first.Serialize(value.First, bytes);
            Span<byte> length = writer.GetSpan(ChunkFormat.VarintBytesMax);
            writer.Advance(ChunkFormat.WriteVarint(length, 0, (uint)bytes.Length));
            writer.Write(bytes.Written);
            scratch = bytes;
            second.Serialize(value.Second, writer);
        }

        public (TFirst First, TSecond Second) Deserialize(ReadOnlyMemory<byte> bytes)
        {
            int at = 0;
            int length;
            try
            {
                length = (int)ChunkFormat.ReadVarint(bytes.Span, ref at);
            }
            catch (Exception e) when (e is IndexOutOfRangeException or CorruptedChunkException)
            {
                throw new SerdeException($"{bytes.Length} bytes are not {Format}", e);
            }

            if ((uint)length > (uint)(bytes.Length - at)) throw new SerdeException($"{bytes.Length} bytes are not {Format}");
            return (first.Deserialize(bytes.Slice(at, length)), second.Deserialize(bytes[(at + length)..]));
        }

        public (TFirst First, TSecond Second) Detach((TFirst First, TSecond Second) value) =>
            (first.Detach(value.First), second.Detach(value.Second));
    }
}
