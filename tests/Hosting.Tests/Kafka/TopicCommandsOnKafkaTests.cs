using System.Text.Json;

namespace StreamEngine.Hosting.Tests.Kafka;

/// <summary>Topics of a cluster from the command line.</summary>
[Collection(HostProcesses.Name)]
public sealed class TopicCommandsOnKafkaTests
{
    [SkippableFact]
    public void Topics_are_made_listed_described_written_read_and_deleted()
    {
        using var host = new HostOnKafka();
        Assert.Equal(
            $"topic {host.Input} is made, of 3 partitions\n",
            host.Ok("topics", "create", host.Input, "--partitions", "3", "--compacted", "--retention-time", "40000d", "--retention-bytes", "1000000"));
        string configs = host.Tools.Configs("--describe", "--entity-type", "topics", "--entity-name", host.Input);
        Assert.Contains("cleanup.policy=compact", configs, StringComparison.Ordinal);
        Assert.Contains("retention.ms=3456000000000", configs, StringComparison.Ordinal);
        Assert.Contains("retention.bytes=1000000", configs, StringComparison.Ordinal);
        Assert.Contains($"there is a topic {host.Input} already, of 3 partitions", host.Refused("topics", "create", host.Input), StringComparison.Ordinal);

        string listed = Assert.Single(host.Ok("topics", "list", "--json").Split('\n'), line => line.Contains($"\"{host.Input}\"", StringComparison.Ordinal));
        Assert.Equal(3, JsonDocument.Parse(listed).RootElement.GetProperty("partitions").GetInt32());

        Assert.Equal("3 records written to topic " + host.Input + "\n", host.OkWith(
            """
            {"key":"a","value":{"n":1},"timestamp":1000,"headers":[{"name":"h","value":"x"},{"name":"h","value":null}]}
            {"key":"b","value":[1,2],"timestamp":2000,"partition":2}
            {"key":"a","value":null,"timestamp":3000}

            """,
            "topics", "write", host.Input, "--json"));
        string read = host.Ok("topics", "read", host.Input, "--json");
        Assert.Contains("""{"partition":2,"offset":0,"timestamp":2000,"key":"b","value":[1,2],"headers":[]}""", read, StringComparison.Ordinal);
        Assert.Contains("\"key\":\"a\",\"value\":{\"n\":1},\"headers\":[{\"name\":\"h\",\"value\":\"x\"},{\"name\":\"h\",\"value\":null}]}", read, StringComparison.Ordinal);
        Assert.Equal(3, read.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(
            ["a|{\"n\":1}|1000|h=x;h=", "a||3000|", "b|[1,2]|2000|"],
            host.Client.ReadCommitted(host.Input).OrderBy(record => record.Key).ThenBy(record => record.Offset).Select(record =>
                $"{record.Key}|{record.Value}|{record.Timestamp!.Value.ToUnixTimeMilliseconds()}|{string.Join(';', record.Headers!.Select(header => $"{header.Key}={header.Value}"))}"));

        JsonElement described = JsonDocument.Parse(host.Ok("topics", "describe", host.Input, "--json")).RootElement;
        Assert.Equal((3, true, 3_456_000_000_000L, 1_000_000L, 3L), (
            described.GetProperty("partitions").GetInt32(),
            described.GetProperty("compacted").GetBoolean(),
            described.GetProperty("retentionMs").GetInt64(),
            described.GetProperty("retentionBytes").GetInt64(),
            described.GetProperty("offsets").GetInt64()));
        Assert.True(described.GetProperty("bytesEstimated").GetBoolean());
        Assert.True(described.GetProperty("ranges")[2].GetProperty("bytesEstimated").GetBoolean());
        Assert.Contains($"{host.Input}\t3 partitions\t3 offsets\t~300 bytes", host.Ok("topics", "list"), StringComparison.Ordinal);
        Assert.Contains("partition 2: offsets 0 to 1 (next), ~100 bytes\n", host.Ok("topics", "describe", host.Input), StringComparison.Ordinal);
        Assert.Equal($"topic {host.Input} is deleted\n", host.Ok("topics", "delete", host.Input));
        Assert.DoesNotContain(host.Input, host.Client.Topics());
        Assert.Contains($"there is no topic {host.Input}", host.Refused("topics", "read", host.Input), StringComparison.Ordinal);
        Assert.Contains("can't be kept: a Kafka cluster holds no formats of topics", host.Refused("topics", "create", host.Input, "--value-format", "json"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Keys_lie_in_the_partitions_where_the_console_producer_puts_them_whoever_writes_them_here()
    {
        using var host = new HostOnKafka();
        string other = $"{host.Input}-java";
        foreach (string topic in (string[])[host.Input, other]) host.Client.CreateTopic(topic, 7);
        host.Client.CreateTopic(host.Output, 7);
        string[] names = [.. Enumerable.Range(0, 300).Select(n => $"name-{n}"), "é", "日本語", "a b", "x"];
        string[] lines = [.. names.Select(name => $$"""{{name}}|{"name":"{{name}}"}""")];
        string text = string.Join('\n', lines) + "\n";
        host.Tools.ProduceText(other, text, "--reader-property", "parse.key=true", "--reader-property", "key.separator=|");
        host.OkWith(text, "topics", "write", host.Input, "--key-separator", "|");
        host.Run();

        Dictionary<string, int> java = Places(other);
        Assert.Equal(names.Length, java.Count);
        Assert.Equal(java, Places(host.Input));
        Assert.Equal(java, Places(host.Output));

        Dictionary<string, int> Places(string topic) =>
            new(host.Client.ReadCommitted(topic).Select(record => KeyValuePair.Create(record.Key!, record.Partition)).OrderBy(place => place.Key, StringComparer.Ordinal));
    }
}
