using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StreamEngine.Records;

/// <summary>JSON in UTF-8 by System.Text.Json, one value a record.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
internal sealed class JsonSerde<T>(JsonTypeInfo<T> typeInfo) : ISerde<T>
{
    private const int ShapeLengthMax = 2048;
    private const int ShapeDepthMax = 8;

    [ThreadStatic]
    private static Utf8JsonWriter? jsonWriter;

    public string Format => "json";

    public string Shape { get; } = Describe(typeInfo);

    public void Serialize(T value, IBufferWriter<byte> writer)
    {
        // A writer is an allocation of its own, so each thread keeps one; it is taken away while in use, for a converter may come back here.
        Utf8JsonWriter json = jsonWriter ?? new Utf8JsonWriter(writer, new JsonWriterOptions { SkipValidation = true, Encoder = typeInfo.Options.Encoder });
        jsonWriter = null;
        json.Reset(writer);
        JsonSerializer.Serialize(json, value, typeInfo);
        json.Flush();
        jsonWriter = json;
    }

    public T Deserialize(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span, typeInfo)!;

    private static string Describe(JsonTypeInfo info)
    {
        var text = new StringBuilder("json:");
        Describe(info, text, []);
        return text.Length <= ShapeLengthMax
            ? text.ToString()
            : string.Create(CultureInfo.InvariantCulture, $"json:hash:{System.IO.Hashing.XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text.ToString())):x16}");
    }

    /// <summary>Describes a type; one that is inside itself, or too deep, by its name.</summary>
    private static void Describe(JsonTypeInfo info, StringBuilder text, Stack<Type> outer)
    {
        if (Nullable.GetUnderlyingType(info.Type) is { } underlying) info = info.Options.GetTypeInfo(underlying);
        if (info.Kind == JsonTypeInfoKind.None || outer.Count == ShapeDepthMax || outer.Contains(info.Type))
        {
            text.Append(info.Type.Name);
            return;
        }

        outer.Push(info.Type);
        if (info.Kind == JsonTypeInfoKind.Object) DescribeObject(info, text, outer);
        else DescribeCollection(info, text, outer);
        outer.Pop();
    }

    private static void DescribeObject(JsonTypeInfo info, StringBuilder text, Stack<Type> outer)
    {
        text.Append('{');
        foreach (JsonPropertyInfo property in info.Properties.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            text.Append(property.Name).Append(':');
            Describe(info.Options.GetTypeInfo(property.PropertyType), text, outer);
            text.Append(' ');
        }

        text.Append('}');
    }

    private static void DescribeCollection(JsonTypeInfo info, StringBuilder text, Stack<Type> outer)
    {
        text.Append('[');
        if (info.KeyType is { } key)
        {
            Describe(info.Options.GetTypeInfo(key), text, outer);
            text.Append('=');
        }

        if (info.ElementType is { } element) Describe(info.Options.GetTypeInfo(element), text, outer);
        text.Append(']');
    }
}
