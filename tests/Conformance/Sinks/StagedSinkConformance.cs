using StreamEngine.Commits;
using StreamEngine.Contracts;

namespace StreamEngine.Conformance;

/// <summary>
/// What every sink promises that stages its output and publishes it after the commit (<see cref="IStagedSink"/>): the engine's own protocol
/// drives it over a log in memory. A connector passes it by a class that names its factory.
/// </summary>
public abstract class StagedSinkConformance : IDisposable
{
    private readonly StagedSinkFactory factory;
    private readonly StagedPipeline pipeline;

    protected StagedSinkConformance(StagedSinkFactory factory)
    {
        this.factory = factory;
        pipeline = new StagedPipeline(factory, "pipeline");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pipeline.Dispose();
        factory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Nothing_is_visible_before_the_commit_and_all_of_it_once_and_in_order_after_it_is_published()
    {
        StagedTask task = await pipeline.TaskAsync(await pipeline.StartAsync());
        task.Write(5_000).Write(3).Seal();
        await task.RunUpToAsync<Commits.Step.Commit>();
        Assert.Empty(factory.Published());

        await task.RunAsync();

        Assert.Equal(Enumerable.Range(0, 5_003).Select(n => (long)n), Assert.Single(factory.Published()).Values);
        await task.CommitAsync(4);
        AssertAllVisible(5_007);
    }

    [Fact]
    public async Task An_epoch_without_records_leaves_nothing()
    {
        StagedTask task = await pipeline.TaskAsync(await pipeline.StartAsync());

        await task.CommitAsync(0);
        Assert.Equal((0, 0), (factory.Published().Count, factory.CountStaged()));
        await task.CommitAsync(2);
        await task.CommitAsync(0);

        Assert.Single(factory.Published());
        AssertAllVisible(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_sealed_and_not_published_is_published_once_by_the_next_start_or_attempt(bool isNewStart)
    {
        StagedStart start = await pipeline.StartAsync();
        StagedTask task = await pipeline.TaskAsync(start);
        await task.CommitAsync(2);
        await task.Write(3).Seal().RunUpToAsync<Commits.Step.Publish>();
        Assert.Equal([0, 1], pipeline.Visible());

        StagedStart next = isNewStart ? await pipeline.StartAsync() : start;
        if (isNewStart) AssertAllVisible(5);
        StagedTask another = await pipeline.TaskAsync(next);

        AssertAllVisible(5);
        await another.CommitAsync(1);
        AssertAllVisible(6);
    }

    [Theory]
    [InlineData(StartIntent.Reset)]
    [InlineData(StartIntent.Delete)]
    public async Task What_is_sealed_and_not_published_is_published_by_a_removal_and_what_is_not_sealed_goes(object intent)
    {
        StagedStart start = await pipeline.StartAsync();
        StagedTask task = await pipeline.TaskAsync(start);
        await task.CommitAsync(2);
        await task.Write(3).Seal().RunUpToAsync<Commits.Step.Publish>();
        StagedTask other = await pipeline.TaskAsync(start, 1);
        await other.Write(4).Seal().RunUpToAsync<Commits.Step.Commit>();

        Assert.IsType<StartResult.Removed>((await pipeline.StartAsync((StartIntent)intent)).Result);

        Assert.Equal([0L, 1, 2, 3, 4], pipeline.Visible());
        Assert.Empty(pipeline.Visible(1));
        Assert.Equal(0, factory.CountStaged());
        Assert.Empty(pipeline.Log.Unpublished(pipeline.Name));
        Assert.Empty(pipeline.Log.Positions(pipeline.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_staged_and_never_sealed_is_discarded_and_its_records_written_again_come_once(bool isNewStart)
    {
        StagedStart start = await pipeline.StartAsync();
        StagedTask task = await pipeline.TaskAsync(start);
        await task.Write(3).Seal().RunUpToAsync<Commits.Step.Commit>();
        task.Write(50_000);
        Assert.NotEqual(0, factory.CountStaged());

        StagedTask next = await pipeline.TaskAsync(isNewStart ? await pipeline.StartAsync() : start);

        Assert.Equal((0, 0), (factory.CountStaged(), factory.Published().Count));
        await next.CommitAsync(4);
        AssertAllVisible(4);
    }

    [Fact]
    public async Task What_is_published_and_not_noted_is_published_again_without_a_change()
    {
        StagedTask task = await pipeline.TaskAsync(await pipeline.StartAsync());
        await task.Write(3).Seal().RunUpToAsync<Commits.Step.NotePublished>();
        UnpublishedStage stage = Assert.Single(pipeline.Log.Unpublished(pipeline.Name));
        (string Name, IReadOnlyList<long> Values) before = Assert.Single(factory.Published());

        await pipeline.StartAsync();
        pipeline.Sink.Publish(stage.Manifest, factory.Folder);

        Assert.Equal(before.Name, Assert.Single(factory.Published()).Name);
        AssertAllVisible(3);
    }

    [Fact]
    public async Task When_the_reply_of_a_commit_is_lost_then_the_next_attempt_publishes_it_and_goes_on_behind_it()
    {
        StagedStart start = await pipeline.StartAsync();
        StagedTask task = await pipeline.TaskAsync(start);
        await task.Write(3).Seal().RunUpToAsync<Commits.Step.Commit>();
        await task.StepAsync(isReplyLost: true);
        Assert.IsType<TaskEnd.Restart>(task.End);
        Assert.Empty(factory.Published());

        StagedTask next = await pipeline.TaskAsync(start);

        AssertAllVisible(3);
        await next.CommitAsync(2);
        AssertAllVisible(5);
    }

    [Theory]
    [InlineData(true, RefusalReason.NewerStart)]
    [InlineData(false, RefusalReason.NewerAttempt)]
    public async Task When_a_newer_start_or_attempt_has_claimed_then_what_the_older_one_staged_never_appears(bool isNewStart, RefusalReason reason)
    {
        StagedStart start = await pipeline.StartAsync();
        StagedTask old = await pipeline.TaskAsync(start);
        await old.Write(3).Seal().RunUpToAsync<Commits.Step.Commit>();
        StagedTask next = await pipeline.TaskAsync(isNewStart ? await pipeline.StartAsync() : start);

        await old.StepAsync();

        Assert.Equal(reason, Assert.IsType<Outcome.Refused>(old.Last).Reason);
        Assert.Equal(isNewStart ? typeof(TaskEnd.TakenOver) : typeof(TaskEnd.Restart), old.End!.GetType());
        Assert.Empty(factory.Published());
        await next.CommitAsync(2);
        AssertAllVisible(2);
    }

    [Fact]
    public async Task What_a_newer_start_has_staged_survives_the_late_discard_of_an_older_one()
    {
        StagedStart late = pipeline.NewStart();
        await late.RunUpToAsync<Commits.Step.DiscardStaged>();
        StagedTask task = await pipeline.TaskAsync(await pipeline.StartAsync());
        await task.Write(3).Seal().RunUpToAsync<Commits.Step.Commit>();

        await late.RunAsync();

        Assert.IsType<StartResult.Started>(late.Result);
        Assert.Equal(1, factory.CountStaged());
        await task.RunAsync();
        AssertAllVisible(3);
    }

    [Fact]
    public async Task What_a_newer_attempt_has_staged_survives_the_late_discard_of_an_older_one()
    {
        StagedStart start = await pipeline.StartAsync();
        await pipeline.TaskAsync(start);
        StagedTask late = pipeline.NewTask(start);
        await late.RunUpToAsync<Commits.Step.DiscardStaged>();
        StagedTask task = await pipeline.TaskAsync(start);
        await task.Write(3).Seal().RunUpToAsync<Commits.Step.Commit>();

        await late.StepAsync();

        await task.RunAsync();
        AssertAllVisible(3);
    }

    [Fact]
    public async Task Two_tasks_at_once_do_not_disturb_each_other()
    {
        const int Epochs = 20;
        StagedStart start = await pipeline.StartAsync();
        await pipeline.TaskAsync(start);
        StagedTask[] tasks = [await pipeline.TaskAsync(start), await pipeline.TaskAsync(start, 1)];

        // The first begins anew in the middle of it, and discards what its attempt before has staged, while the other stages.
        await Task.WhenAll(Task.Run(CopyAndRestart), Task.Run(() => Copy(tasks[1], 2 * Epochs)));

        Assert.Equal(3 * Epochs, pipeline.Visible(0).Count());
        Assert.Equal(6 * Epochs, pipeline.Visible(1).Count());
        foreach (int task in (int[])[0, 1]) Assert.Equal(pipeline.Committed(task), pipeline.Visible(task));

        async Task CopyAndRestart()
        {
            await Copy(tasks[0], Epochs / 2);
            await tasks[0].Write(3).Seal().RunUpToAsync<Commits.Step.Commit>();
            await Copy(await pipeline.TaskAsync(start), Epochs / 2);
        }

        static async Task Copy(StagedTask task, int epochs)
        {
            for (int n = 0; n < epochs; n++) await task.CommitAsync(3);
        }
    }

    [Fact]
    public async Task Names_never_collide_over_starts_attempts_and_epochs()
    {
        const int Tasks = 2, Attempts = 2, Epochs = 2;

        // After a reset or a deletion epochs are counted from the first again.
        StartIntent[] between = [StartIntent.Run, StartIntent.Reset, StartIntent.Delete, StartIntent.Delete];
        foreach (StartIntent intent in between)
        {
            StagedStart start = await pipeline.StartAsync();
            foreach (int number in Enumerable.Range(0, Tasks * Attempts))
            {
                StagedTask task = await pipeline.TaskAsync(start, number % Tasks);
                for (int epoch = 0; epoch < Epochs; epoch++) await task.CommitAsync(1);
                Assert.Null(task.End);
            }

            if (intent != StartIntent.Run) Assert.IsType<StartResult.Removed>((await pipeline.StartAsync(intent)).Result);
        }

        Assert.Equal(between.Length * Tasks * Attempts * Epochs, factory.Published().Select(output => output.Name).Distinct().Count());
        Assert.All(factory.Published(), output => Assert.Single(output.Values));
    }

    [Fact]
    public Task Whatever_is_written_sealed_crashed_and_begun_anew_what_is_visible_is_what_was_committed() => StagedSchedule.CheckAsync(factory);

    /// <summary>Checks that so many records are committed and visible, each once and in order, and that nothing is left to be published.</summary>
    private void AssertAllVisible(int count)
    {
        Assert.Equal(Enumerable.Range(0, count).Select(n => (long)n), pipeline.Committed());
        Assert.Equal(pipeline.Committed(), pipeline.Visible());
        Assert.Empty(pipeline.Log.Unpublished(pipeline.Name));
    }
}
