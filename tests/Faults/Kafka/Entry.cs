using System.Text.Json;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>One value of a key as it is put in: those of a key are numbered from 1.</summary>
/// <param name="Key">The key.</param>
/// <param name="Number">The number of the value.</param>
internal readonly record struct Entry(string Key, long Number)
{
    /// <summary>The record's value.</summary>
    public string Json => $$"""{"k":"{{Key}}","n":{{Number}}}""";

    /// <summary>What the record's value says.</summary>
    public static Entry Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return new Entry(document.RootElement.GetProperty("k").GetString()!, document.RootElement.GetProperty("n").GetInt64());
    }
}
