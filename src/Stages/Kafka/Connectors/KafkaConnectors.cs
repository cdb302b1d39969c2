using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Kafka.Connectors;

/// <summary>Topics of Kafka clusters beside the engine's log as connectors of pipelines without code.</summary>
internal static class KafkaConnectors
{
    /// <summary>The name of both.</summary>
    public const string Name = "kafka";

    private const string NoKeys = "none";

    private const string ClusterMeaning = "The cluster: a name under stream-engine.clusters, which has its client's settings. Positions are kept under that name.";

    /// <summary>Reads topics.</summary>
    public static SourceConnector Source { get; } = new(Name, "Reads a topic of a Kafka cluster beside the engine's log, or all topics whose names match.")
    {
        Description =
            "Only what was committed is read. Where reading goes on is committed wherever the pipeline's output is, so each record counts once there; the cluster's consumer groups " +
            "have no part in that. A topic that was deleted and made anew is told from the one that was read, and refused.\n\n" +
            "With topics, a regular expression that whole names match, topics and partitions that are made later are taken up while the pipeline follows, from their first record.",
        Example = "source { connector = kafka, cluster = east, topic = orders }",
        Options =
        [
            new("cluster", OptionType.Text, ClusterMeaning) { IsRequired = true, Importance = Importance.High },
            new("topic", OptionType.Text, "The topic's name.") { Importance = Importance.High },
            new("topics", OptionType.Text, "In place of topic: a regular expression for whole names, orders-.* for all that begin with orders-.") { Importance = Importance.High },
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
    public static SinkConnector Sink { get; } = new(Name, "Writes a topic of a Kafka cluster beside the engine's log, exactly-once.")
    {
        Description =
            "Records, dead letters and positions are committed in one transaction of that cluster; positions in the topic streamengine.PIPELINE.positions there, which must not be deleted. " +
            "Readers that should see what was committed only set isolation.level = read_committed.\n\n" +
            "Records with a key go to the partition of their key, where Kafka's own clients expect them; records without one to each partition in turn. Values are JSON unless they are of " +
            "another format and were not touched; a tombstone is written as one.",
        Example = "sink { connector = kafka, cluster = east, topic = orders }",
        Options =
        [
            new("cluster", OptionType.Text, ClusterMeaning) { IsRequired = true, Importance = Importance.High },
            new("topic", OptionType.Text, "The topic's name.") { IsRequired = true, Importance = Importance.High },
            new("create", OptionType.Flag, "Whether to make the topic if there is none; otherwise that is an error.") { Default = "false" },
            new("partitions", OptionType.Integer, "How many partitions it gets when it is made.") { Default = "1", Min = 1, Max = TopicSpec.PartitionsMax },
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
        KafkaAddress cluster = ClusterOf(options);
        if (options.IsGiven("topic") == options.IsGiven("topics"))
        {
            throw new OptionException("topic", options.IsGiven("topic") ? "both topic and topics are given" : "neither topic nor topics says what to read", "Give one of them: topic = NAME, or topics = \"PATTERN\".");
        }

        ISerde<DataObject> values = DataSerdes.For(options.Text("value.format"));
        string keys = options.Text("key.format");
        return keys == NoKeys ? SourceOf(cluster, Serdes.NoKey, values, options) : SourceOf(cluster, DataSerdes.For(keys), values, options);
    }

    private static SourceDefinition<TKey, DataObject> SourceOf<TKey>(KafkaAddress cluster, ISerde<TKey> keys, ISerde<DataObject> values, IOptions options)
    {
        KafkaTopic<TKey, DataObject> topic = options.IsGiven("topic")
            ? KafkaTopic.Of(cluster, NameOf(options), keys, values)
            : Checked("topics", () => KafkaTopic.Matching(cluster, options.Text("topics"), keys, values));
        if (options.IsGiven("topics") && options.IsGiven("offsets"))
        {
            throw new OptionException("offsets", "offsets belong to one topic, and topics is a pattern of many", "Name the topic: topic = NAME; or leave offsets out.");
        }

        return topic.From(StartOption.Of(options), StartOption.OffsetsOf(options)).WhenOutOfRange(StartOption.OutOfRangeOf(options)).AsSource();
    }

    private static KafkaDataSink CreateSink(IOptions options) => new(ClusterOf(options), NameOf(options), options.Flag("create") ? (int)options.Integer("partitions") : 0)
    {
        Keys = options.Has("key.format") ? DataSerdes.For(options.Text("key.format")) : null,
        Values = options.Has("value.format") ? DataSerdes.For(options.Text("value.format")) : null,
    };

    private static KafkaAddress ClusterOf(IOptions options)
    {
        string name = options.Text("cluster");
        if (options.Clusters.TryGetValue(name, out NamedCluster? found)) return Checked("cluster", () => KafkaAddress.Of(name, found.Client).WithTransactionTimeout(found.TransactionTimeout));
        string near = NearestName.To(name, options.Clusters.Keys) is { } nearest ? $"; did you mean {nearest}?" : "";
        string remedy = options.Clusters.Count == 0
            ? $"Say where it is: stream-engine.clusters.{name}.client {{ bootstrap.servers = \"HOST:PORT\" }}."
            : $"There are {string.Join(", ", options.Clusters.Keys.Order(StringComparer.Ordinal))}; another is named by stream-engine.clusters.NAME.client.";
        throw new OptionException("cluster", $"there is no cluster {name} in stream-engine.clusters{near}", remedy);
    }

    private static T Checked<T>(string option, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (EngineException e) when (e is not OptionException)
        {
            throw new OptionException(option, e.Message, e.Remedy, e);
        }
    }

    private static string NameOf(IOptions options) => TopicSpec.IsValidName(options.Text("topic"))
        ? options.Text("topic")
        : throw new OptionException(
            "topic", $"'{options.Text("topic")}' can't name a topic", $"Letters, digits, '.', '-' and '_' may be used, at most {TopicSpec.NameLengthMax} of them.");
}
