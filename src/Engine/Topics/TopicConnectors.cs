using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Topics;

/// <summary>Topics of the engine's log as connectors of pipelines without code.</summary>
internal static class TopicConnectors
{
    private const string NoKeys = "none";

    /// <summary>Reads a topic.</summary>
    public static SourceConnector Source { get; } = new("topic", "Reads a topic of the engine's log.")
    {
        Description =
            "Records keep their keys, their times and their headers. What isn't touched stays as the bytes it is, so that a topic can be copied whose keys or values are of " +
            "another format than is said here; a field is asked for of those that are.",
        Example = "source { connector = topic, name = orders }",
        Options =
        [
            new("name", OptionType.Text, "The topic's name.") { IsRequired = true, Importance = Importance.High },
            new("value.format", OptionType.Choice, "What the values are: an object of JSON, or a single value, which is in the field value.")
            {
                Default = "json",
                Choices = DataSerdes.Formats,
            },
            new("key.format", OptionType.Choice, "What the keys are; none leaves them out.") { Default = "string", Choices = [NoKeys, .. DataSerdes.Formats] },
            StartOption.Definition,
            StartOption.Offsets,
            StartOption.OutOfRange,
        ],
        Create = CreateSource,
    };

    /// <summary>Writes a topic.</summary>
    public static SinkConnector Sink { get; } = new("topic", "Writes a topic of the engine's log, exactly-once.")
    {
        Description =
            "A topic that doesn't exist is made, as the options describe it; an existing one stays as it is. Records with a key go to the partition of their key, where Kafka's " +
            "own clients expect them; records without one to each partition in turn. Values are JSON unless they are of another format and were not touched; a tombstone is written as one.",
        Example = "sink { connector = topic, name = orders, partitions = 4, compacted = true }",
        Options =
        [
            new("name", OptionType.Text, "The topic's name: letters, digits, '.', '-' and '_'.") { IsRequired = true, Importance = Importance.High },
            new("partitions", OptionType.Integer, "How many partitions it gets when it is made.") { Default = "1", Min = 1, Max = TopicSpec.PartitionsMax },
            new("compacted", OptionType.Flag, "Whether only the last record of each key has to be kept.") { Default = "false" },
            new("retention.time", OptionType.Duration, "How long records are kept, counted from when they were appended; for ever unless given.") { Min = 1 },
            new("retention.bytes", OptionType.Size, "How many bytes of each partition are kept, the youngest ones; all unless given.") { Min = 1 },
            new("value.format", OptionType.Choice, "What values are written as; what they are already unless given, which is json for all that was not read as something else.")
            {
                Choices = DataSerdes.Formats,
            },
            new("key.format", OptionType.Choice, "What keys are written as; what they are already unless given.") { Choices = DataSerdes.Formats },
        ],
        Create = CreateSink,
    };

    private static SourceDefinition CreateSource(IOptions options)
    {
        ISerde<DataObject> values = DataSerdes.For(options.Text("value.format"));
        string name = NameOf(options), keys = options.Text("key.format");
        return keys == NoKeys ? Begin(Topic.Of(name, Serdes.NoKey, values), options).AsSource() : Begin(Topic.Of(name, DataSerdes.For(keys), values), options).AsSource();
    }

    private static Topic<TKey, DataObject> Begin<TKey>(Topic<TKey, DataObject> topic, IOptions options) =>
        topic.From(StartOption.Of(options), StartOption.OffsetsOf(options)).WhenOutOfRange(StartOption.OutOfRangeOf(options));

    private static DataTopicSink CreateSink(IOptions options) => new(new TopicSpec(NameOf(options), (int)options.Integer("partitions"))
    {
        Compacted = options.Flag("compacted"),
        RetentionTime = options.Has("retention.time") ? options.Duration("retention.time") : null,
        RetentionBytes = options.Has("retention.bytes") ? options.Size("retention.bytes") : null,
    })
    {
        Keys = options.Has("key.format") ? DataSerdes.For(options.Text("key.format")) : null,
        Values = options.Has("value.format") ? DataSerdes.For(options.Text("value.format")) : null,
    };

    private static string NameOf(IOptions options) => TopicSpec.IsValidName(options.Text("name"))
        ? options.Text("name")
        : throw new OptionException(
            "name", $"'{options.Text("name")}' can't name a topic", $"Letters, digits, '.', '-' and '_' may be used, at most {TopicSpec.NameLengthMax} of them.");
}
