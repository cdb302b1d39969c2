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
        Describe(info, text, 0);
        return text.Length <= ShapeLengthMax
            ? text.ToString()
            : string.Create(CultureInfo.InvariantCulture, $"json:hash:{System.IO.Hashing.XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text.ToString())):x16}");
    }

    private static void Describe(JsonTypeInfo info, StringBuilder text, int depth)
    {
        Type type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        if (info.Kind != JsonTypeInfoKind.Object || depth == ShapeDepthMax)
        {
            text.Append(type.Name);
            foreach (Type argument in type.GetGenericArguments()) text.Append('<').Append(argument.Name).Append('>');
            return;
        }

        text.Append('{');
        foreach (JsonPropertyInfo property in info.Properties.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            text.Append(property.Name).Append(':');
            Describe(info.Options.GetTypeInfo(property.PropertyType), text, depth + 1);
            text.Append(' ');
        }

        text.Append('}');
    }
}
