using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

// Claims: which start and which attempt may commit, and where it goes on.
public abstract partial class SinkConformance
{
    [SkippableFact]
    public async Task A_task_resumes_where_the_one_before_has_committed()
    {
        TaskClaim claim = await StartAsync();
        SinkTask task = await TaskAsync(claim);
        await task.Write(Keyed, ("a", Value("1"))).CommitAsync();
        await task.Write(Keyed, ("a", Value("2"))).CommitAsync();
        task.Dispose();

        SinkTask next = await TaskAsync(await StartAsync(generation: 2));

        Assert.Equal(new CommittedPosition(new SourcePartitionId("input", "0"), new Position("source", "2"), new Epoch(2)), Assert.Single(next.Positions));
        await next.Write(Keyed, ("a", Value("3"))).CommitAsync();
        Assert.Equal(("3", "3"), (Rows["a"].Name, await PositionAsync()));
    }

    [SkippableFact]
    public async Task When_the_pipeline_is_started_again_then_the_old_start_can_neither_commit_nor_claim()
    {
        TaskClaim old = await StartAsync();
        SinkTask task = await TaskAsync(old);
        await task.Write(Keyed, ("a", Value("kept"))).CommitAsync();

        TaskClaim claim = await StartAsync(generation: 2);

        await Refused(RefusalReason.NewerStart, () => task.Write(Keyed, ("a", Value("late"))).CommitAsync());
        await Refused(RefusalReason.NewerStart, () => TaskAsync(old with { Attempt = 2 }));
        await Refused(RefusalReason.NewerStart, () => Database.RaiseGuardAsync(Pipeline, ["copy"], old.Start, old.Generation, 1, default));
        Assert.Equal("kept", Rows["a"].Name);
        Assert.Equal(new Epoch(1), (await TaskAsync(claim)).Last);
    }

    [SkippableFact]
    public async Task When_a_newer_attempt_claims_then_the_older_one_is_refused()
    {
        TaskClaim claim = await StartAsync();
        SinkTask old = await TaskAsync(claim);
        await old.Write(Keyed, ("a", Value("kept"))).CommitAsync();

        SinkTask next = await TaskAsync(claim with { Attempt = 2 });

        await Refused(RefusalReason.NewerAttempt, () => old.Write(Keyed, ("a", Value("late"))).CommitAsync());
        await Refused(RefusalReason.NewerAttempt, () => old.Session.CommitAsync(old.Seal() with { Positions = [] }, default));
        await Refused(RefusalReason.NewerAttempt, () => TaskAsync(claim));
        Assert.Equal("kept", Rows["a"].Name);
        await next.Write(Keyed, ("a", Value("next"))).CommitAsync();
        Assert.Equal("next", Rows["a"].Name);
    }

    [SkippableFact]
    public async Task When_attempts_race_for_a_task_then_each_epoch_is_committed_once()
    {
        SinkDefinition<string, SinkValue> events = factory.Appending("events").For<string>();
        TaskClaim claim = await StartAsync();
        await (await TaskAsync(claim)).Write(events, ("a", Value("0"))).CommitAsync();

        await Task.WhenAll(Enumerable.Range(2, 6).Select(attempt => Task.Run(async () =>
        {
            using var task = new SinkTask(Database, claim with { Attempt = attempt }, factory.Folder, new SourcePartitionId("input", "0"));
            try
            {
                await task.BeginAsync();
                for (int n = 0; n < 5; n++) await task.Write(events, ("a", Value($"{task.Last}"))).CommitAsync();
            }
            catch (CommitRefusedException e)
            {
                Assert.Equal(RefusalReason.NewerAttempt, e.Reason);
            }
        })));

        IReadOnlyDictionary<string, int> committed = factory.CountAppended("events");
        Assert.All(committed.Values, count => Assert.Equal(1, count));
        Assert.Equal($"{committed.Count}", await PositionAsync());
    }

    [SkippableFact]
    public async Task When_the_reply_of_a_commit_is_lost_then_the_next_attempt_reads_that_it_was_committed()
    {
        TaskClaim claim = await StartAsync();
        SinkTask task = await TaskAsync(claim);
        EpochCommit commit = task.Write(Keyed, ("a", Value("once"))).Seal();
        await task.Session.CommitAsync(commit, default);

        SinkTask next = await TaskAsync(claim with { Attempt = 2 });

        Assert.Equal(new Epoch(1), next.Last);
        await Refused(RefusalReason.WrongEpoch, () => next.Session.CommitAsync(commit with { Claim = next.Claim }, default));
        await Refused(RefusalReason.NewerAttempt, () => task.Session.CommitAsync(commit, default));
        Assert.Equal("1", await PositionAsync());
    }

    [SkippableFact]
    public async Task An_epoch_that_skips_one_is_refused()
    {
        SinkTask task = await TaskAsync(await StartAsync());
        await task.Write(Keyed, ("a", Value("kept"))).CommitAsync();

        await Refused(RefusalReason.WrongEpoch, () => task.Session.CommitAsync(task.Write(Keyed, ("a", Value("skipped"))).Seal() with { Epoch = new Epoch(3) }, default));

        Assert.Equal(("kept", "1"), (Rows["a"].Name, await PositionAsync()));
    }

    [SkippableFact]
    public async Task Partitions_move_to_other_tasks_with_the_next_start_and_new_ones_join()
    {
        SourcePartitionId[] parts = [new("input", "0"), new("input", "1"), new("C:\\größe/日本\0 .csv", "\ud800")];
        TaskClaim first = await StartAsync();
        SinkTask one = await TaskAsync(first, parts[0]), two = await TaskAsync(Other(first, 1), parts[1]);
        await one.Write(Keyed, ("a", Value("1"))).CommitAsync();
        await one.CommitAsync();
        await two.CommitAsync();

        SinkTask all = await TaskAsync(await StartAsync(generation: 2), parts);

        Assert.Equal([("0", 2L), ("1", 1L)], all.Positions.Select(position => (position.Partition.Partition, position.Epoch.Value)));
        await all.CommitAsync();
        Assert.Equal(parts.ToHashSet(), (await Database.ReadPositionsAsync(Pipeline, "copy", default)).Select(position => position.Partition).ToHashSet());
    }

    [SkippableFact]
    public async Task A_partition_that_is_found_while_the_task_runs_begins_without_a_claim_of_its_own()
    {
        TaskClaim claim = await StartAsync();
        SinkTask task = await TaskAsync(claim);
        var found = new SourcePartitionId("input", "found");
        await task.CommitAsync();
        EpochCommit commit = task.Seal();

        await task.CommitAsync(commit with { Positions = [.. commit.Positions, new CommittedPosition(found, new Position("source", "x"), Epoch.None)] });

        SinkTask next = await TaskAsync(claim with { Attempt = 2 }, new SourcePartitionId("input", "0"), found);
        Assert.Equal(["2", "x"], next.Positions.Select(position => position.Position.At));
        Assert.Equal([2L, 2L], next.Positions.Select(position => position.Epoch.Value));
    }

    [SkippableFact]
    public async Task Another_engine_is_refused_by_name_with_the_way_out()
    {
        await StartAsync();

        string message = await Refused(
            RefusalReason.NewerStart, () => OpenDatabase("log-2").RaiseGuardAsync(Pipeline, ["copy"], StartId.New(), new Generation(99), 1, CancellationToken.None));

        Assert.Contains("log-1", message, StringComparison.Ordinal);
        Assert.Contains("another name", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Another_pipeline_in_the_same_database_goes_on()
    {
        SinkTask task = await TaskAsync(await StartAsync());
        var other = new PipelineName("other");
        await Database.RaiseGuardAsync(other, ["copy"], StartId.New(), new Generation(5), 1, default);

        await task.Write(Keyed, ("a", Value("kept"))).CommitAsync();

        Assert.Empty(await Database.ReadPositionsAsync(other, "copy", default));
        Assert.Single(Rows);
    }

    [SkippableFact]
    public async Task A_clear_forgets_positions_keeps_rows_and_is_refused_to_an_older_start()
    {
        TaskClaim old = await StartAsync();
        await (await TaskAsync(old)).Write(Keyed, ("a", Value("kept"))).CommitAsync();
        TaskClaim claim = await StartAsync(generation: 2);

        await Refused(RefusalReason.NewerStart, () => Database.ClearAsync(Pipeline, old.Start, [], default));
        Assert.Equal("1", await PositionAsync());
        await Database.ClearAsync(Pipeline, claim.Start, [], default);

        Assert.Null(await PositionAsync());
        Assert.Equal("kept", Rows["a"].Name);
        SinkTask next = await TaskAsync(claim);
        Assert.Equal(Epoch.None, next.Last);
        await next.CommitAsync();
    }

    [SkippableFact]
    public async Task A_clear_to_positions_has_the_next_task_go_on_from_them()
    {
        await (await TaskAsync(await StartAsync())).Write(Keyed, ("a", Value("kept"))).CommitAsync();
        CommittedPosition before = Assert.Single(await Database.ReadPositionsAsync(Pipeline, "copy", default));
        TaskClaim claim = await StartAsync(generation: 2);

        var begin = new BeginPosition("copy", before.Partition, new Position("in\\\0", "4711"));
        for (int n = 0; n < 2; n++) await Database.ClearAsync(Pipeline, claim.Start, [begin], default);

        Assert.Equal(
            new CommittedPosition(before.Partition, begin.Position, BeginPosition.Epoch), Assert.Single(await Database.ReadPositionsAsync(Pipeline, "copy", default)));
        SinkTask next = await TaskAsync(await StartAsync(generation: 3));
        Assert.Equal(BeginPosition.Epoch, next.Last);
        await next.CommitAsync();
        Assert.Equal(BeginPosition.Epoch.Next(), Assert.Single(await Database.ReadPositionsAsync(Pipeline, "copy", default)).Epoch);
    }

    [SkippableFact]
    public async Task A_database_that_was_never_written_to_has_no_positions() => Assert.Null(await PositionAsync());
}
