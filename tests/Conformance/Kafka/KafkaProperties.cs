namespace StreamEngine.Conformance.Kafka;

/// <summary>The server.properties of the nodes of a cluster.</summary>
internal static class KafkaProperties
{
    /// <summary>The listener that is there in every cluster, by which brokers reach each other.</summary>
    public const string Plain = "PLAINTEXT";

    private const string Controller = "CONTROLLER";

    /// <summary>What one node is started with.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="controllers">The controllers' ports, of one node each.</param>
    /// <param name="listeners">Its listeners but the controller's.</param>
    /// <param name="given">What is added, or put in place of what stands here.</param>
    public static IEnumerable<string> Of(int number, IReadOnlyList<int> controllers, IReadOnlyList<KafkaListener> listeners, IDictionary<string, string> given)
    {
        int copies = Math.Min(controllers.Count, 3), copiesMin = copies == 3 ? 2 : 1;
        var properties = new Dictionary<string, string>
        {
            ["process.roles"] = "broker,controller",
            ["node.id"] = $"{number}",
            ["controller.quorum.voters"] = string.Join(',', controllers.Select((port, n) => $"{n + 1}@127.0.0.1:{port}")),
            ["controller.listener.names"] = Controller,
            ["inter.broker.listener.name"] = Plain,
            ["listeners"] = string.Join(',', [.. listeners.Select(listener => $"{listener.Name}://127.0.0.1:{listener.Port}"), $"{Controller}://127.0.0.1:{controllers[number - 1]}"]),
            ["advertised.listeners"] = string.Join(',', listeners.Select(listener => $"{listener.Name}://{listener.Host}:{listener.AdvertisedPort}")),
            ["listener.security.protocol.map"] = string.Join(',', [.. listeners.Select(listener => $"{listener.Name}:{listener.Protocol}"), $"{Controller}:PLAINTEXT"]),
            ["default.replication.factor"] = $"{copies}",
            ["min.insync.replicas"] = $"{copiesMin}",
            ["offsets.topic.replication.factor"] = $"{copies}",
            ["offsets.topic.num.partitions"] = "4",
            ["transaction.state.log.replication.factor"] = $"{copies}",
            ["transaction.state.log.min.isr"] = $"{copiesMin}",
            ["transaction.state.log.num.partitions"] = "4",
            ["share.coordinator.state.topic.replication.factor"] = $"{copies}",
            ["share.coordinator.state.topic.min.isr"] = $"{copiesMin}",
            ["group.initial.rebalance.delay.ms"] = "0",
            ["auto.create.topics.enable"] = "false",
            ["log.retention.hours"] = "-1",

            // A broker that was killed may come back only when its old session has ended.
            ["broker.session.timeout.ms"] = "3000",
            ["broker.heartbeat.interval.ms"] = "500",

            // Memory that each topic, or the broker at its start, takes whether it needs it or not.
            ["log.cleaner.dedupe.buffer.size"] = "16777216",
            ["log.index.size.max.bytes"] = "1048576",
        };
        foreach ((string name, string value) in given) properties[name] = value;
        return properties.Select(property => $"{property.Key}={property.Value}");
    }
}
