using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Commits;

/// <summary>What a pipeline is doing, as its home record has it.</summary>
internal enum HomeState
{
    /// <summary>A start has claimed it and is fencing.</summary>
    Starting,

    /// <summary>Its tasks may commit.</summary>
    Running,

    /// <summary>It was stopped in order.</summary>
    Stopped,

    /// <summary>What it holds is being removed; whoever starts it next finishes that first.</summary>
    Resetting,

    /// <summary>It is being removed altogether.</summary>
    Deleting,
}

/// <summary>
/// What the log holds of a pipeline: which start it belongs to, and what its plan was. It decides who may commit.
/// </summary>
internal sealed record HomeRecord
{
    /// <summary>The version of this record's shape; one with a larger number is refused.</summary>
    public const int FormatVersion = 1;

    /// <summary>The version it was written with.</summary>
    public int Version { get; init; } = FormatVersion;

    public required StartId Start { get; init; }

    public required Generation Generation { get; init; }

    public required HomeState State { get; init; }

    /// <summary>The machine of the start.</summary>
    public string Host { get; init; } = "";

    /// <summary>The process of the start.</summary>
    public int Process { get; init; }

    /// <summary>When the record was written.</summary>
    public DateTimeOffset Heartbeat { get; init; }

    /// <summary>How many tasks the start has.</summary>
    public int Tasks { get; init; }

    /// <summary>The most tasks that any start not yet wholly fenced may have had.</summary>
    public int FenceUpTo { get; init; }

    /// <summary>What the plan was; null when nothing is kept of it: never started, or reset.</summary>
    public PlanRecord? Plan { get; init; }

    /// <summary>The databases outside the log that a start of this plan has to fence.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Databases => Plan is null
        ? []
        : [.. Plan.Subgraphs.Select(subgraph => subgraph.Store).Where(store => store != PlanRecord.LogStore).Distinct().Order(StringComparer.Ordinal)];

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, CommitJson.Default.HomeRecord);

    /// <exception cref="InvalidDataException">It is damaged, or of a newer build.</exception>
    public static HomeRecord Parse(ReadOnlySpan<byte> bytes)
    {
        HomeRecord record;
        try
        {
            record = JsonSerializer.Deserialize(bytes, CommitJson.Default.HomeRecord) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a home record can't be read: {e.Message}", e);
        }

        return record.Version <= FormatVersion
            ? record
            : throw new InvalidDataException($"a home record has format {record.Version}, this build reads formats up to {FormatVersion}: use the newer version");
    }
}

/// <summary>What a home record remembers of a plan, to compare the next one with.</summary>
/// <param name="Subgraphs">The subgraphs.</param>
/// <param name="Topics">The internal topics, by their exact names.</param>
internal sealed record PlanRecord(IReadOnlyList<SubgraphRecord> Subgraphs, IReadOnlyList<InternalTopicRecord> Topics)
{
    /// <summary>The store of subgraphs whose commit point is the log.</summary>
    public const string LogStore = "log";
}

/// <summary>A subgraph of a remembered plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Store">Where its positions live.</param>
/// <param name="Sources">Its sources, internal topics among them.</param>
/// <param name="States">Its keyed states.</param>
internal sealed record SubgraphRecord(string Name, string Store, IReadOnlyList<SourceRecord> Sources, IReadOnlyList<StateRecord> States);

/// <summary>A source of a remembered plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Target">What it reads.</param>
internal sealed record SourceRecord(string Name, string Target);

/// <summary>A keyed state of a remembered plan.</summary>
internal sealed record StateRecord(string Name, string Shape);

/// <summary>An internal topic of a remembered plan.</summary>
/// <param name="Name">Its exact name.</param>
/// <param name="Writer">The subgraph that writes it.</param>
/// <param name="Readers">The subgraphs that read it.</param>
internal sealed record InternalTopicRecord(string Name, string Writer, IReadOnlyList<string> Readers);

/// <summary>How home records are written.</summary>
[JsonSerializable(typeof(HomeRecord))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class CommitJson : JsonSerializerContext;
