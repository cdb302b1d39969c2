using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Tests.Pipelines;

namespace StreamEngine.Tests.Tasks;

/// <summary>Deadlines of a task, and what it gives back when it ends, whatever ends it.</summary>
public sealed class TaskActorTests : IAsyncDisposable
{
    private readonly EngineFixture engines = new();
    private readonly FakeSystem system = new([.. Enumerable.Range(0, 200).Select(n => $"n{n}")]);

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    [Fact]
    public async Task A_call_that_does_not_return_within_the_drain_deadline_fails_its_task_and_names_the_way_that_waits()
    {
        engines.Settings = "stream-engine.pipeline { drain.timeout = 100ms, restarts.same-max = 0 }";
        var never = new TaskCompletionSource<string>();
        bool isCancelled = false;
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource())
            .SelectAsync(async (value, cancellation) =>
            {
                await using CancellationTokenRegistration registration = cancellation.Register(() => Volatile.Write(ref isCancelled, true));
                return value == "n7" ? await never.Task : value;
            })
            .To(Topic.Of<string, string>("out"));

        PipelineStatus ended = (await engines.RunAsync(pipeline))[0];

        Assert.Equal(PipelineState.Failed, ended.State);
        Assert.Contains("hasn't reached to-out within 0.1 s", ended.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("drain.timeout", ended.Failure.Remedy, StringComparison.Ordinal);
        EngineFixture.Await(() => Volatile.Read(ref isCancelled), "the call is cancelled");
        never.SetResult("late");
        Assert.DoesNotContain("late", engines.Values("out"));
    }

    [Fact]
    public async Task A_commit_that_is_not_answered_in_time_begins_the_task_anew_and_doubles_nothing()
    {
        engines.Settings = "stream-engine.pipeline { drain.timeout = 190ms, commit.timeout = 200ms, restarts.max = 100 }";
        using var answer = new ManualResetEventSlim();
        int commits = 0;
        engines.Log.AfterCommit = _ =>
        {
            if (Interlocked.Increment(ref commits) == 3) answer.Wait();
        };
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).To(Topic.Of<string, string>("out"));

        EngineRuntime engine = engines.Create(pipeline);
        Task run = engine.RunAsync(follows: true);
        EngineFixture.Await(() => engines.Values("out").Count == 200, "all is copied");
        system.Add(0, "n200");
        EngineFixture.Await(() => engines.Values("out").Count == 201, "and goes on");
        system.Add(0, "n201");
        EngineFixture.Await(() => engines.Values("out").Count == 202 && Volatile.Read(ref commits) >= 3, "and on");
        answer.Set();
        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run;

        Assert.Equal(system.Partitions[0], engines.Values("out"));
    }

    [Fact]
    public async Task Tasks_that_fail_in_the_middle_of_epochs_give_all_their_chunks_back()
    {
        engines.Settings = "stream-engine.pipeline { restarts.max = 1000, source.prefetch = 1kB, commit.interval = 1ms }";
        int seen = 0;
        var pipeline = new PipelineBuilder("copy");
        Stream<string, string> values = pipeline.From(system.AsSource());
        Stream<string, string> calls = values.SelectAsync(
            async (value, cancellation) =>
            {
                await Task.Yield();
                return Interlocked.Increment(ref seen) % 37 == 0 ? throw new IOException("busy") : value;
            },
            concurrency: 3);
        calls.Merge(values.Select(value => value)).To(Topic.Of<string, string>("out", partitions: 2));

        PipelineStatus ended = (await engines.RunAsync(pipeline))[0];

        Assert.Equal(PipelineState.Completed, ended.State);
        Assert.Equal(system.Partitions[0].Concat(system.Partitions[0]).Order(), engines.Values("out").Order());
        Assert.Contains(engines.Warnings, warning => warning.Contains("begins again", StringComparison.Ordinal));
        Assert.DoesNotContain(engines.Warnings, warning => warning.Contains("were not given back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_epoch_ends_early_when_a_sink_has_collected_as_much_as_it_may()
    {
        engines.Settings = "stream-engine.pipeline { commit.interval = 1h, commit.bytes = 1kB, source.prefetch = 1kB }";
        var store = new FakeStore();

        // So many that the source can't be at its end before the task has heard that an epoch is full.
        var many = new FakeSystem([.. Enumerable.Range(0, 20_000).Select(n => $"n{n}")]);
        PipelineBuilder pipeline = new PipelineBuilder("copy").Promise(Guarantee.AtLeastOnce);
        pipeline.From(many.AsSource()).To(store.AsSink());

        PipelineStatus ended = (await engines.RunAsync(pipeline))[0];

        Assert.Equal(PipelineState.Completed, ended.State);
        Assert.Equal(many.Partitions[0], store.Arrived);
        Assert.True(ended.Totals.Commits > 2, $"{ended.Totals.Commits} commits");
    }
}
