using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEngine.Contracts;

namespace StreamEngine.Log;

/// <summary>The identity of a log, and the numbers it has given.</summary>
/// <param name="Id">Its id, renewed when a checkpoint is restored.</param>
/// <param name="Version">The version of the layout it was written with.</param>
/// <param name="LastNumber">The last number given to a topic or a state.</param>
internal sealed record LogIdentity(string Id, int Version, uint LastNumber);

/// <summary>A topic as the log's database has it.</summary>
internal sealed record TopicDocument(
    string Name,
    int Partitions,
    long? RetentionMs,
    long? RetentionBytes,
    bool Compacted,
    string KeyFormat,
    string ValueFormat,
    string? Owner)
{
    public static TopicDocument Of(TopicSpec spec) => new(
        spec.Name,
        spec.Partitions,
        (long?)spec.RetentionTime?.TotalMilliseconds,
        spec.RetentionBytes,
        spec.Compacted,
        spec.KeyFormat,
        spec.ValueFormat,
        spec.Owner);

    public TopicSpec ToSpec() => new(Name, Partitions)
    {
        RetentionTime = RetentionMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        RetentionBytes = RetentionBytes,
        Compacted = Compacted,
        KeyFormat = KeyFormat,
        ValueFormat = ValueFormat,
        Owner = Owner,
    };
}

/// <summary>A state as the log's database has it.</summary>
internal sealed record StateDocument(string Pipeline, string Name, string Shape, int Partitions);

/// <summary>How these are written.</summary>
[JsonSerializable(typeof(LogIdentity))]
[JsonSerializable(typeof(TopicDocument))]
[JsonSerializable(typeof(StateDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class LogJson : JsonSerializerContext
{
    public static byte[] Bytes(LogIdentity identity) => JsonSerializer.SerializeToUtf8Bytes(identity, Default.LogIdentity);

    public static byte[] Bytes(TopicDocument topic) => JsonSerializer.SerializeToUtf8Bytes(topic, Default.TopicDocument);

    public static byte[] Bytes(StateDocument state) => JsonSerializer.SerializeToUtf8Bytes(state, Default.StateDocument);
}
