using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Kafka;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Stages.Tests.Sql;

namespace StreamEngine.Stages.Tests.Kafka.Connectors;

/// <summary>Whole pipelines on the embedded log with topics of other clusters: two names of the broker that the tests share.</summary>
public sealed class KafkaPipelineTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string id = $"pipe-{Guid.NewGuid():N}";
    private readonly KafkaTestClient client = new(KafkaServers.Shared.Bootstrap);
    private readonly KafkaCluster cluster = new(
        new Dictionary<string, string> { ["bootstrap.servers"] = KafkaServers.Shared.Bootstrap }, -1, Serilog.Core.Logger.None);

    private readonly SqlPipeline pipeline = new();

    private static KafkaAddress East => Address("east");

    private static KafkaAddress West => Address("west");

    private string Input => $"{id}-in";

    private string Output => $"{id}-out";

    public void Dispose()
    {
        foreach (string name in client.Topics().Where(name => name.StartsWith(id, StringComparison.Ordinal) || name.StartsWith("streamengine.sync.", StringComparison.Ordinal))) cluster.Delete(name);
        cluster.Dispose();
        pipeline.Dispose();
    }

    [SkippableFact]
    public async Task Each_committed_record_of_one_cluster_is_on_another_once_though_the_pipeline_is_stopped_and_goes_on_with_other_tasks()
    {
        client.CreateTopic(Input, partitions: 4);
        client.Produce(Input, Records(0, 3000));
        client.ProduceTransaction($"{id}-given-up", Input, [new KafkaTestRecord("k0", "given up", 0)], commit: false);
        await pipeline.RunAsync(Define, Settings(tasks: 1), async engine =>
        {
            Await(engine, () => Written().Count > 0, "records arrive");
            await engine.StopAsync();
        });
        client.Produce(Input, Records(3000, 500));

        PipelineStatus status = await pipeline.RunAsync(Define, Settings(tasks: 3));

        Assert.Null(status.Failure);
        Assert.Equal(PipelineState.Completed, status.State);
        Assert.Equal(Enumerable.Range(0, 3500).Select(n => $"{n}").Order(), Written().Order());
        await pipeline.RunAsync(Define, Settings(tasks: 2));
        Assert.Equal(3500, Written().Count);

        void Define(PipelineBuilder p) => p.From(KafkaTopic.Of<string, string>(East, Input).AsSource()).To(KafkaTopic.Of<string, string>(West, Output).MadeWhenMissing(2).AsSink());
    }

    [SkippableFact]
    public async Task A_topic_that_matches_and_is_made_later_is_read_from_its_first_record_even_where_others_begin_behind_their_last()
    {
        client.CreateTopic($"{Input}-a");
        client.CreateTopic(Output);
        client.Produce($"{Input}-a", [new KafkaTestRecord("k", "before", 0)]);

        await pipeline.RunAsync(Define, Settings(tasks: 2), async engine =>
        {
            int sent = 0;
            Await(
                engine,
                () =>
                {
                    // What comes first shows that reading of the first topic has begun.
                    client.Produce($"{Input}-a", [new KafkaTestRecord("k", $"a{sent++}", 0)]);
                    return Written().Count > 0;
                },
                "the first topic is read");
            client.CreateTopic($"{Input}-b", partitions: 2);
            client.Produce($"{Input}-b", [new KafkaTestRecord("k", "b0", 0), new KafkaTestRecord("k", "b1", 1)]);
            Await(engine, () => Written().Contains("b0") && Written().Contains("b1"), "the second topic is read");
            await engine.StopAsync();
        });
        client.CreateTopic($"{Input}-c");
        client.Produce($"{Input}-c", [new KafkaTestRecord("k", "c0", 0)]);

        PipelineStatus status = await pipeline.RunAsync(Define, Settings(tasks: 4));

        Assert.Null(status.Failure);
        IReadOnlyList<string> written = Written();
        Assert.DoesNotContain("before", written);
        Assert.Equal(["b0", "b1", "c0"], written.Where(value => value[0] is 'b' or 'c').Order());
        Assert.Equal(written.Count, written.Distinct().Count());

        void Define(PipelineBuilder p) => p.From(KafkaTopic.Matching<string, string>(East, $"{Input}-.").FromLatest().AsSource()).To(KafkaTopic.Of<string, string>(West, Output).AsSink());
    }

    [SkippableFact]
    public async Task When_records_are_gone_before_they_were_read_then_the_pipeline_fails_unless_it_is_told_where_to_go_on()
    {
        client.CreateTopic(Input);
        client.CreateTopic(Output);
        client.Produce(Input, Records(0, 10, partitions: 1));
        await pipeline.RunAsync(p => Define(p, OutOfRange.Fail), Settings(tasks: 1));
        client.Produce(Input, Records(10, 10, partitions: 1));
        cluster.Purge(Input, 0, 15);

        PipelineStatus failed = await pipeline.RunAsync(p => Define(p, OutOfRange.Fail), Settings(tasks: 1));
        Assert.Equal(PipelineState.Failed, failed.State);
        Assert.Contains("begins at offset 15, behind the position 10", failed.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("out-of-range = earliest", $"{failed.Failure.Message} {failed.Failure.Remedy}", StringComparison.Ordinal);
        Assert.Equal(10, Written().Count);

        PipelineStatus status = await pipeline.RunAsync(p => Define(p, OutOfRange.Earliest), Settings(tasks: 1));
        Assert.Null(status.Failure);
        Assert.Equal(Enumerable.Range(0, 20).Except(Enumerable.Range(10, 5)).Select(n => $"{n}"), Written());

        void Define(PipelineBuilder p, OutOfRange then) =>
            p.From(KafkaTopic.Of<string, string>(East, Input).WhenOutOfRange(then).AsSource()).To(KafkaTopic.Of<string, string>(West, Output).AsSink());
    }

    [SkippableFact]
    public async Task A_topic_that_was_made_anew_is_not_taken_for_the_one_that_was_read()
    {
        client.CreateTopic(Input);
        client.CreateTopic(Output);
        client.Produce(Input, Records(0, 10, partitions: 1));
        await pipeline.RunAsync(Define, Settings(tasks: 1));
        cluster.Delete(Input);
        client.CreateTopic(Input);
        client.Produce(Input, Records(100, 20, partitions: 1));

        PipelineStatus failed = await pipeline.RunAsync(Define, Settings(tasks: 1));

        Assert.Equal(PipelineState.Failed, failed.State);
        Assert.Contains("made anew", failed.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(10, Written().Count);

        void Define(PipelineBuilder p) => p.From(KafkaTopic.Of<string, string>(East, Input).AsSource()).To(KafkaTopic.Of<string, string>(West, Output).AsSink());
    }

    [SkippableFact]
    public async Task Reading_begins_at_the_offsets_it_is_given()
    {
        client.CreateTopic(Input, partitions: 2);
        client.CreateTopic(Output);
        client.Produce(Input, Records(0, 20, partitions: 2));

        PipelineStatus status = await pipeline.RunAsync(
            p => p.From(KafkaTopic.Of<string, string>(East, Input).FromOffsets(new Dictionary<int, long> { [1] = 8 }).AsSource()).To(KafkaTopic.Of<string, string>(West, Output).AsSink()),
            Settings(tasks: 1));

        Assert.Null(status.Failure);
        Assert.Equal(Enumerable.Range(0, 10).Select(n => 2 * n).Append(17).Append(19).Select(n => $"{n}").Order(), Written().Order());
    }

    [SkippableFact]
    public async Task What_is_written_to_must_be_there_unless_it_is_to_be_made()
    {
        client.CreateTopic(Input);

        PipelineStatus failed = await pipeline.RunAsync(
            p => p.From(KafkaTopic.Of<string, string>(East, Input).AsSource()).To(KafkaTopic.Of<string, string>(West, Output).AsSink()), Settings(tasks: 1));

        Assert.Equal(PipelineState.Failed, failed.State);
        Assert.Contains(Output, failed.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("MadeWhenMissing", failed.Failure.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(Output, client.Topics());
    }

    private static KafkaAddress Address(string name) => KafkaAddress.Of(name, client => client["bootstrap.servers"] = KafkaServers.Shared.Bootstrap);

    private static IEnumerable<KafkaTestRecord> Records(int from, int count, int partitions = 4) =>
        Enumerable.Range(from, count).Select(n => new KafkaTestRecord($"k{n % 37}", $"{n}", n % partitions));

    private static string Settings(int tasks) => $$"""
        stream-engine.pipelines.sync {
          tasks.max = {{tasks}}
          commit.interval = 20ms
          restarts { max = 2, delay = 10ms, delay-max = 50ms }
          source.discovery = 100ms
        }
        """;

    private static void Await(EngineRuntime engine, Func<bool> holds, string what)
    {
        DateTime end = DateTime.UtcNow + Patience;
        while (!holds()) Assert.True(DateTime.UtcNow < end, $"waited too long until {what}: {engine.Statuses[0].Failure?.Message ?? engine.Statuses[0].Note}");
    }

    /// <summary>The values that committed readers see, once the ends of all decided transactions are everywhere.</summary>
    private IReadOnlyList<string> Written()
    {
        if (cluster.Find(Output) is not { } topic) return [];
        SpinWait.SpinUntil(
            () => Enumerable.Range(0, topic.Partitions).All(partition => cluster.CommittedEnd(Output, partition) == cluster.Watermarks(Output, partition).High), TimeSpan.FromSeconds(2));
        return [.. client.ReadCommitted(Output).Select(record => record.Value!)];
    }
}
