using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Conformance.Sources;
using StreamEngine.Contracts;
using StreamEngine.Kafka;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Kafka.Connectors;

public sealed class KafkaSourceConformance() : SourceConformance(new KafkaSourceFactory(name => KafkaTopic.Of<string, string>(Cluster, name).AsSource()))
{
    /// <summary>The cluster of these tests.</summary>
    internal static KafkaAddress Cluster => KafkaAddress.Of("shared", client => client["bootstrap.servers"] = KafkaServers.Shared.Bootstrap);
}

public sealed class KafkaPatternConformance() : SourceConformance(
    new KafkaSourceFactory(name => KafkaTopic.Matching<string, string>(KafkaSourceConformance.Cluster, $"{name}|{name}-.*").AsSource()));

/// <summary>A topic of the broker that the tests share.</summary>
internal sealed class KafkaSourceFactory(Func<string, SourceDefinition> source) : SourceFactory
{
    private readonly TemporaryFolder folder = new();
    private readonly KafkaTestClient client = new(KafkaServers.Shared.Bootstrap);
    private readonly string prefix = $"source-{Guid.NewGuid():N}";
    private string topic = "";
    private int made;

    public override bool HasBad => false;

    public override int RecordsMax => ChunkBuilder.RecordsMax;

    public override int Schedules => 6;

    public override string Folder => folder.Path;

    public override SourceDefinition Definition => source(topic);

    public override long[] ValuesOf(Element element)
    {
        var values = new List<long>();
        var reader = new ChunkReader((Chunk)element);
        while (reader.MoveNext()) values.Add(long.Parse(reader.Value, CultureInfo.InvariantCulture));
        return [.. values];
    }

    public override void Create() => client.CreateTopic(topic = $"{prefix}.{made++}");

    public override void Write(IEnumerable<long> values)
    {
        // As many as a client of the tests takes at once.
        foreach (long[] some in values.Chunk(50_000)) client.Produce(topic, some.Select(value => new KafkaTestRecord(null, $"{value}", 0)));
    }

    /// <summary>What no reader sees: an epoch that was given up.</summary>
    public override void WriteBad() => client.ProduceTransaction($"t-{topic}", topic, [new KafkaTestRecord(null, "bad", 0)], commit: false);

    public override void Lose() => client.DeleteTopic(topic);

    public override void Replace()
    {
        Lose();
        while (client.Topics().Contains(topic)) Thread.Yield();
        client.CreateTopic(topic);
        Write(Enumerable.Range(0, 20).Select(n => (long)n + 1000));
    }

    public override void Dispose()
    {
        foreach (string left in client.Topics().Where(name => name.StartsWith(prefix, StringComparison.Ordinal))) client.DeleteTopic(left);
        folder.Dispose();
    }
}
