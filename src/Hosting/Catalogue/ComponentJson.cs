using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngine.Contracts.Catalogue;

namespace StreamEngine.Hosting.Catalogue;

/// <summary>Definitions of components as JSON, for forms, editors and scripts. Names that are here stay.</summary>
internal static class ComponentJson
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A list of components, with or without their options.</summary>
    public static string Of(IEnumerable<ComponentDefinition> components, bool isWhole)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartArray();
            foreach (ComponentDefinition component in components) Write(json, component, isWhole);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, ComponentDefinition component, bool isWhole)
    {
        json.WriteStartObject();
        json.WriteString("kind", component.Kind);
        json.WriteString("name", component.Name);
        json.WriteString("summary", component.Summary);
        if (isWhole)
        {
            json.WriteString("description", component.Description);
            Write(json, "options", component.Options);
            json.WriteString("example", component.Example);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<OptionDefinition> options)
    {
        json.WriteStartArray(name);
        foreach (OptionDefinition option in options) Write(json, option);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, OptionDefinition option)
    {
        json.WriteStartObject();
        if (option.Name.Length > 0) json.WriteString("name", option.Name);
        json.WriteString("type", option.Type.ToString().ToLowerInvariant());
        json.WriteString("meaning", option.Meaning);
        json.WriteBoolean("required", option.IsRequired);
        if (option.Default is { } otherwise) json.WriteString("default", otherwise);
        if (option.Min is { } least) json.WriteNumber("min", least);
        if (option.Max is { } most) json.WriteNumber("max", most);
        if (option.Choices.Count > 0)
        {
            json.WriteStartArray("choices");
            foreach (string choice in option.Choices) json.WriteStringValue(choice);
            json.WriteEndArray();
        }

        json.WriteString("importance", option.Importance.ToString().ToLowerInvariant());
        json.WriteBoolean("secret", option.IsSecret);
        if (option.Deprecated is { } instead) json.WriteString("deprecated", instead);
        if (option.Options.Count > 0) Write(json, "options", option.Options);
        if (option.Item is { } item)
        {
            json.WritePropertyName("item");
            Write(json, item);
        }

        json.WriteEndObject();
    }
}
