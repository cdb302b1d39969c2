using System.Diagnostics;
using StreamEngine.Conformance.Kafka;

namespace StreamEngine.Stages.Tests.Kafka.Servers;

/// <summary>That brokers of a test's own end, stand still and come back as they are told to, and leave nothing behind.</summary>
public sealed class KafkaServersTests
{
    [SkippableFact]
    public void A_broker_that_is_killed_comes_back_with_what_was_acknowledged()
    {
        using KafkaServers servers = KafkaServers.Start();
        var client = new KafkaTestClient(servers.Bootstrap);
        client.CreateTopic("kept", partitions: 2);
        client.Produce("kept", [new KafkaTestRecord("a", "1", Partition: 1), new KafkaTestRecord("b", "2", Partition: 0)]);

        int before = servers.ProcessId(1);
        servers.Kill(1);
        Assert.False(servers.IsRunning(1));
        servers.Restart(1);

        Assert.NotEqual(before, servers.ProcessId(1));
        Assert.Equal(["b=2", "a=1"], client.ReadCommitted("kept").Select(record => $"{record.Key}={record.Value}"));
    }

    [SkippableFact]
    public void A_broker_that_is_held_answers_again_when_it_is_let_go()
    {
        using KafkaServers servers = KafkaServers.Start();
        var client = new KafkaTestClient(servers.Bootstrap);
        servers.Pause(1);
        Task<IReadOnlyList<string>> topics = Task.Run(client.Topics);
        Assert.False(topics.Wait(TimeSpan.FromSeconds(1)));
        servers.Resume(1);
        Assert.True(topics.Wait(TimeSpan.FromSeconds(30)));
    }

    [SkippableFact]
    public void Three_brokers_serve_on_when_one_of_them_ends()
    {
        using KafkaServers servers = KafkaServers.Start(3);
        var client = new KafkaTestClient(servers.Bootstrap);
        client.CreateTopic("copied", partitions: 3);
        Assert.Contains("ReplicationFactor: 3", new KafkaTools(servers.Bootstrap).Topics("--describe", "--topic", "copied"), StringComparison.Ordinal);
        servers.Stop(2);
        client.ProduceTransaction("writer", "copied", Enumerable.Range(0, 3).Select(n => new KafkaTestRecord(null, $"{n}", n)));
        servers.Restart(2);
        servers.Kill(1);
        Assert.Equal(["0", "1", "2"], client.ReadCommitted("copied").Select(record => record.Value));
    }

    [SkippableFact]
    public void Properties_that_are_given_take_the_place_of_the_usual_ones()
    {
        using KafkaServers servers = KafkaServers.Start(1, new Dictionary<string, string> { ["log.retention.hours"] = "7" });
        string described = new KafkaTools(servers.Bootstrap).Configs("--describe", "--all", "--entity-type", "brokers", "--entity-name", "1");
        Assert.Contains("log.retention.hours=7 ", described, StringComparison.Ordinal);
        Assert.Contains("offsets.topic.num.partitions=4 ", described, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Nothing_is_left_of_brokers_at_the_end()
    {
        string folder;
        int process;
        using (KafkaServers servers = KafkaServers.Start())
        {
            folder = servers.Folder;
            process = servers.ProcessId(1);
            Assert.True(File.Exists(Path.Combine(folder, "1", "server.properties")));
        }

        Assert.False(Directory.Exists(folder));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
    }

    [SkippableFact]
    public void Nothing_is_left_of_brokers_whose_tests_were_killed()
    {
        using KafkaServers servers = KafkaServers.Start();
        int process = servers.ProcessId(1);
        servers.Pause(1);
        servers.Abandon();
        Assert.False(Directory.Exists(servers.Folder));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
    }

    [SkippableFact]
    public void A_broker_that_cannot_start_says_why()
    {
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => KafkaServers.Start(1, new Dictionary<string, string> { ["num.io.threads"] = "-1" }));
        Assert.Contains("num.io.threads", e.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_broker_that_does_not_exist_cannot_be_killed()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => KafkaServers.Shared.Kill(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => KafkaServers.Shared.Kill(0));
    }
}
