using System.Text.Json;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>What the pipeline says of a key at the end of a commit.</summary>
/// <param name="Key">The key.</param>
/// <param name="Count">How many values it has had.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="Most">The largest of them.</param>
/// <param name="Last">The last of them.</param>
internal sealed record Total(string Key, long Count, long Sum, long Most, long Last)
{
    /// <summary>What is right once a key has had the values from 1 to so many.</summary>
    public static Total Of(string key, long count) => new(key, count, count * (count + 1) / 2, count, count);

    /// <summary>What the record's value says.</summary>
    public static Total Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        return new Total(root.GetProperty("k").GetString()!, Number("count"), Number("sum"), Number("most"), Number("last"));

        long Number(string name) => root.GetProperty(name).GetInt64();
    }
}
