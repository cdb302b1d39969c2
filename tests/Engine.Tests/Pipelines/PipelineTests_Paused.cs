using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Tests.Pipelines;

/// <summary>Pipelines that are paused between two runs, and what the journal tells of them to who doesn't run.</summary>
public sealed class PipelineTests_Paused : IAsyncDisposable
{
    private static readonly PipelineName Writer = new("writer");

    private readonly EngineFixture engines = new();
    private readonly FakeSystem system = new(["a", "b"]);
    private readonly JournalSettings journal = EngineSettings.Parse("stream-engine.journal.snapshot-after = 3", "test").Journal;

    public PipelineTests_Paused() => engines.JournalPath = Path.Combine(engines.FolderPath, "journal.db");

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    [Fact]
    public async Task A_paused_pipeline_stays_so_over_runs_and_keeps_no_other_from_running()
    {
        await engines.RunAsync(Write(), Read());
        Assert.True(await SetAsync(runs: false));
        Assert.False(await SetAsync(runs: false));
        system.Add(0, "c");
        for (int run = 0; run < 2; run++)
        {
            IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Write(), Read());
            Assert.Equal((PipelineState.Stopped, true), (ended[0].State, ended[0].IsPaused));
            Assert.Equal((PipelineState.Completed, false), (ended[1].State, ended[1].IsPaused));
            Assert.Equal(["a", "b"], engines.Values("read"));
        }

        Assert.Contains(engines.Warnings, warning => warning.Contains("pipelines resume", StringComparison.Ordinal) && warning.Contains("writer", StringComparison.Ordinal));
        Assert.True(await SetAsync(runs: true));
        Assert.Equal(PipelineState.Completed, (await engines.RunAsync(Write(), Read()))[0].State);
        Assert.Equal(["a", "b", "c"], engines.Values("read"));
    }

    [Fact]
    public async Task The_journal_reads_without_its_actors_as_they_have_written_it_also_behind_a_snapshot()
    {
        Assert.Empty(JournalReader.Read(journal, engines.JournalPath!, Writer).Starts);
        engines.Settings = "stream-engine.journal.snapshot-after = 3";
        for (int run = 1; run <= 5; run++)
        {
            await engines.RunAsync(Write());
            PipelineHistory history = JournalReader.Read(journal, engines.JournalPath!, Writer);
            Assert.Equal(Enumerable.Range(1, run).Select(generation => (long)generation), history.Starts.Select(start => start.Generation));
            Assert.True(history.Ended!.Completed);
            Assert.Equal("exactly-once", history.Defined!.Guarantee);
            Assert.True(history.Runs);
        }

        Assert.Empty(JournalReader.Read(journal, engines.JournalPath!, new PipelineName("writer2")).Starts);
    }

    [Fact]
    public async Task How_a_pipeline_stands_follows_from_its_record_and_the_journal()
    {
        await engines.RunAsync(Write());
        Assert.Equal(PipelineCondition.Stopped, Condition(engineRuns: false));
        system.FailToConnect = () => new DirectoryNotFoundException("the folder is gone");
        Assert.Equal(PipelineState.Failed, (await engines.RunAsync(Write()))[0].State);
        Assert.Equal(PipelineCondition.Failed, Condition(engineRuns: false));
        system.FailToConnect = null;
        await SetAsync(runs: false);
        Assert.Equal(PipelineCondition.Paused, Condition(engineRuns: false));
        await SetAsync(runs: true);
        await engines.RunAsync(Write());
        Assert.Equal(PipelineCondition.Stopped, Condition(engineRuns: true));

        HomeRecord home = Home() with { State = HomeState.Running };
        PipelineHistory history = JournalReader.Read(journal, engines.JournalPath!, Writer);
        Assert.Equal(PipelineCondition.Running, Conditions.Of(home, history, engineRuns: true));
        Assert.Equal(PipelineCondition.Interrupted, Conditions.Of(home, history, engineRuns: false));
        Assert.Equal(PipelineCondition.Resetting, Conditions.Of(home with { State = HomeState.Resetting }, history, engineRuns: false));
    }

    private PipelineCondition Condition(bool engineRuns) => Conditions.Of(Home(), JournalReader.Read(journal, engines.JournalPath!, Writer), engineRuns);

    private HomeRecord Home() => HomeRecord.Parse(engines.Memory.ReadHome(Writer)!.Record.Span);

    private Task<bool> SetAsync(bool runs) => EngineRuntime.SetDesiredAsync(journal, engines.JournalPath, Writer, runs);

    private PipelineBuilder Write()
    {
        var pipeline = new PipelineBuilder(Writer.Value);
        pipeline.From(system.AsSource()).To(Topic.Of<string, string>("written"));
        return pipeline;
    }

    private static PipelineBuilder Read()
    {
        var pipeline = new PipelineBuilder("reader");
        pipeline.From(Topic.Of<string, string>("written")).To(Topic.Of<string, string>("read"));
        return pipeline;
    }
}
