using System.Buffers.Binary;
using System.Text;

namespace StreamEngine.Records.Data;

/// <summary>
/// Values as bytes that keep the kind of each, which JSON doesn't: what pipelines hand over to themselves, and keep in states. A byte with the version, one
/// that says whether it is a scalar, then the value: its kind in a byte, then what it holds; numbers little-endian, lengths as varints.
/// </summary>
internal static class DataExact
{
    /// <summary>The version of the layout, which is persisted: a change of the layout needs another.</summary>
    public const byte Version = 1;

    private const int DecimalBytes = 16;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [ThreadStatic]
    private static ObjectCollector? collector;

    /// <summary>Appends an object.</summary>
    public static void Write(DataObject value, ByteWriter writer)
    {
        writer.Write(Version);
        writer.Write(value.Shape.IsScalar ? (byte)1 : (byte)0);
        Write(value.ToValue(), writer, 0);
    }

    /// <summary>Reads an object.</summary>
    /// <exception cref="DataException">The bytes are none.</exception>
    public static DataObject Read(ReadOnlySpan<byte> bytes, ShapeTree shapes)
    {
        if (bytes.Length < 3) throw new DataException($"{bytes.Length} bytes are not data");
        if (bytes[0] != Version) throw new DataException($"data have version {bytes[0]}, this build reads {Version}");
        ObjectCollector values = collector ??= new ObjectCollector();
        try
        {
            int at = 2;
            DataValue value = Read(bytes, ref at, values, shapes, 0);
            if (at != bytes.Length) throw new DataException($"data have {bytes.Length - at} bytes behind their end");
            if (bytes[1] != 0) return DataObject.Scalar(value);
            return value.Kind == DataKind.Object ? value.AsObject() : throw new DataException($"data are {DataText.Describe(value.Kind)}, and no object");
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException or CorruptedChunkException)
        {
            throw new DataException($"{bytes.Length} bytes are not data: {e.Message}", e);
        }
        finally
        {
            values.Clear();
        }
    }

    private static void Write(DataValue value, ByteWriter writer, int depth)
    {
        if (depth > DataJson.DepthMax) throw new DataException($"the value is nested deeper than {DataJson.DepthMax} levels");
        writer.Write((byte)value.Kind);
        switch (value.Kind)
        {
            case DataKind.Null:
                break;
            case DataKind.Boolean:
                writer.Write(value.AsBoolean() ? (byte)1 : (byte)0);
                break;
            case DataKind.Integer:
                Write(value.AsInteger(), writer);
                break;
            case DataKind.Double:
                Write(BitConverter.DoubleToInt64Bits(value.AsDouble()), writer);
                break;
            case DataKind.Decimal:
                WriteDecimal(value.AsDecimal(), writer);
                break;
            case DataKind.Text:
                Write(value.AsText(), writer);
                break;
            case DataKind.Bytes:
                writer.WriteVarint((uint)value.AsBytes().Length);
                writer.Write(value.AsBytes().Span);
                break;
            case DataKind.Date:
                Write(value.AsDate().DayNumber, writer);
                break;
            case DataKind.LocalTime:
                Write(value.AsLocalTime().Ticks, writer);
                break;
            case DataKind.Instant:
                Write(value.AsInstant().UtcTicks, writer);
                break;
            case DataKind.List:
                writer.WriteVarint((uint)value.AsList().Length);
                foreach (DataValue item in value.AsList()) Write(item, writer, depth + 1);
                break;
            default:
                WriteFields(value.AsObject(), writer, depth);
                break;
        }
    }

    private static void WriteFields(DataObject value, ByteWriter writer, int depth)
    {
        writer.WriteVarint((uint)value.Shape.Count);
        for (int n = 0; n < value.Shape.Count; n++)
        {
            Write(value.Shape.Names[n], writer);
            Write(value.Values[n], writer, depth + 1);
        }
    }

    private static void Write(long value, ByteWriter writer) => BinaryPrimitives.WriteInt64LittleEndian(writer.Take(sizeof(long)), value);

    private static void Write(string text, ByteWriter writer)
    {
        try
        {
            int length = Strict.GetByteCount(text);
            writer.WriteVarint((uint)length);
            Strict.GetBytes(text, writer.Take(length));
        }
        catch (EncoderFallbackException e)
        {
            throw new DataException("a text has half a character, which can't be written as UTF-8", e);
        }
    }

    private static void WriteDecimal(decimal value, ByteWriter writer)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        Span<byte> taken = writer.Take(DecimalBytes);
        for (int n = 0; n < parts.Length; n++) BinaryPrimitives.WriteInt32LittleEndian(taken[(n * sizeof(int))..], parts[n]);
    }

    private static DataValue Read(ReadOnlySpan<byte> bytes, ref int at, ObjectCollector values, ShapeTree shapes, int depth)
    {
        if (depth > DataJson.DepthMax) throw new DataException($"data are nested deeper than {DataJson.DepthMax} levels");
        var kind = (DataKind)bytes[at++];
        switch (kind)
        {
            case DataKind.Null:
                return DataValue.Null;
            case DataKind.Boolean:
                return DataValue.Of(bytes[at++] != 0);
            case DataKind.Integer:
                return DataValue.Of(ReadNumber(bytes, ref at));
            case DataKind.Double:
                return DataValue.Of(BitConverter.Int64BitsToDouble(ReadNumber(bytes, ref at)));
            case DataKind.Decimal:
                return DataValue.Of(ReadDecimal(ReadBytes(bytes, ref at, DecimalBytes)));
            case DataKind.Text:
                return DataValue.Of(Strict.GetString(ReadBytes(bytes, ref at, ReadLength(bytes, ref at))));
            case DataKind.Bytes:
                return DataValue.Of(ReadBytes(bytes, ref at, ReadLength(bytes, ref at)).ToArray());
            case DataKind.Date:
                return DataValue.Of(DateOnly.FromDayNumber(checked((int)ReadNumber(bytes, ref at))));
            case DataKind.LocalTime:
                return DataValue.Of(new DateTime(ReadNumber(bytes, ref at), DateTimeKind.Unspecified));
            case DataKind.Instant:
                return DataValue.Of(new DateTimeOffset(ReadNumber(bytes, ref at), TimeSpan.Zero));
            case DataKind.List:
                return DataValue.Of(ReadItems(bytes, ref at, values, shapes, depth));
            case DataKind.Object:
                return DataValue.Of(ReadFields(bytes, ref at, values, shapes, depth));
            default:
                throw new DataException($"data have a value of the unknown kind {(int)kind}");
        }
    }

    private static DataValue[] ReadItems(ReadOnlySpan<byte> bytes, ref int at, ObjectCollector values, ShapeTree shapes, int depth)
    {
        int start = values.Top;
        for (int left = ReadLength(bytes, ref at); left > 0; left--) values.Push(Read(bytes, ref at, values, shapes, depth + 1));
        return values.Take(start);
    }

    private static DataObject ReadFields(ReadOnlySpan<byte> bytes, ref int at, ObjectCollector values, ShapeTree shapes, int depth)
    {
        int left = ReadLength(bytes, ref at);
        var fields = new ObjectFields(values, shapes.Root);
        for (; left > 0; left--)
        {
            int place = fields.Begin(ReadBytes(bytes, ref at, ReadLength(bytes, ref at)));
            values.Put(place, Read(bytes, ref at, values, shapes, depth + 1));
        }

        return fields.End();
    }

    /// <summary>Reads a length, of which nothing is longer than what is left: each item has a byte at least.</summary>
    private static int ReadLength(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint length = ChunkFormat.ReadVarint(bytes, ref at);
        return length <= (uint)(bytes.Length - at) ? (int)length : throw new DataException("data reach beyond their end");
    }

    private static ReadOnlySpan<byte> ReadBytes(ReadOnlySpan<byte> bytes, ref int at, int length)
    {
        ReadOnlySpan<byte> read = bytes.Slice(at, length);
        at += length;
        return read;
    }

    private static long ReadNumber(ReadOnlySpan<byte> bytes, ref int at) => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(bytes, ref at, sizeof(long)));

    private static decimal ReadDecimal(ReadOnlySpan<byte> bytes) => new(
    [
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
    ]);
}
