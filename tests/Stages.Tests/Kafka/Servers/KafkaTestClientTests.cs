using StreamEngine.Conformance.Kafka;

namespace StreamEngine.Stages.Tests.Kafka.Servers;

/// <summary>That the tests' own client says what stands in a topic, and that Kafka's tools see the same.</summary>
public sealed class KafkaTestClientTests
{
    private readonly KafkaServers servers = KafkaServers.Shared;
    private readonly string topic = $"client-{Guid.NewGuid():N}";

    private KafkaTestClient Client => new(servers.Bootstrap);

    private KafkaTools Tools => new(servers.Bootstrap);

    [SkippableFact]
    public void Records_are_read_as_they_were_written()
    {
        var time = new DateTimeOffset(2001, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        KafkaTestRecord[] written =
        [
            new("a", "1", 0, time, [new("h", "x"), new("h", null), new("", "ü")]),
            new("a", null, 0, time.AddDays(1), []),
            new(null, "", 1, time, []),
        ];
        Client.CreateTopic(topic, partitions: 3);
        Client.Produce(topic, written);
        IReadOnlyList<KafkaTestRecord> read = Client.ReadCommitted(topic);
        Assert.Equal(written.Select(record => record with { Headers = null }), read.Select(record => record with { Headers = null, Offset = -1 }));
        Assert.Equal(written.Select(record => record.Headers!), read.Select(record => record.Headers!));
        Assert.Equal([0, 1, 0], read.Select(record => record.Offset));
    }

    [SkippableFact]
    public void A_committed_reader_sees_no_aborted_records_and_another_does()
    {
        Client.CreateTopic(topic);
        Client.ProduceTransaction($"{topic}-writer", topic, [new("a", "kept")]);
        Client.ProduceTransaction($"{topic}-writer", topic, [new("a", "dropped")], commit: false);
        Assert.Equal(["kept"], Client.ReadCommitted(topic).Select(record => record.Value));
        Assert.Equal(["kept", "dropped"], Client.ReadUncommitted(topic).Select(record => record.Value));
        Assert.Equal(["a\tkept"], Tools.ConsumeCommitted(topic, 1));
        Assert.Contains($"{topic}-writer", Tools.Transactions("list"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_console_producer_writes_keys_and_values()
    {
        Client.CreateTopic(topic);
        Tools.Produce(topic, "a\t1", "b\t2");
        Assert.Equal(["a=1", "b=2"], Client.ReadCommitted(topic).Select(record => $"{record.Key}={record.Value}"));
        Assert.Equal(["a\t1", "b\t2"], Tools.ConsumeCommitted(topic, 2));
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => Tools.ConsumeCommitted(topic, 3, TimeSpan.FromSeconds(20)));
        Assert.Contains("2 committed records, not 3", e.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_topic_is_made_changed_and_removed()
    {
        Client.CreateTopic(topic, 2, new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        Client.AlterTopic(topic, new Dictionary<string, string> { ["max.message.bytes"] = "12345" });
        string described = Tools.Configs("--describe", "--entity-type", "topics", "--entity-name", topic);
        Assert.Contains("cleanup.policy=compact ", described, StringComparison.Ordinal);
        Assert.Contains("max.message.bytes=12345 ", described, StringComparison.Ordinal);
        Assert.Contains(topic, Client.Topics());
        Client.DeleteTopic(topic);
        Assert.DoesNotContain(topic, Tools.Topics("--list"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_tool_that_fails_says_what_it_wrote()
    {
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => Tools.Topics("--describe", "--topic", topic));
        Assert.Contains("does not exist as expected", e.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Kcat_reads_what_the_client_has_written()
    {
        Client.CreateTopic(topic);
        Client.Produce(topic, [new("a", "1")]);
        Assert.Equal("a=1\n", Tools.Kcat("", "-C", "-e", "-q", "-t", topic, "-f", "%k=%s\n"));
    }
}
