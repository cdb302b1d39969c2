using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.Commits;

namespace StreamEngine.Kafka.Connectors;

/// <summary>A topic of a cluster as a sink: exactly-once, for records and positions are committed in one transaction of that cluster.</summary>
internal sealed class KafkaSinkDefinition<TKey, TValue>(KafkaTopic<TKey, TValue> topic) : SinkDefinition<TKey, TValue>
{
    private readonly Topic<TKey, TValue> written = topic.Written!;

    public override string Connector => KafkaConnectors.Name;

    public override string Target => $"topic {written.Spec.Name} of {topic.Cluster}";

    public override string Slug => KafkaNames.Slug(written.Spec.Name);

    public override CommitPoint CommitPoint { get; } = new KafkaCommitPoint(topic.Cluster);

    public override ISinkWriter Open(SinkContext context)
    {
        var session = (KafkaSession)context.CommitPoint;
        string servers = topic.Cluster.Client["bootstrap.servers"];
        if (session.Cluster.Bootstrap != servers)
        {
            throw new EngineException(
                ErrorDomain.User,
                $"{context.Name}: the pipeline names two clusters {topic.Cluster.Name}: one at {session.Cluster.Bootstrap}, one at {servers}",
                "Give them two names, or the same addresses.");
        }

        TopicInfo info = session.Cluster.Find(written.Spec.Name) ?? Make(session.Cluster);
        return new TopicSinkWriter(session.OpenWriter(info), info);
    }

    public override string? Check(string folder)
    {
        using KafkaLog log = topic.Cluster.Open(Serilog.Core.Logger.None, TimeProvider.System);
        if (log.Find(written.Spec.Name) is not null) return null;
        return topic.PartitionsMade > 0 ? Target : throw Missing();
    }

    public override Receiver<TKey, TValue> CreateEncoder(StreamShape<TKey, TValue> shape, ISinkWriter writer, IStageContext context, IElementOutput output) =>
        written.AsSink().CreateEncoder(shape, writer, context, output);

    private TopicInfo Make(KafkaCluster cluster)
    {
        if (topic.PartitionsMade == 0) throw Missing();
        try
        {
            return cluster.Create(written.Spec.Name, topic.PartitionsMade, TopicConfig.Of(written.Spec));
        }
        catch (TopicException) when (cluster.Find(written.Spec.Name) is not null)
        {
            // Another task was quicker.
            return cluster.Find(written.Spec.Name)!;
        }
    }

    private EngineException Missing() => new(
        ErrorDomain.User,
        $"topic {written.Spec.Name}, which is written to, doesn't exist on {topic.Cluster}",
        "Make it there with Kafka's tools, or have it made: create = true in the sink's block, MadeWhenMissing in code.");
}
