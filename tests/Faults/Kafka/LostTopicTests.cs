using Confluent.Kafka;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>A topic that a pipeline goes on from is gone, or another under its name, or without what was still to be read: the start is refused, and says what is lost.</summary>
public sealed class LostTopicTests
{
    private const int Failed = 1;

    [SkippableTheory]
    [InlineData("positions", 2, "deleted, or made anew")]
    [InlineData("input", 4, "made anew")]
    [InlineData("changelog", 4, "deleted, or made anew")]
    [InlineData("internal", 4, "made anew")]
    public void A_topic_that_was_made_anew_is_not_gone_on_from(string which, int partitions, string told)
    {
        using var run = new TotalsRun(KafkaServers.Shared, name: $"anew-{which}");
        run.StandStill();
        string topic = which switch { "positions" => run.Positions, "input" => run.Input, "internal" => run.EntriesTopic, _ => run.Changelog };
        var client = new KafkaTestClient(KafkaServers.Shared.Bootstrap);
        client.DeleteTopic(topic);
        client.CreateTopic(topic, partitions, which is "input" or "internal" ? null : new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        IReadOnlyList<KafkaTestRecord> before = client.ReadUncommitted(run.Output);

        AssertRefused(run, topic, told);
        Assert.Equal(before.Count, client.ReadUncommitted(run.Output).Count);
    }

    [SkippableFact]
    public void Input_that_retention_removed_before_it_was_read_is_told_and_not_waited_for()
    {
        using var run = new TotalsRun(KafkaServers.Shared, name: "retained");
        run.StandStill();
        var client = new KafkaTestClient(KafkaServers.Shared.Bootstrap);
        client.Produce(run.Input, Enumerable.Range(1, 10).Select(n => new KafkaTestRecord("late", new Entry("late", n).Json, 0)));
        using (IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = KafkaServers.Shared.Bootstrap }).Build())
        {
            admin.DeleteRecordsAsync([new TopicPartitionOffset(run.Input, 0, Offset.End)]).GetAwaiter().GetResult();
        }

        AssertRefused(run, run.Input, "retention");
    }

    [SkippableFact]
    public void A_topic_that_is_deleted_under_the_pipeline_ends_it()
    {
        using var run = new TotalsRun(KafkaServers.Shared, name: "deleted") { SameFailuresMax = 2 };
        using HostProcess host = run.Start(2);
        run.AwaitCaughtUp(host);
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).DeleteTopic(run.Output);
        Assert.True(host.WaitForExit(TimeSpan.FromSeconds(100)), $"it goes on:\n{TotalsRun.Told(host)}");
        host.WaitForExit();
        Assert.True(host.ExitCode == Failed, TotalsRun.Told(host));
        Assert.Contains(run.Output, TotalsRun.LastError(host), StringComparison.Ordinal);
    }

    private static void AssertRefused(TotalsRun run, string topic, string told)
    {
        using HostProcess host = run.Start(2);
        host.WaitForExit();
        Assert.True(host.ExitCode == Failed, $"it ended with {host.ExitCode}:\n{TotalsRun.Told(host)}");
        Assert.Contains(topic, TotalsRun.LastError(host), StringComparison.Ordinal);
        Assert.Contains(told, TotalsRun.LastError(host), StringComparison.Ordinal);
    }
}
