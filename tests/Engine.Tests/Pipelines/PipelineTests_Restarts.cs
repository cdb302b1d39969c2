using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Settings;

namespace StreamEngine.Tests.Pipelines;

/// <summary>What becomes of tasks that fail: begun anew from their last commit, or the end of their pipeline and of no other.</summary>
public sealed class PipelineTests_Restarts : IAsyncDisposable
{
    private readonly EngineFixture engines = new();

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    [Fact]
    public async Task A_source_that_fails_in_passing_is_read_on_from_the_last_commit()
    {
        FakeSystem system = Numbers(20);
        int failures = 0;
        system.FailAt = (_, offset) => offset >= 9 && Interlocked.Increment(ref failures) <= 3 ? new IOException("the line is cut") : null;

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy("copy", system, "out"));

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Equal(system.Partitions[0], engines.Values("out"));
        Assert.Equal(4, system.Begun.Count);
        Assert.Equal(0, system.OpenReaders);
    }

    [Fact]
    public async Task A_failure_that_passes_too_often_fails_the_pipeline_with_its_cause_while_others_run_on()
    {
        engines.Settings = "stream-engine.pipeline.restarts.max = 3";
        FakeSystem broken = Numbers(20);
        broken.FailAt = (_, offset) => offset >= 6 ? new IOException("the line is cut") : null;
        FakeSystem sound = Numbers(50);

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy("broken", broken, "broken-out"), Copy("sound", sound, "sound-out"));

        Assert.Equal(PipelineState.Failed, ended[0].State);
        Assert.Contains("the line is cut", ended[0].Failure!.Message, StringComparison.Ordinal);
        Assert.NotEmpty(ended[0].Failure!.Remedy);
        Assert.Equal(4, broken.Begun.Count);
        Assert.Equal(PipelineState.Completed, ended[1].State);
        Assert.Equal(sound.Partitions[0], engines.Values("sound-out"));
    }

    [Fact]
    public async Task Failures_that_pass_are_no_reason_to_end_a_task_that_comes_further_between_them()
    {
        engines.Settings = "stream-engine.pipeline { restarts { max = 3, delay = 1ms }, commit.interval = 1ms }";
        FakeSystem system = Numbers(60);
        int passed = 0;
        system.FailAt = (_, offset) =>
        {
            if (offset < passed + 2) return null;

            // What was read before is committed by then, so that the next attempt comes further.
            EngineFixture.Await(() => engines.Values("out").Count > passed, "what was read is committed");
            passed = engines.Values("out").Count;
            return new IOException("the line is cut");
        };

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy("copy", system, "out"));

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Equal(system.Partitions[0], engines.Values("out"));
        Assert.True(system.Begun.Count > 4, $"the source was begun {system.Begun.Count} times");
    }

    [Fact]
    public async Task The_same_lasting_failure_fails_the_pipeline_after_as_many_as_are_set()
    {
        FakeSystem system = Numbers(20);

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(CopyFailing("copy", system, "out", value => value == "n7"));

        Assert.Equal(PipelineState.Failed, ended[0].State);
        Assert.Contains("n7 is odd", ended[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("fake, 0, 7", ended[0].Failure!.Message, StringComparison.Ordinal);
        Assert.InRange(system.Begun.Count, 3, 4);
    }

    [Fact]
    public async Task With_none_allowed_a_lasting_failure_fails_at_once_and_one_in_passing_does_not()
    {
        engines.Settings = "stream-engine.pipeline.restarts.same-max = 0";
        FakeSystem lasting = Numbers(20);
        FakeSystem passing = Numbers(20);
        int failures = 0;
        passing.FailAt = (_, offset) => offset >= 6 && Interlocked.Increment(ref failures) == 1 ? new IOException("the line is cut") : null;

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(
            CopyFailing("lasting", lasting, "lasting-out", value => value == "n7"), Copy("passing", passing, "passing-out"));

        Assert.Equal(PipelineState.Failed, ended[0].State);
        Assert.Single(lasting.Begun);
        Assert.Equal(PipelineState.Completed, ended[1].State);
        Assert.Equal(passing.Partitions[0], engines.Values("passing-out"));
    }

    [Fact]
    public async Task Damaged_data_fails_the_pipeline_at_once()
    {
        FakeSystem system = Numbers(20);
        system.FailAt = (_, offset) => offset >= 6 ? new EngineException(ErrorDomain.Data, "a block is damaged", "Restore a checkpoint.") : null;

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy("copy", system, "out"));

        Assert.Equal(PipelineState.Failed, ended[0].State);
        Assert.Equal("a block is damaged", ended[0].Failure!.Message);
        Assert.Equal("Restore a checkpoint.", ended[0].Failure!.Remedy);
        Assert.Single(system.Begun);
    }

    [Fact]
    public async Task A_source_that_cannot_be_reached_is_tried_again_and_its_pipeline_says_what_it_waits_for()
    {
        FakeSystem system = Numbers(5);
        bool isUp = false;
        system.FailToConnect = () => Volatile.Read(ref isUp) ? null : new IOException("nobody answers");
        engines.Settings = "stream-engine.pipeline.restarts.max = 1000000";
        EngineRuntime engine = engines.Create(Copy("copy", system, "out"));
        Task run = engine.RunAsync(follows: false);

        EngineFixture.Await(() => engine.Statuses[0].Note?.Contains("nobody answers", StringComparison.Ordinal) == true, "the pipeline says what it waits for");
        Volatile.Write(ref isUp, true);
        await run.WaitAsync(EngineFixture.Patience);

        Assert.Equal(PipelineState.Completed, engine.Statuses[0].State);
        Assert.Null(engine.Statuses[0].Note);
        Assert.Equal(system.Partitions[0], engines.Values("out"));
    }

    [Fact]
    public async Task A_sink_that_cannot_be_opened_is_tried_again_and_its_pipeline_says_what_it_waits_for()
    {
        bool isUp = false;
        var store = new FakeStore
        {
            OnOpen = () =>
            {
                if (!Volatile.Read(ref isUp)) throw new IOException("nobody answers");
            },
        };
        FakeSystem system = Numbers(5);
        EngineRuntime engine = engines.Create(CopyToStore("copy", system, store));
        Task run = engine.RunAsync(follows: false);

        EngineFixture.Await(() => engine.Statuses[0].Note?.Contains("nobody answers", StringComparison.Ordinal) == true, "the pipeline says what it waits for");
        Volatile.Write(ref isUp, true);
        await run.WaitAsync(EngineFixture.Patience);

        Assert.Equal(PipelineState.Completed, engine.Statuses[0].State);
        Assert.Null(engine.Statuses[0].Note);
        Assert.Equal(system.Partitions[0], store.Arrived);
        Assert.Equal(0, store.OpenWriters);
    }

    [Fact]
    public async Task A_stage_that_cannot_be_made_fails_its_pipeline_with_the_cause()
    {
        var store = new FakeStore { OnOpen = () => throw new EngineException(ErrorDomain.User, "there is no such table", "Make it.") };

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(CopyToStore("copy", Numbers(5), store));

        Assert.Equal(PipelineState.Failed, ended[0].State);
        Assert.Equal("there is no such table", ended[0].Failure!.Message);
    }

    [Fact]
    public void Waits_double_up_to_the_longest()
    {
        var policy = new RestartPolicy(10, 2, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5));

        Assert.Equal([200, 400, 800, 1600], Enumerable.Range(1, 4).Select(failures => policy.DelayAfter(failures).TotalMilliseconds));
        Assert.Equal(TimeSpan.FromSeconds(30), policy.DelayAfter(20));
        Assert.Equal(TimeSpan.FromSeconds(30), policy.DelayAfter(1_000_000));
    }

    private static FakeSystem Numbers(int count) => new([.. Enumerable.Range(0, count).Select(n => $"n{n}")]);

    private static PipelineBuilder Copy(string name, FakeSystem system, string topic)
    {
        var pipeline = new PipelineBuilder(name);
        pipeline.From(system.AsSource()).To(Topic.Of<string, string>(topic));
        return pipeline;
    }

    private static PipelineBuilder CopyFailing(string name, FakeSystem system, string topic, Func<string, bool> isOdd)
    {
        var pipeline = new PipelineBuilder(name);
        pipeline.From(system.AsSource()).Select(value => isOdd(value) ? throw new InvalidOperationException($"{value} is odd") : value).To(Topic.Of<string, string>(topic));
        return pipeline;
    }

    private static PipelineBuilder CopyToStore(string name, FakeSystem system, FakeStore store)
    {
        PipelineBuilder pipeline = new PipelineBuilder(name).Promise(Guarantee.AtLeastOnce);
        pipeline.From(system.AsSource()).To(store.AsSink());
        return pipeline;
    }
}
