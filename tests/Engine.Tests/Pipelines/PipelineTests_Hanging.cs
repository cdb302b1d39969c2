using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Pipelines;

namespace StreamEngine.Tests.Pipelines;

/// <summary>What hangs outside, or can't be read, must not take the engine with it: it goes on hearing, and says what is wrong.</summary>
public sealed class PipelineTests_Hanging : IAsyncDisposable
{
    /// <summary>More requests than the thread of a pipeline takes before whoever hands in another has to wait.</summary>
    private const int Rounds = 80;

    private readonly EngineFixture engines = new() { Settings = "stream-engine.pipeline.stop.timeout = 100ms" };
    private readonly ManualResetEventSlim release = new();

    /// <summary>Is asked for its partitions every so often, which tells how much time has gone by for pipelines.</summary>
    private readonly FakeSystem clock = new(["n0"]);

    public async ValueTask DisposeAsync()
    {
        release.Set();
        await engines.DisposeAsync();
        release.Dispose();
    }

    [Fact]
    public async Task A_source_that_never_says_which_partitions_it_has_does_not_keep_its_pipeline_from_stopping()
    {
        var system = new FakeSystem(["n0", "n1"]);
        EngineRuntime engine = engines.Create(Copy("hangs", system), Copy("clock", clock));
        Task run = engine.RunAsync(follows: true);
        EngineFixture.Await(() => engines.Values("hangs-out").Count == 2, "all is copied");
        system.BeforeAsked = release.Wait;

        LetTimeGoBy();
        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run.WaitAsync(EngineFixture.Patience);

        Assert.Equal(PipelineState.Stopped, engine.Statuses[0].State);
    }

    [Fact]
    public async Task A_database_that_hangs_while_it_is_fenced_does_not_keep_its_pipeline_from_stopping()
    {
        int raised = 0;
        var database = new FakeDatabase
        {
            OnRaise = () =>
            {
                if (Interlocked.Increment(ref raised) == 1) throw new EngineException(ErrorDomain.External, "the database is down", "Start it.");
                release.Wait();
            },
        };
        var pipeline = new PipelineBuilder("held-back");
        pipeline.From(new FakeSystem(["n0"]).AsSource()).To(database.AsSink());
        EngineRuntime engine = engines.Create(pipeline, Copy("clock", clock));
        Task run = engine.RunAsync(follows: true);
        EngineFixture.Await(() => Volatile.Read(ref raised) == 2, "it is fenced once more");

        LetTimeGoBy();
        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run.WaitAsync(EngineFixture.Patience);

        Assert.Equal(PipelineState.Stopped, engine.Statuses[0].State);
        Assert.Equal(2, Volatile.Read(ref raised));
    }

    [Fact]
    public async Task A_source_that_cannot_be_asked_for_new_partitions_says_so_and_is_read_on()
    {
        var system = new FakeSystem(["n0", "n1"]);
        EngineRuntime engine = engines.Create(Copy("copy", system));
        Task run = engine.RunAsync(follows: true);
        EngineFixture.Await(() => engines.Values("copy-out").Count == 2, "all is copied");
        system.BeforeAsked = () => throw new IOException("the folder is gone");

        EngineFixture.Await(() => engines.Warnings.Any(warning => warning.Contains("the folder is gone", StringComparison.Ordinal)), "it is said");
        system.Add(0, "n2");
        EngineFixture.Await(() => engines.Values("copy-out").Count == 3, "what was found before is read on");
        await engine.StopAsync().WaitAsync(EngineFixture.Patience);
        await run.WaitAsync(EngineFixture.Patience);
    }

    [Fact]
    public async Task A_client_that_cannot_connect_is_closed_before_the_next_one_is_opened()
    {
        var system = new FakeSystem(["n0", "n1"]);
        int connected = 0;
        system.FailToConnect = () => Interlocked.Increment(ref connected) is > 1 and < 6 ? new IOException("no route") : null;

        PipelineStatus ended = (await engines.RunAsync(Copy("copy", system)))[0];

        Assert.Equal(PipelineState.Completed, ended.State);
        Assert.True(connected >= 6, $"{connected} clients tried");
        Assert.Equal(0, system.OpenClients);
    }

    [Fact]
    public async Task An_engine_whose_actor_has_stopped_as_it_does_without_its_journal_ends_the_run_with_the_way_out()
    {
        EngineRuntime engine = engines.Create(Copy("copy", clock));
        Task run = engine.RunAsync(follows: true);
        EngineFixture.Await(() => engines.Values("copy-out").Count == 1, "it runs");
        await engine.AbandonAsync();

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => run.WaitAsync(EngineFixture.Patience));

        Assert.Contains("journal", error.Message, StringComparison.Ordinal);
        Assert.Contains("engine/journal.db", error.Remedy, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EngineException>(() => engine.StopAsync().WaitAsync(EngineFixture.Patience));
    }

    private void LetTimeGoBy()
    {
        int before = clock.Asked;
        EngineFixture.Await(() => clock.Asked > before + Rounds, "time goes by");
    }

    private static PipelineBuilder Copy(string name, FakeSystem system)
    {
        var pipeline = new PipelineBuilder(name);
        pipeline.From(system.AsSource()).To(Topic.Of<string, string>($"{name}-out"));
        return pipeline;
    }
}
