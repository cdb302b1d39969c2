using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Serialization;

namespace StreamEngine.Checkpoints;

/// <summary>
/// Writes events of the journal as JSON, each under a manifest from the list below. Nothing else can be written, and an unknown manifest is refused:
/// Akka's own serialiser would make any type that the bytes name.
/// </summary>
internal sealed class JournalSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The serialiser's number, which the journal keeps with each event.</summary>
    public const int Id = 7301;

    private static readonly Dictionary<string, JsonTypeInfo> Types = new()
    {
        ["pipeline-defined"] = JournalJson.Default.PipelineDefined,
        ["pipeline-desired"] = JournalJson.Default.PipelineDesired,
        ["pipeline-started"] = JournalJson.Default.PipelineStarted,
        ["pipeline-ended"] = JournalJson.Default.PipelineEnded,
        ["task-failed"] = JournalJson.Default.TaskFailed,
        ["pipeline-failed"] = JournalJson.Default.PipelineFailed,
        ["checkpoint-taken"] = JournalJson.Default.CheckpointTaken,
        ["checkpoint-removed"] = JournalJson.Default.CheckpointRemoved,
        ["pipeline-history"] = JournalJson.Default.PipelineHistory,
        ["engine-history"] = JournalJson.Default.EngineHistory,
    };

    private static readonly Dictionary<Type, string> Manifests = Types.ToDictionary(entry => entry.Value.Type, entry => entry.Key);

    /// <summary>The manifests there are.</summary>
    public static IReadOnlyCollection<string> KnownManifests => Types.Keys;

    public override int Identifier => Id;

    public override string Manifest(object o) => Manifests.TryGetValue(o.GetType(), out string? manifest)
        ? manifest
        : throw new ArgumentException($"{o.GetType().Name} is no event of the journal");

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, Types[Manifest(obj)]);

    public override object FromBinary(byte[] bytes, string manifest) => Parse(bytes, manifest);

    /// <summary>Reads an event.</summary>
    /// <exception cref="InvalidDataException">Its manifest is unknown.</exception>
    public static JournalEvent Parse(byte[] bytes, string manifest) => Types.TryGetValue(manifest, out JsonTypeInfo? type)
        ? (JournalEvent)JsonSerializer.Deserialize(bytes, type)!
        : throw new InvalidDataException($"the journal holds an event '{manifest}' that this build doesn't know: a newer version wrote it");
}
