using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;

namespace StreamEngine.Tests.Pipelines;

/// <summary>Pipelines on a log that several processes share: who runs, who stands by, who is told that it was taken over.</summary>
public sealed class PipelineTests_Shared : IAsyncDisposable
{
    private static readonly ProcessIdentity Elsewhere = ProcessIdentity.Current with { Instance = "other", Host = "beta", Machine = "another machine", Process = 77 };

    private readonly EngineFixture engines = new();
    private readonly FakeSystem system = new([.. Enumerable.Range(0, 20).Select(n => $"n{n}")]);

    public PipelineTests_Shared()
    {
        engines.Log.HeartbeatInterval = TimeSpan.FromMilliseconds(20);
        engines.Log.HeartbeatTimeout = TimeSpan.FromMinutes(10);
    }

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    [Fact]
    public async Task Who_comes_second_stands_by_until_the_first_has_stopped_and_goes_on_behind_it()
    {
        EngineRuntime first = Running();
        engines.Identity = Elsewhere;
        EngineRuntime second = engines.Create(Copy());
        Task run = second.RunAsync(follows: true);
        EngineFixture.Await(() => second.Statuses[0].Note is not null, "the second waits");
        Assert.Contains($"waits as standby: process {Environment.ProcessId} on {Environment.MachineName}", second.Statuses[0].Note, StringComparison.Ordinal);

        await first.StopAsync().WaitAsync(EngineFixture.Patience);
        system.Add(0, "more");
        EngineFixture.Await(() => engines.Values("out").Count == 21, "the second goes on");

        await second.StopAsync().WaitAsync(EngineFixture.Patience);
        await run.WaitAsync(EngineFixture.Patience);
        Assert.Equal(system.Partitions[0], engines.Values("out"));
        Assert.All(engines.Log.Fenced, upTo => Assert.Equal(Home().Tasks, upTo));
    }

    [Fact]
    public async Task A_holder_whose_heartbeat_stays_the_same_is_gone_whatever_its_clock_says()
    {
        EngineRuntime first = Running();
        await first.AbandonAsync();
        engines.Identity = Elsewhere;
        engines.Log.HeartbeatTimeout = TimeSpan.FromMilliseconds(50);
        system.Add(0, "more");

        await engines.RunAsync(Copy());

        Assert.Equal(system.Partitions[0], engines.Values("out"));
        Assert.Equal("beta", Home().Host);
    }

    [Fact]
    public async Task A_pipeline_that_is_taken_over_says_so_by_an_error_of_its_own_and_the_other_goes_on()
    {
        EngineRuntime first = Running();
        (engines.Identity, engines.TakeOver) = (Elsewhere, true);
        system.Add(0, "more");

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy());

        Assert.Null(ended[0].Failure);
        EngineFixture.Await(() => first.Statuses[0].State == PipelineState.Failed, "the first has noticed");
        Assert.Contains("pipeline copy was taken over by process 77 on beta", Assert.IsType<TakenOverException>(first.Statuses[0].Failure).Message, StringComparison.Ordinal);
        Assert.Equal(system.Partitions[0], engines.Values("out"));
    }

    [Fact]
    public async Task A_start_follows_one_of_its_own_process_without_a_wait()
    {
        EngineRuntime first = Running();
        await first.AbandonAsync();
        system.Add(0, "more");

        await engines.RunAsync(Copy());

        Assert.Equal(system.Partitions[0], engines.Values("out"));
    }

    [Fact]
    public async Task A_pipeline_that_runs_elsewhere_holds_back_no_other()
    {
        Running();
        engines.Identity = Elsewhere;
        var other = new PipelineBuilder("other");
        other.From(system.AsSource()).To(Topic.Of<string, string>("also"));
        EngineRuntime second = engines.Create(Copy(), other);
        Task run = second.RunAsync(follows: true);

        EngineFixture.Await(() => engines.Values("also").Count == 20, "the other runs");

        await second.StopAsync().WaitAsync(EngineFixture.Patience);
        await run.WaitAsync(EngineFixture.Patience);
        Assert.Equal(PipelineState.Stopped, second.Statuses[0].State);
    }

    [Fact]
    public async Task A_pipeline_that_runs_elsewhere_is_not_reset()
    {
        Running();

        // The process it seems to run in is this one, whose number another machine gives to another process.
        var removal = new PipelineRemoval(new PipelineRemoval.Options { Log = engines.Log, Folder = engines.FolderPath, Pipeline = new PipelineName("copy"), Intent = StartIntent.Reset });
        HomeEntry held = engines.Memory.ReadHome(new PipelineName("copy"))!;
        engines.Memory.WriteHome(new PipelineName("copy"), held.Start, Elsewhere.Sign(HomeRecord.Parse(held.Record.Span)).ToBytes(), held.Version);

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => removal.RunAsync(removal.Look()));

        Assert.Contains("it runs as process 77 on beta", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(engines.Memory.Positions(new PipelineName("copy")));
    }

    [Fact]
    public void An_epoch_that_may_take_longer_than_its_transaction_is_refused_with_the_settings_to_change()
    {
        engines.Settings = "stream-engine.pipeline { commit.interval = 40s, drain.timeout = 20s }";
        engines.Log.TransactionTimeout = TimeSpan.FromMinutes(1);

        EngineException refused = Assert.Throws<EngineException>(() => engines.Create(Copy()));

        Assert.Contains("commit.interval (40s) and drain.timeout (20s)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("log.kafka.transaction.timeout", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_its_topic_would_refuse_is_an_error_of_the_record()
    {
        engines.Settings = "stream-engine.pipeline.errors.tolerance = all";
        engines.Log.RecordBytesMax = 6;
        system.Add(0, "longer than that");

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy());

        Assert.Null(ended[0].Failure);
        Assert.Equal(1, ended[0].Totals.DeadLetters);
        Assert.DoesNotContain("longer than that", engines.Values("out"));
    }

    [Fact]
    public async Task A_topic_that_grows_under_keyed_state_ends_the_pipeline_before_keys_are_looked_for_elsewhere()
    {
        engines.Memory.Create(new TopicSpec("in"));
        var pipeline = new PipelineBuilder("count");
        pipeline.From(Topic.Of<string, string>("in")).Count("counts").To(Topic.Of<string, long>("counted"));
        EngineRuntime engine = engines.Create(pipeline);
        Task run = engine.RunAsync(follows: true);
        EngineFixture.Await(() => engines.Memory.Positions(new PipelineName("count")).Count > 0, "it runs");

        engines.Log.Grown = 1;

        await run.WaitAsync(EngineFixture.Patience);
        Assert.Contains("topic in has grown to 2 partitions", engine.Statuses[0].Failure!.Message, StringComparison.Ordinal);
    }

    /// <summary>An engine that has committed what there is, and goes on.</summary>
    private EngineRuntime Running()
    {
        EngineRuntime engine = engines.Create(Copy());
        engine.RunAsync(follows: true).ContinueWith(_ => { }, TaskScheduler.Default);
        EngineFixture.Await(() => engines.Values("out").Count == 20, "all is committed");
        return engine;
    }

    private HomeRecord Home() => HomeRecord.Parse(engines.Memory.ReadHome(new PipelineName("copy"))!.Record.Span);

    private PipelineBuilder Copy()
    {
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).To(Topic.Of<string, string>("out"));
        return pipeline;
    }
}
