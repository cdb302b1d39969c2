using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;

namespace StreamEngine.Tests.Pipelines;

/// <summary>Which starts go through: every ordinary one, and none that would lose or double something.</summary>
public sealed class PipelineTests_Starts : IAsyncDisposable
{
    private readonly EngineFixture engines = new();
    private readonly FakeSystem system = new([.. Values("a", 10)], [.. Values("b", 7)], [.. Values("c", 4)]);

    private IEnumerable<string> All => system.Partitions.SelectMany(values => values);

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    [Fact]
    public async Task The_number_of_tasks_may_change_at_every_start()
    {
        foreach (int tasks in new[] { 1, 3, 2, 4, 1 })
        {
            engines.Settings = $"stream-engine.pipeline.tasks.max = {tasks}";
            for (int partition = 0; partition < 3; partition++) system.Add(partition, $"{"abc"[partition]}-more-{tasks}-{Guid.NewGuid():N}");
            IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy());
            Assert.Null(ended[0].Failure);
            Assert.Equal(All.Order(), engines.Values("out").Order());
        }
    }

    [Fact]
    public async Task An_operator_more_or_less_is_no_obstacle()
    {
        await engines.RunAsync(Copy());
        system.Add(0, "x");
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).Where(value => value.Length > 0).Select(value => value).To(Topic.Of<string, string>("out"));

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(pipeline);

        Assert.Null(ended[0].Failure);
        Assert.Equal(All.Order(), engines.Values("out").Order());
    }

    [Fact]
    public async Task A_source_that_would_be_read_again_under_another_name_is_refused()
    {
        await engines.RunAsync(Copy());
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource(), name: "renamed").To(Topic.Of<string, string>("out"));

        PipelineStatus ended = (await engines.RunAsync(pipeline))[0];

        AssertRefused(ended, "would be read again from its beginning", "Keep the names");
        Assert.Equal(All.Order(), engines.Values("out").Order());
    }

    [Fact]
    public async Task A_state_that_lost_its_stage_is_refused_and_so_is_one_of_another_shape()
    {
        await engines.RunAsync(Count("counts"));

        AssertRefused((await engines.RunAsync(Count("others")))[0], "keyed state counts has no stage any more", "name: \"counts\"");

        var pipeline = new PipelineBuilder("count");
        pipeline.From(system.AsSource()).KeyBy(value => value[..1]).Aggregate("", (all, value) => all + value, "counts").To(Topic.Of<string, string>("texts"), name: "to-counts");
        AssertRefused((await engines.RunAsync(pipeline))[0], "keyed state counts has another shape", "reset");

        Assert.Null((await engines.RunAsync(Count("counts")))[0].Failure);
    }

    [Fact]
    public async Task A_position_into_what_was_made_anew_is_refused_with_the_ways_out_and_nothing_is_changed()
    {
        await engines.RunAsync(Copy());
        HomeEntry before = engines.Memory.ReadHome(new PipelineName("copy"))!;
        system.Identity = "fake:2";

        PipelineStatus ended = (await engines.RunAsync(Copy()))[0];

        AssertRefused(ended, "partition 0 was made anew", "Reset the pipeline");
        Assert.Contains("partition 2 was made anew", ended.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(before.Version, engines.Memory.ReadHome(new PipelineName("copy"))!.Version);
    }

    [Fact]
    public async Task A_position_that_could_not_be_checked_at_the_start_is_checked_by_its_task()
    {
        await engines.RunAsync(Copy());
        int connects = 0;
        system.FailToConnect = () => Interlocked.Increment(ref connects) <= 2 ? new IOException("nobody answers") : null;
        system.Identity = "fake:2";
        system.Begun.Clear();

        PipelineStatus ended = (await engines.RunAsync(Copy()))[0];

        Assert.Equal(PipelineState.Failed, ended.State);
        Assert.Contains("was made anew", ended.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("Reset the pipeline", ended.Failure.Remedy, StringComparison.Ordinal);
        Assert.Empty(system.Begun);
    }

    [Fact]
    public async Task A_topic_made_anew_under_its_old_name_is_refused()
    {
        await engines.RunAsync(Copy());
        await engines.RunAsync(CopyTopic());
        engines.Memory.Delete(engines.Memory.Find("out")!);
        engines.Memory.Create(new TopicSpec("out"));

        AssertRefused((await engines.RunAsync(CopyTopic()))[0], "topic out", "Reset the pipeline");
    }

    [Fact]
    public async Task A_topic_whose_unread_records_were_removed_is_refused()
    {
        await engines.RunAsync(Copy());
        await engines.RunAsync(CopyTopic());
        system.Add(0, "new");
        await engines.RunAsync(Copy());
        TopicInfo topic = engines.Memory.Find("out")!;
        engines.Memory.Purge(topic, 0, engines.Memory.Range(topic, 0).NextOffset);

        AssertRefused((await engines.RunAsync(CopyTopic()))[0], "were removed before they were read", "longer retention");
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_fails_its_reader_and_names_it()
    {
        PipelineStatus ended = (await engines.RunAsync(CopyTopic()))[0];

        Assert.Equal(PipelineState.Failed, ended.State);
        Assert.Contains("reads topic out, which doesn't exist", ended.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("Run the pipeline that writes it", ended.Failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_with_state_may_read_what_another_one_of_the_same_run_makes()
    {
        var reader = new PipelineBuilder("count");
        reader.From(Topic.Of<string, string>("out")).Count("counts").To(Topic.Of<string, long>("counts"));

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(reader, Copy());

        Assert.All(ended, status => Assert.Null(status.Failure));
        Assert.Equal(All.Order(), engines.Records("counts").Select(record => record.Key).Order());
    }

    [Fact]
    public async Task A_topic_of_more_partitions_does_not_feed_a_state_that_was_kept_for_fewer()
    {
        engines.Memory.Create(new TopicSpec("few", 1));
        engines.Memory.Create(new TopicSpec("many", 3));
        Assert.Null((await engines.RunAsync(CountTopic("few")))[0].Failure);

        PipelineStatus ended = (await engines.RunAsync(CountTopic("many")))[0];

        Assert.Equal(PipelineState.Failed, ended.State);
        Assert.Contains("counts", ended.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("partitions", ended.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_found_while_the_pipeline_runs_is_read_too()
    {
        EngineRuntime engine = engines.Create(Copy());
        Task run = engine.RunAsync(follows: true);
        EngineFixture.Await(() => engines.Values("out").Count == 21, "what is there is read");
        system.Add(3, "d0", "d1");
        EngineFixture.Await(() => engines.Values("out").Count == 23, "the new partition is read");

        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run;
        Assert.Equal(All.Order(), engines.Values("out").Order());
    }

    [Fact]
    public async Task A_partition_found_while_its_task_begins_is_read_too()
    {
        engines.Settings = "stream-engine.pipeline.tasks.max = 1";
        int claims = 0;
        engines.Log.BeforeClaim = _ =>
        {
            if (Interlocked.Increment(ref claims) > 1) return;
            system.Add(3, "d0", "d1");
            int asked = system.Asked;
            EngineFixture.Await(() => system.Asked >= asked + 3, "the partitions were looked for again");
        };
        EngineRuntime engine = engines.Create(Copy());
        Task run = engine.RunAsync(follows: true);

        EngineFixture.Await(() => engines.Values("out").Count == 23, "the new partition is read");

        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run;
        Assert.Equal(1, claims);
        Assert.Equal(All.Order(), engines.Values("out").Order());
    }

    [Fact]
    public async Task A_partition_that_went_and_came_back_is_read_on_from_where_it_was()
    {
        await engines.RunAsync(Copy());
        system.Visible = 2;
        EngineRuntime engine = engines.Create(Copy());
        Task run = engine.RunAsync(follows: true);
        system.Add(0, "a-new");
        EngineFixture.Await(() => engines.Values("out").Contains("a-new"), "the engine runs");
        system.Add(2, "c-new");
        system.Visible = 3;
        EngineFixture.Await(() => engines.Values("out").Contains("c-new"), "the partition that came back is read");
        system.Add(2, "c-newer");
        EngineFixture.Await(() => engines.Values("out").Contains("c-newer"), "and goes on");

        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run;
        Assert.Equal(All.Order(), engines.Values("out").Order());
        Assert.Empty(engines.Warnings);
    }

    [Fact]
    public async Task Of_two_engines_on_one_log_the_older_stops_and_says_who_took_over()
    {
        EngineRuntime older = engines.Create(Copy());
        Task run = older.RunAsync(follows: true);
        EngineFixture.Await(() => engines.Values("out").Count == 21, "the older one runs");

        EngineRuntime newer = engines.Create(Copy());
        Task runNewer = newer.RunAsync(follows: true);
        EngineFixture.Await(() => newer.Statuses[0].State == PipelineState.Running, "the newer one runs");
        for (int n = 0; n < 20; n++) system.Add(n % 3, $"later {n}");
        await run.WaitAsync(EngineFixture.Patience);

        Assert.Equal(PipelineState.Failed, older.Statuses[0].State);
        Assert.Contains("was taken over", older.Statuses[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", older.Statuses[0].Failure!.Message, StringComparison.Ordinal);
        EngineFixture.Await(() => engines.Values("out").Count >= 41, "the newer one goes on");
        await newer.StopAsync().WaitAsync(EngineFixture.Patience);
        await runNewer;
        Assert.Equal(All.Order(), engines.Values("out").Order());
    }

    private static void AssertRefused(PipelineStatus ended, string problem, string remedy)
    {
        Assert.Equal(PipelineState.Failed, ended.State);
        Assert.Contains("can't go on from where it stands", ended.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains(problem, ended.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, ended.Failure.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Values(string name, int count) => Enumerable.Range(0, count).Select(n => $"{name}{n}");

    private PipelineBuilder Copy()
    {
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).To(Topic.Of<string, string>("out"));
        return pipeline;
    }

    private PipelineBuilder Count(string state)
    {
        var pipeline = new PipelineBuilder("count");
        pipeline.From(system.AsSource()).KeyBy(value => value[..1]).Count(state).To(Topic.Of<string, long>("counts"), name: "to-counts");
        return pipeline;
    }

    private static PipelineBuilder CountTopic(string topic)
    {
        var pipeline = new PipelineBuilder("count-topic");
        pipeline.From(Topic.Of<string, string>(topic)).Count("counts").To(Topic.Of<string, long>("counts"));
        return pipeline;
    }

    private static PipelineBuilder CopyTopic()
    {
        var pipeline = new PipelineBuilder("copy-topic");
        pipeline.From(Topic.Of<string, string>("out")).To(Topic.Of<string, string>("copied"));
        return pipeline;
    }
}
