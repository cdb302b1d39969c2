using System.Buffers;
using System.Text;

namespace StreamEngine.Records.Data;

/// <summary>Values as JSON in UTF-8, both ways.</summary>
public static class DataJson
{
    /// <summary>How deep objects and lists may be nested.</summary>
    public const int DepthMax = 64;

    /// <summary>Reads exactly one value.</summary>
    /// <exception cref="DataException">It isn't JSON.</exception>
    public static DataValue Read(ReadOnlySpan<byte> json) => DataJsonReader.Read(json, new ShapeTree());

    /// <summary>Reads exactly one value.</summary>
    /// <exception cref="DataException">It isn't JSON.</exception>
    public static DataValue Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    /// <summary>Appends a value.</summary>
    /// <exception cref="DataException">JSON has no such number, or it is nested too deep.</exception>
    public static void Write(DataValue value, IBufferWriter<byte> writer) => DataJsonWriter.Write(value, writer);

    /// <summary>A value as JSON.</summary>
    /// <exception cref="DataException">JSON has no such number, or it is nested too deep.</exception>
    public static string ToText(DataValue value)
    {
        var writer = new ByteWriter();
        Write(value, writer);
        return Encoding.UTF8.GetString(writer.Written);
    }
}
