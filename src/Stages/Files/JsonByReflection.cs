using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>JSON of any type, where nothing better was given: with names of properties in camel case, as the engine writes JSON elsewhere.</summary>
internal static class JsonByReflection
{
    /// <summary>The serde of a type.</summary>
    public static ISerde<T> For<T>() => Serdes.Json((JsonTypeInfo<T>)JsonSerializerOptions.Web.GetTypeInfo(typeof(T)));
}
