using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Commits;

/// <summary>
/// The records of a pipeline's positions topic, as JSON, so that any client can show them. Keys are arrays that begin with the kind of the record; partition 0 has
/// what the pipeline's own id writes, partition 1 what its tasks commit.
/// </summary>
internal static class PositionsFormat
{
    /// <summary>The partition of the home record, the heartbeat and the catalogue of states.</summary>
    public const int HomePartition = 0;

    /// <summary>The partition of positions, and of output that is sealed and not published.</summary>
    public const int PositionsPartition = 1;

    /// <summary>How many partitions it has.</summary>
    public const int Partitions = 2;

    /// <summary>The key of the home record.</summary>
    public static string HomeKey { get; } = Key("home");

    /// <summary>The key of the heartbeat.</summary>
    public static string HeartbeatKey { get; } = Key("heartbeat");

    /// <summary>The key of a state.</summary>
    public static string StateKey(string state) => Key("state", state);

    /// <summary>The key of a position.</summary>
    public static string PositionKey(string subgraph, SourcePartitionId partition) => Key("position", subgraph, partition.Source, partition.Partition);

    /// <summary>The key of sealed output.</summary>
    public static string SealedKey(UnpublishedStage stage) =>
        Key("sealed", stage.Task.Subgraph, Number(stage.Task.Number), stage.Start.ToString(), Number(stage.Epoch.Value), stage.Sink);

    /// <summary>The parts of a key.</summary>
    /// <exception cref="InvalidDataException">It isn't one of these.</exception>
    public static string[] Parts(string key)
    {
        try
        {
            return JsonSerializer.Deserialize(key, PositionsJson.Default.StringArray) is { Length: > 0 } parts ? [.. parts.Select(KeptText.Unescape)] : throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a key of the positions topic can't be read: {e.Message}", e);
        }
    }

    /// <summary>The home record.</summary>
    public static byte[] Home(StartId start, long version, ReadOnlySpan<byte> record) =>
        JsonSerializer.SerializeToUtf8Bytes(new HomeDocument(start.Value, version, Encoding.UTF8.GetString(record)), PositionsJson.Default.HomeDocument);

    /// <summary>The home record.</summary>
    public static HomeEntry ParseHome(byte[] value)
    {
        HomeDocument document = Parse(value, PositionsJson.Default.HomeDocument);
        return new HomeEntry(new StartId(document.Start), Encoding.UTF8.GetBytes(document.Record), document.Version);
    }

    /// <summary>A heartbeat.</summary>
    public static byte[] Heartbeat(StartId start, DateTimeOffset at) => JsonSerializer.SerializeToUtf8Bytes(new HeartbeatDocument(start.Value, at), PositionsJson.Default.HeartbeatDocument);

    /// <summary>A heartbeat.</summary>
    public static (StartId Start, DateTimeOffset At) ParseHeartbeat(byte[] value)
    {
        HeartbeatDocument document = Parse(value, PositionsJson.Default.HeartbeatDocument);
        return (new StartId(document.Start), document.At);
    }

    /// <summary>A state.</summary>
    public static byte[] State(StateDocument state) => JsonSerializer.SerializeToUtf8Bytes(state, PositionsJson.Default.StateDocument);

    /// <summary>A state.</summary>
    public static StateDocument ParseState(byte[] value) => Parse(value, PositionsJson.Default.StateDocument);

    /// <summary>A position.</summary>
    public static byte[] Position(Position position, Epoch epoch) =>
        JsonSerializer.SerializeToUtf8Bytes(new PositionDocument(KeptText.Escape(position.Into), KeptText.Escape(position.At), epoch.Value), PositionsJson.Default.PositionDocument);

    /// <summary>A position, with its subgraph.</summary>
    public static (string Subgraph, CommittedPosition Position) ParsePosition(string[] key, byte[] value)
    {
        PositionDocument document = Parse(value, PositionsJson.Default.PositionDocument);
        return (key[1], new CommittedPosition(new SourcePartitionId(key[2], key[3]), new Position(KeptText.Unescape(document.Into), KeptText.Unescape(document.At)), new Epoch(document.Epoch)));
    }

    /// <summary>Sealed output.</summary>
    public static UnpublishedStage ParseSealed(PipelineName pipeline, string[] key, byte[] value) => new(
        new TaskId(pipeline, key[1], int.Parse(key[2], System.Globalization.CultureInfo.InvariantCulture)),
        new StartId(Guid.Parse(key[3])),
        new Epoch(long.Parse(key[4], System.Globalization.CultureInfo.InvariantCulture)),
        key[5],
        value);

    private static string Key(params string[] parts) => JsonSerializer.Serialize([.. parts.Select(KeptText.Escape)], PositionsJson.Default.StringArray);

    private static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static T Parse<T>(byte[] value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(value, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a record of the positions topic can't be read: {e.Message}", e);
        }
    }
}

/// <summary>A home record as it is written.</summary>
internal sealed record HomeDocument(Guid Start, long Version, string Record);

/// <summary>A heartbeat as it is written.</summary>
internal sealed record HeartbeatDocument(Guid Start, DateTimeOffset At);

/// <summary>A position as it is written.</summary>
internal sealed record PositionDocument(string Into, string At, long Epoch);

/// <summary>A state as it is written: what it is, and the topic that holds its changes.</summary>
internal sealed record StateDocument(string Name, string Shape, int Partitions, string Changelog, string ChangelogId);

/// <summary>How these records are written.</summary>
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(HomeDocument))]
[JsonSerializable(typeof(HeartbeatDocument))]
[JsonSerializable(typeof(PositionDocument))]
[JsonSerializable(typeof(StateDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class PositionsJson : JsonSerializerContext;
