using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Connectors;

/// <summary>Which start of which engine may commit on a cluster: what stands in the place of a home record where the cluster isn't the pipeline's log.</summary>
/// <param name="Log">The engine's log.</param>
/// <param name="Generation">The number of the start.</param>
internal sealed record ClusterGuard(string Log, long Generation)
{
    /// <summary>The guard as it is written.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, GuardJson.Default.ClusterGuard);

    /// <summary>Whether a record is a guard.</summary>
    public static bool Is(ReadOnlyMemory<byte> record) => Parse(record) is not null;

    /// <summary>Refuses a start that can't follow what stands on a cluster.</summary>
    /// <param name="home">What stands there; null when nothing does.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="start">The start.</param>
    /// <param name="generation">Its number.</param>
    /// <param name="logId">Its engine's log.</param>
    /// <param name="cluster">The cluster, for messages.</param>
    /// <exception cref="CommitRefusedException">A newer start holds it, or another engine.</exception>
    public static void CheckRises(HomeEntry? home, PipelineName pipeline, StartId start, Generation generation, string logId, string cluster)
    {
        if (home is null) return;
        ClusterGuard? guard = Parse(home.Record);
        if (guard is null || guard.Log != logId)
        {
            string other = guard is null ? $"whose log is on {cluster}" : $"whose log is {guard.Log}";
            throw new CommitRefusedException(
                RefusalReason.NewerStart,
                $"pipeline {pipeline} of another engine, {other}, commits on {cluster}, and the positions there are of that log. Give this pipeline another name; or, if that " +
                $"engine is gone for good, delete the topics streamengine.{pipeline}.* there, and it begins at the beginning");
        }

        if (guard.Generation < generation.Value || (guard.Generation == generation.Value && home.Start == start)) return;
        throw new CommitRefusedException(
            RefusalReason.NewerStart,
            $"pipeline {pipeline} is held by start {home.Start.Short}, generation {guard.Generation}, on {cluster}, and this is start {start.Short}, generation {generation}");
    }

    /// <summary>The guard in a record; null when it is an engine's own home record.</summary>
    private static ClusterGuard? Parse(ReadOnlyMemory<byte> record)
    {
        try
        {
            return JsonSerializer.Deserialize(record.Span, GuardJson.Default.ClusterGuard) is { Log.Length: > 0 } guard ? guard : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How a guard is written.</summary>
[JsonSerializable(typeof(ClusterGuard))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class GuardJson : JsonSerializerContext;
