using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Kafka;
using StreamEngine.Kafka.Clusters;

namespace StreamEngine.Stages.Tests.Kafka.Connectors;

public sealed class KafkaSinkConformance() : SinkConformance(new KafkaSinkFactory());

/// <summary>Topics of the broker that the tests share: what a keyed table would hold is what is left of each key.</summary>
internal sealed class KafkaSinkFactory : SinkFactory
{
    private static readonly TimeSpan MarkersWait = TimeSpan.FromSeconds(2);

    private readonly TemporaryFolder folder = new();
    private readonly KafkaTestClient client = new(KafkaServers.Shared.Bootstrap);
    private readonly KafkaCluster cluster = new(
        new Dictionary<string, string> { ["bootstrap.servers"] = KafkaServers.Shared.Bootstrap }, -1, Serilog.Core.Logger.None);

    private readonly string prefix = $"sink-{Guid.NewGuid():N}-";

    public KafkaSinkFactory() => Clean();

    public override bool IsTable => false;

    public override int Schedules => 5;

    public override string Folder => folder.Path;

    public override ValueSinkDefinition<SinkValue> Keyed(string table) => new AnyKey(KafkaSourceConformance.Cluster, prefix + table);

    public override ValueSinkDefinition<SinkValue> Appending(string table) => Keyed(table);

    public override IReadOnlyDictionary<string, SinkValue> ReadKeyed(string table)
    {
        var rows = new Dictionary<string, SinkValue>();
        foreach (KafkaTestRecord record in Read(prefix + table))
        {
            if (record.Value is { } value) rows[record.Key!] = JsonSerializer.Deserialize<SinkValue>(value, JsonSerializerOptions.Web)!;
            else rows.Remove(record.Key!);
        }

        return rows;
    }

    public override IReadOnlyDictionary<string, int> CountAppended(string table) => Read(prefix + table)
        .Select(record => JsonSerializer.Deserialize<SinkValue>(record.Value!, JsonSerializerOptions.Web)!.Name).GroupBy(name => name).ToDictionary(group => group.Key, group => group.Count());

    public override IReadOnlyList<string> ReadDeadLetters() => [.. Read("streamengine.pipeline.dead-letters").Select(record => record.Key!).Distinct()];

    public override void Dispose()
    {
        Clean();
        cluster.Dispose();
        folder.Dispose();
        base.Dispose();
    }

    /// <summary>What committed readers see, once the brokers have put the ends of decided transactions everywhere; an open one is waited for only so long.</summary>
    private IReadOnlyList<KafkaTestRecord> Read(string topic)
    {
        if (cluster.Find(topic) is not { } found) return [];
        SpinWait.SpinUntil(
            () => Enumerable.Range(0, found.Partitions).All(partition => cluster.CommittedEnd(topic, partition) == cluster.Watermarks(topic, partition).High), MarkersWait);
        return client.ReadCommitted(topic);
    }

    private void Clean()
    {
        foreach (string name in client.Topics().Where(name => name.StartsWith(prefix, StringComparison.Ordinal) || name.StartsWith("streamengine.pipeline.", StringComparison.Ordinal) ||
            name.StartsWith("streamengine.other.", StringComparison.Ordinal)))
        {
            cluster.Delete(name);
        }
    }

    private sealed class AnyKey(KafkaAddress address, string name) : ValueSinkDefinition<SinkValue>
    {
        public override SinkDefinition<TKey, SinkValue> For<TKey>() => KafkaTopic.Of<TKey, SinkValue>(address, name).MadeWhenMissing(3).AsSink();
    }
}
