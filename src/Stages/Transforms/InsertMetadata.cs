using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Sets fields to what a record has besides its value.</summary>
internal sealed class InsertMetadata : ChangeTransform
{
    private const string HeaderPrefix = "header:";

    private static readonly string[] Parts = ["partition", "offset", "timestamp", "key", "source", HeaderPrefix + "NAME"];

    private readonly IOptions options;
    private readonly bool needsSource;
    private readonly (DataPath Path, Expression Value)[] fields;

    private InsertMetadata(IOptions options, string? source = null)
        : base("insert-metadata", options, string.Join(", ", options.Map("fields").Select(item => $"{item.Key} = {item.Value.Text("")}")))
    {
        this.options = options;
        fields = [.. OptionReader.MapOfPaths(options, "fields").Select(item => (item.Path, PartOf(item.Item.Text(""), source)))];
        needsSource = source is null && options.Map("fields").Any(item => item.Value.Text("") == "source");
        UsesKey = fields.Any(field => field.Value.UsesKey);
    }

    public static TransformDefinition Definition { get; } = new("insert-metadata", "Sets some fields of each record to what it has besides its value.")
    {
        Description = "partition and offset (or the line) are those of where the record was read, so the transform comes before key, behind which records are read from a topic of the " +
            "engine's own. timestamp is the event time; source the name of the source's stage, of which there must be one; header:NAME the text of a header, or null. Tombstones go on as they are.",
        Options =
        [
            new("fields", OptionType.Map, "The fields with what they are set to: partition, offset, timestamp, key, source, or header:NAME.")
            {
                IsRequired = true,
                Importance = Importance.High,
                Item = new("", OptionType.Text, "What it is set to."),
            },
        ],
        Example = """{ transform = insert-metadata, fields { "meta.line" = offset, "meta.read_at" = timestamp, trace = "header:trace-id" } }""",
        Create = options => new InsertMetadata(options),
    };

    protected override bool UsesKey { get; }

    public override DataStream Apply(DataStream stream, string? name = null)
    {
        if (!needsSource) return base.Apply(stream, name);
        string[] sources = [.. SourcesOf(stream.Node).Distinct()];
        return sources.Length == 1
            ? new InsertMetadata(options, sources[0]).Apply(stream, name)
            : throw new OptionException("fields", $"records come from {sources.Length} sources here, {string.Join(", ", sources)}, and one doesn't say from which", "Insert the source where there is one only.");
    }

    protected override DataObject Change(DataObject value, Row row)
    {
        foreach ((DataPath path, Expression part) in fields) value = path.Set(value, part.Evaluate(row));
        return value;
    }

    private static IEnumerable<string> SourcesOf(StageNode node) => node is SourceNode ? [node.Name] : node.Inputs.SelectMany(SourcesOf);

    private static Expression PartOf(string part, string? source) => part switch
    {
        "partition" => new RecordPart(part, RecordPartKind.Partition),
        "offset" => new RecordPart(part, RecordPartKind.Offset),
        "timestamp" => new RecordPart(part, RecordPartKind.Timestamp),
        "key" => new RecordPart(part, RecordPartKind.Key),
        "source" => new Constant(part, DataValue.Of(source)),
        _ when part.StartsWith(HeaderPrefix, StringComparison.Ordinal) && part.Length > HeaderPrefix.Length => new RecordPart(part, RecordPartKind.Header, part[HeaderPrefix.Length..]),
        _ => throw new OptionException(
            "fields", $"a record has no {part}", NearestName.To(part, Parts) is { } near ? $"Did you mean {near}?" : $"There are: {string.Join(", ", Parts)}."),
    };
}
