using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Connectors;

/// <summary>Topics of a cluster as a source. A position is an offset in a topic of that id on the cluster of that id.</summary>
internal sealed class KafkaSourceDefinition<TKey, TValue>(KafkaTopic<TKey, TValue> topic) : SourceDefinition<TKey, TValue>
{
    public override string Connector => KafkaConnectors.Name;

    public override string Target => topic.Pattern is { } pattern ? $"topics {pattern} of {topic.Cluster}" : $"topic {topic.Written!.Spec.Name} of {topic.Cluster}";

    public override string Slug => KafkaNames.Slug(topic.Pattern?.Text ?? topic.Written!.Spec.Name);

    public override ISerde<TKey>? KeySerde => topic.KeySerde;

    public override ISerde<TValue>? ValueSerde => topic.ValueSerde;

    public override ISource Open(SourceContext context) => new KafkaSource(topic.Cluster, topic.Written?.Spec.Name, topic.Pattern, topic.Start, topic.OutOfRange, context);
}

/// <summary>What topics' names become in names of stages.</summary>
internal static class KafkaNames
{
    public static string Slug(string topic)
    {
        string clean = string.Concat(topic.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : c == '.' ? '_' : '-')).Trim('-', '_');
        return clean.Length == 0 ? "topics" : clean[..Math.Min(clean.Length, NameRule.LengthMax / 2)];
    }
}
