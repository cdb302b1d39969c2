using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;

namespace StreamEngine.Tests.Pipelines;

/// <summary>Stopping has an order and a deadline: sources are held, a last epoch is committed, everything is closed, then the record says so.</summary>
public sealed class PipelineTests_Stop : IAsyncDisposable
{
    private readonly EngineFixture engines = new();
    private readonly FakeSystem system = new([.. Enumerable.Range(0, 20).Select(n => $"n{n}")]);

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    [Fact]
    public async Task A_stop_commits_what_has_been_read_and_the_next_start_goes_on_behind_it()
    {
        engines.Settings = "stream-engine.pipeline.commit.interval = 1h";
        EngineRuntime engine = engines.Create(Copy());
        Task run = engine.RunAsync(follows: true);
        EngineFixture.Await(() => engine.Statuses[0].Totals.RecordsIn == 20, "all is read");
        Assert.Empty(engines.Values("out"));

        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run.WaitAsync(EngineFixture.Patience);

        Assert.Equal(PipelineState.Stopped, engine.Statuses[0].State);
        Assert.Equal(system.Partitions[0], engines.Values("out"));
        Assert.Equal(0, system.OpenReaders);
        Assert.Equal(HomeState.Stopped, Home().State);

        system.Add(0, "n20", "n21");
        await engines.RunAsync(Copy());
        Assert.Equal(system.Partitions[0], engines.Values("out"));
    }

    [Fact]
    public async Task A_sink_that_hangs_does_not_hold_a_stop_beyond_its_deadline_and_nothing_of_it_is_committed()
    {
        engines.Settings = "stream-engine.pipeline { stop.timeout = 50ms, commit.interval = 1h }";
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var store = new FakeStore
        {
            Blocks = true,
            OnWrite = _ =>
            {
                entered.Set();
                release.Wait();
            },
        };
        var pipeline = new PipelineBuilder("copy").Promise(Guarantee.AtLeastOnce);
        pipeline.From(system.AsSource()).To(store.AsSink());
        EngineRuntime engine = engines.Create(pipeline);
        Task run = engine.RunAsync(follows: true);
        Assert.True(entered.Wait(EngineFixture.Patience));

        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run.WaitAsync(EngineFixture.Patience);

        Assert.Equal(PipelineState.Stopped, engine.Statuses[0].State);
        Assert.Contains(engines.Warnings, warning => warning.Contains("have not stopped within", StringComparison.Ordinal));
        Assert.All(engines.Memory.Positions(new PipelineName("copy")), held => Assert.Equal("0", held.Position.Position.At));
        release.Set();
    }

    [Fact]
    public async Task A_pipeline_that_waits_for_its_source_stops_at_once()
    {
        system.FailToConnect = () => new IOException("nobody answers");
        EngineRuntime engine = engines.Create(Copy());
        Task run = engine.RunAsync(follows: true);
        EngineFixture.Await(() => engine.Statuses[0].Note is not null, "it waits");

        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run.WaitAsync(EngineFixture.Patience);

        Assert.Equal(PipelineState.Stopped, engine.Statuses[0].State);
        Assert.Null(engine.Statuses[0].Note);
        Assert.Equal(HomeState.Stopped, Home().State);
    }

    [Fact]
    public async Task A_pipeline_that_was_never_started_stops_without_a_word()
    {
        EngineRuntime engine = engines.Create(Copy());

        await engine.StopAsync().WaitAsync(EngineFixture.Patience);

        Assert.Equal(PipelineState.Stopped, engine.Statuses[0].State);
        Assert.Null(engines.Memory.ReadHome(new PipelineName("copy")));
    }

    [Fact]
    public async Task An_engine_without_pipelines_ends_at_once() => await engines.Create().RunAsync(follows: true).WaitAsync(EngineFixture.Patience);

    [Fact]
    public async Task A_run_that_reached_the_end_notes_that_it_ended()
    {
        await engines.RunAsync(Copy());

        Assert.Equal(HomeState.Stopped, Home().State);
        Assert.Empty(engines.Warnings);
    }

    [Fact]
    public async Task Tasks_of_several_subgraphs_commit_their_last_epochs_and_lose_nothing_between_them()
    {
        engines.Settings = "stream-engine.pipeline.commit.interval = 1ms";
        for (int round = 0; round < 4; round++)
        {
            EngineRuntime engine = engines.Create(Count());
            Task run = engine.RunAsync(follows: true);
            system.Add(0, $"n{round}", "same");
            EngineFixture.Await(() => engine.Statuses[0].Totals.RecordsIn > 0, "something is read");
            await engine.StopAsync().WaitAsync(EngineFixture.Patience);
            await run.WaitAsync(EngineFixture.Patience);
            await engines.CloseAsync(engine);
        }

        await engines.RunAsync(Count());

        int total = engines.Records("counts").GroupBy(record => record.Key).Sum(group => group.Last().Value[^1]);
        Assert.Equal(system.Partitions[0].Count, total);
    }

    private PipelineBuilder Count()
    {
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).KeyBy(value => value).Count("counts").To(Topic.Of<string, long>("counts"));
        return pipeline;
    }

    private PipelineBuilder Copy()
    {
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).To(Topic.Of<string, string>("out"));
        return pipeline;
    }

    private HomeRecord Home() => HomeRecord.Parse(engines.Memory.ReadHome(new PipelineName("copy"))!.Record.Span);
}
