using Serilog.Core;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;

namespace StreamEngine.Stages.Tests.Kafka.Clusters;

public sealed class KafkaClusterTests
{
    private const int Restarts = 4;

    private const int Askers = 8;

    private const int Brokers = 3;

    private const int Clients = 16;

    /// <summary>Nobody listens there.</summary>
    private const string Nowhere = "127.0.0.1:1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A topic whose only replica isn't in step yet is one that Confluent.Kafka's own client can't describe.</summary>
    [SkippableFact]
    public void Topics_are_found_while_their_only_broker_stops_and_comes_back()
    {
        using KafkaServers servers = KafkaServers.Start();
        using KafkaCluster cluster = Cluster(servers.Bootstrap);
        for (int n = 0; n < Restarts; n++) cluster.Create($"topic-{n}", 8, []);
        using var ended = new CancellationTokenSource();
        Exception? wrong = null;
        Thread[] askers = [.. Enumerable.Range(0, Restarts).Select(n => new Thread(() => wrong ??= Record.Exception(() => Ask(cluster, $"topic-{n}", ended.Token))))];
        foreach (Thread asker in askers) asker.Start();
        for (int n = 0; n < Restarts; n++)
        {
            servers.Stop(1);
            servers.Restart(1);
            Assert.True(SpinWait.SpinUntil(() => IsFound(cluster, "topic-0"), Patience), "the topic isn't found again");
        }

        ended.Cancel();
        foreach (Thread asker in askers) asker.Join();
        Assert.Null(wrong);
        Assert.Equal(Restarts, cluster.Topics().Count);
    }

    /// <summary>
    /// Each client was told of one broker as its controller, which it asks; while it looks for leaders, it may be told of another, and for seconds also of the one that is
    /// gone. So there are many clients, of which some meet that.
    /// </summary>
    [SkippableFact]
    public void Topics_are_found_with_any_one_of_three_brokers_killed()
    {
        using KafkaServers servers = KafkaServers.Start(Brokers);
        KafkaCluster[] clusters = [.. Enumerable.Range(0, Clients).Select(_ => Cluster(servers.Bootstrap))];
        clusters[0].Create("topic", 1, []);
        Assert.All(clusters, cluster => Assert.True(IsFound(cluster, "topic")));
        for (int broker = 1; broker <= Brokers; broker++)
        {
            servers.Kill(broker);
            var found = new bool[Clients];
            Thread[] askers = [.. clusters.Select((cluster, n) => new Thread(() =>
            {
                _ = Record.Exception(() => cluster.Watermarks("none", 0));
                found[n] = SpinWait.SpinUntil(() => IsFound(cluster, "topic"), Patience);
            }))];
            foreach (Thread asker in askers) asker.Start();
            foreach (Thread asker in askers) asker.Join();
            Assert.All(found, Assert.True);
            servers.Restart(broker);
        }

        foreach (KafkaCluster cluster in clusters) cluster.Dispose();
    }

    [Fact]
    public void A_cluster_that_is_disposed_of_while_it_is_asked_ends_its_calls()
    {
        KafkaCluster cluster = Cluster(Nowhere);
        using var all = new Barrier(Askers + 1);
        var answers = new Exception?[Askers];
        Thread[] askers =
        [
            .. Enumerable.Range(0, Askers).Select(n => new Thread(() =>
            {
                all.SignalAndWait();
                answers[n] = Record.Exception(() => cluster.Watermarks("topic", n));
            })),
        ];
        foreach (Thread asker in askers) asker.Start();
        all.SignalAndWait();
        cluster.Dispose();
        foreach (Thread asker in askers) asker.Join();
        Assert.All(answers, answer => Assert.IsType<ObjectDisposedException>(answer));
        Assert.Throws<ObjectDisposedException>(() => cluster.CommittedEnd("topic", 0));
        Assert.Throws<ObjectDisposedException>(() => cluster.Names());
    }

    private static KafkaCluster Cluster(string bootstrap) => new(new Dictionary<string, string> { ["bootstrap.servers"] = bootstrap }, -1, Logger.None);

    private static void Ask(KafkaCluster cluster, string topic, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested) IsFound(cluster, topic);
    }

    /// <summary>Whether the cluster shows a topic now. That it doesn't answer may be said meanwhile; that there is no client any more is wrong.</summary>
    private static bool IsFound(KafkaCluster cluster, string topic)
    {
        try
        {
            return cluster.Find(topic) is not null;
        }
        catch (EngineException e) when (e.Domain == ErrorDomain.External)
        {
            return false;
        }
    }
}
