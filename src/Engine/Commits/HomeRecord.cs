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

    /// <summary>It was removed; its generation is kept, since guards in databases hold it and refuse whatever is below.</summary>
    Deleted,
}

/// <summary>
/// What the log holds of a pipeline: which start it belongs to, and what its plan was. It decides who may commit.
/// </summary>
internal sealed record HomeRecord
{
    /// <summary>The version of this record's shape; one with a larger number is refused.</summary>
    public const int FormatVersion = 2;

    /// <summary>The version it was written with.</summary>
    public int Version { get; init; } = FormatVersion;

    public required StartId Start { get; init; }

    public required Generation Generation { get; init; }

    public required HomeState State { get; init; }

    /// <summary>The machine of the start.</summary>
    public string Host { get; init; } = "";

    /// <summary>The process of the start.</summary>
    public int Process { get; init; }

    /// <summary>Which process that is, at random: what tells it from one of the same number in another container.</summary>
    public string? Instance { get; init; }

    /// <summary>Where the process's number counts (<see cref="ProcessIdentity.Machine"/>).</summary>
    public string? Machine { get; init; }

    /// <summary>When the process was started (<see cref="ProcessIdentity.StartedAt"/>).</summary>
    public long? ProcessStartedAt { get; init; }

    /// <summary>When the record was written.</summary>
    public DateTimeOffset Heartbeat { get; init; }

    /// <summary>How many tasks the start has.</summary>
    public int Tasks { get; init; }

    /// <summary>The most tasks that any start not yet wholly fenced may have had.</summary>
    public int FenceUpTo { get; init; }

    /// <summary>What the plan was; null when nothing is kept of it: never started, or reset.</summary>
    public PlanRecord? Plan { get; init; }

    /// <summary>
    /// The topics of the log that it read and wrote before it was reset, until it runs again: nothing is decided by them but whether others may delete them. Null when
    /// there was no reset, and where an older build did it.
    /// </summary>
    public IReadOnlyList<string>? Used { get; init; }

    /// <summary>While it is resetting: where it is to begin afterwards, if not where its sources say.</summary>
    public ResetRecord? Reset { get; init; }

    /// <summary>Whether somebody may be at work under this record: it wasn't brought to an end.</summary>
    [JsonIgnore]
    public bool IsUnderWay => State is not (HomeState.Stopped or HomeState.Deleted);

    /// <summary>The databases outside the log that a start of this plan has to fence.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Databases => Plan is null
        ? []
        : [.. Plan.Subgraphs.Select(subgraph => subgraph.Store).Where(store => store != PlanRecord.LogStore).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The topics of the log that its plan reads and writes, and those that are remembered; null when neither is known.</summary>
    public IReadOnlyList<string>? TopicsUsed() => Plan is null
        ? Used
        : [
            .. Plan.Subgraphs.SelectMany(subgraph => subgraph.Sources.Select(source => source.Topic).Concat(subgraph.Sinks.Select(sink => sink.Topic))).OfType<string>()
                .Concat(Used ?? []).Distinct().Order(StringComparer.Ordinal),
        ];

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
internal sealed record SubgraphRecord(string Name, string Store, IReadOnlyList<SourceRecord> Sources, IReadOnlyList<StateRecord> States)
{
    /// <summary>Its sinks, for people and tools; internal topics among them. Nothing is decided by them. None in a record of the first format.</summary>
    public IReadOnlyList<SinkRecord> Sinks
    {
        get;

        // What a record doesn't have is set to null when it is read.
        init => field = value ?? [];
    } = [];
}

/// <summary>A source of a remembered plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Target">What it reads.</param>
internal sealed record SourceRecord(string Name, string Target)
{
    /// <summary>The topic of the log that it reads; null for what lies outside.</summary>
    public string? Topic { get; init; }
}

/// <summary>A sink of a remembered plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Target">What it writes to, without secrets.</param>
/// <param name="Topic">The topic of the log that it writes; null for what lies outside.</param>
internal sealed record SinkRecord(string Name, string Target, string? Topic);

/// <summary>Where a pipeline is to begin after a reset.</summary>
/// <param name="Plan">The sources that the positions are for, which a later plan has to read in the same place or is refused.</param>
/// <param name="Positions">The positions.</param>
internal sealed record ResetRecord(PlanRecord Plan, IReadOnlyList<BeginRecord> Positions)
{
    /// <summary>The positions that are to be kept in one store.</summary>
    public IReadOnlyList<BeginPosition> In(string store) =>
    [
        .. Positions.Where(position => position.Store == store)
            .Select(position => new BeginPosition(position.Subgraph, new SourcePartitionId(position.Source, position.Partition), new Position(position.Into, position.At))),
    ];
}

/// <summary>A position to begin at.</summary>
/// <param name="Store">Where it is to be kept: the log, or a database.</param>
/// <param name="Subgraph">The subgraph that reads the source.</param>
/// <param name="Source">The source's name.</param>
/// <param name="Partition">The partition's name.</param>
/// <param name="Into">What the position points into.</param>
/// <param name="At">The place.</param>
internal sealed record BeginRecord(string Store, string Subgraph, string Source, string Partition, string Into, string At);

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
