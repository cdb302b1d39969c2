using StreamEngine.Contracts.Catalogue;
using StreamEngine.Files;
using StreamEngine.Kafka.Connectors;
using StreamEngine.Sql;
using StreamEngine.Topics;
using StreamEngine.Transforms;

namespace StreamEngine.Hosting.Catalogue;

/// <summary>What pipelines without code can be composed of: a line for each.</summary>
internal static class StageCatalog
{
    /// <summary>What they read.</summary>
    public static IReadOnlyList<SourceConnector> Sources { get; } =
    [
        TopicConnectors.Source,
        KafkaConnectors.Source,
        FileConnectors.Source,
    ];

    /// <summary>What they write to.</summary>
    public static IReadOnlyList<SinkConnector> Sinks { get; } =
    [
        TopicConnectors.Sink,
        KafkaConnectors.Sink,
        FileConnectors.Sink,
        TableConnectors.Sqlite,
        TableConnectors.Postgres,
    ];

    /// <summary>What they do in between.</summary>
    public static IReadOnlyList<TransformDefinition> Transforms => TransformCatalog.All;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ComponentDefinition> All { get; } = [.. Sources, .. Transforms, .. Sinks];
}
