using System.Buffers;

namespace StreamEngine.Records.Data;

/// <summary>
/// How records without types become bytes and back. Formats and bytes are those of <see cref="Serdes"/>, so that pipelines with and without code share topics.
/// </summary>
public static class DataSerdes
{
    /// <summary>The formats there are to choose from.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["json", "string", "int16", "int32", "int64", "float", "double", "bytes"];

    /// <summary>JSON: an object, or any other value as a scalar.</summary>
    public static ISerde<DataObject> Json { get; } = new JsonDataSerde();

    /// <summary>A text in UTF-8. Numbers, flags, days and times are written as their text; they are read as texts.</summary>
    public static ISerde<DataObject> String { get; } = new ScalarSerde<string>(Serdes.String, DataConversion.ToText, DataValue.Of);

    /// <summary>A whole number of 16 bits.</summary>
    public static ISerde<DataObject> Int16 { get; } = new ScalarSerde<short>(
        Serdes.Int16, value => (short)DataConversion.ToInteger(value, short.MinValue, short.MaxValue), value => DataValue.Of((long)value));

    /// <summary>A whole number of 32 bits.</summary>
    public static ISerde<DataObject> Int32 { get; } = new ScalarSerde<int>(
        Serdes.Int32, value => (int)DataConversion.ToInteger(value, int.MinValue, int.MaxValue), value => DataValue.Of((long)value));

    /// <summary>A whole number of 64 bits.</summary>
    public static ISerde<DataObject> Int64 { get; } = new ScalarSerde<long>(
        Serdes.Int64, value => DataConversion.ToInteger(value, long.MinValue, long.MaxValue), DataValue.Of);

    /// <summary>A floating-point number of 32 bits.</summary>
    public static ISerde<DataObject> Single { get; } = new ScalarSerde<float>(
        Serdes.Single, value => (float)DataConversion.ToDouble(value), value => DataValue.Of((double)value));

    /// <summary>A floating-point number of 64 bits.</summary>
    public static ISerde<DataObject> Double { get; } = new ScalarSerde<double>(Serdes.Double, DataConversion.ToDouble, DataValue.Of);

    /// <summary>Bytes as they are.</summary>
    public static ISerde<DataObject> Bytes { get; } = new ScalarSerde<byte[]>(Serdes.ByteArray, DataConversion.ToBytes, DataValue.Of);

    /// <summary>
    /// The engine's own bytes, which keep the kind of every value: a decimal, a day. For states and for what a pipeline hands over to itself.
    /// </summary>
    public static ISerde<DataObject> Exact { get; } = new ExactSerde();

    /// <summary>The serde of a format; one of <c>json</c> of its own for each call, since it remembers the shapes of its topic.</summary>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public static ISerde<DataObject> For(string format) => format switch
    {
        "json" => new JsonDataSerde(),
        "string" => String,
        "int16" => Int16,
        "int32" => Int32,
        "int64" => Int64,
        "float" => Single,
        "double" => Double,
        "bytes" => Bytes,
        _ => throw new ArgumentException($"there is no format {format}: {string.Join(", ", Formats)}", nameof(format)),
    };

    private sealed class JsonDataSerde : ISerde<DataObject>
    {
        private readonly ShapeTree shapes = new();

        public string Format => "json";

        public void Serialize(DataObject value, IBufferWriter<byte> writer) => DataJsonWriter.Write(value.ToValue(), writer);

        public DataObject Deserialize(ReadOnlyMemory<byte> bytes)
        {
            DataValue value = DataJsonReader.Read(bytes.Span, shapes);
            return value.Kind == DataKind.Object ? value.AsObject() : DataObject.Scalar(value);
        }
    }

    private sealed class ExactSerde : ISerde<DataObject>
    {
        [ThreadStatic]
        private static ByteWriter? scratch;

        private readonly ShapeTree shapes = new();

        public string Format => "data";

        public void Serialize(DataObject value, IBufferWriter<byte> writer)
        {
            if (writer is ByteWriter direct)
            {
                DataExact.Write(value, direct);
                return;
            }

            ByteWriter bytes = scratch ??= new ByteWriter();
            bytes.Clear();
            DataExact.Write(value, bytes);
            writer.Write(bytes.Written);
        }

        public DataObject Deserialize(ReadOnlyMemory<byte> bytes) => DataExact.Read(bytes.Span, shapes);
    }

    private sealed class ScalarSerde<T>(ISerde<T> serde, Func<DataValue, T> write, Func<T, DataValue> read) : ISerde<DataObject>
    {
        public string Format => serde.Format;

        public void Serialize(DataObject value, IBufferWriter<byte> writer)
        {
            if (!value.Shape.IsScalar) throw new DataException($"an object can't be written as {Format}: {DataText.Describe(DataValue.Of(value))}");
            try
            {
                serde.Serialize(write(value.Values[0]), writer);
            }
            catch (DataException e)
            {
                throw new DataException($"{DataText.Describe(value.Values[0])} can't be written as {Format}: {e.Message}", e);
            }
        }

        public DataObject Deserialize(ReadOnlyMemory<byte> bytes) => DataObject.Scalar(read(serde.Deserialize(bytes)));
    }
}
