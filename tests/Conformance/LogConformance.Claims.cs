using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

// Claims: which start and which attempt may commit.
public abstract partial class LogConformance
{
    [SkippableFact]
    public async Task When_a_pipeline_was_never_started_then_no_claim_stands()
    {
        TestTask task = NewTask(StartId.New());

        await Refused(RefusalReason.NewerStart, task.BeginAsync);
    }

    [SkippableFact]
    public async Task When_a_pipeline_is_started_again_then_commits_of_the_old_start_are_refused()
    {
        TopicInfo topic = Topic("fenced");
        TestTask old = await TaskAsync();
        await old.CommitAsync(topic, 0, Records("a"));

        StartId start = Start();

        await Refused(RefusalReason.NewerStart, () => old.CommitAsync(topic, 0, Records("late")));
        await Refused(RefusalReason.NewerStart, () => old.CommitAsync(topic, 0, Records("later")));
        TestTask next = await TaskAsync(start);
        Assert.Equal(new Epoch(1), next.Last);
        await next.CommitAsync(topic, 0, Records("b"));
        Assert.Equal([.. Records("a"), .. Records("b")], Read(topic));
    }

    [SkippableFact]
    public async Task When_a_pipeline_is_started_again_then_the_old_start_can_claim_nothing()
    {
        StartId old = Start();
        Start();

        await Refused(RefusalReason.NewerStart, () => TaskAsync(old));
        await Refused(RefusalReason.NewerStart, () => TaskAsync(old, attempt: 2));
    }

    [SkippableFact]
    public async Task When_a_newer_attempt_claims_then_the_older_one_is_refused()
    {
        TopicInfo topic = Topic("fenced");
        StartId start = Start();
        TestTask old = await TaskAsync(start);
        await old.CommitAsync(topic, 0, Records("a"));

        TestTask next = await TaskAsync(start, attempt: 2);

        await Refused(RefusalReason.NewerAttempt, () => old.CommitAsync(topic, 0, Records("late")));
        await Refused(RefusalReason.NewerAttempt, () => TaskAsync(start, attempt: 1));
        await Refused(RefusalReason.NewerAttempt, () => TaskAsync(start, attempt: 2));
        await next.CommitAsync(topic, 0, Records("b"));
        Assert.Equal([.. Records("a"), .. Records("b")], Read(topic));
    }

    [SkippableFact]
    public async Task When_an_attempt_has_claimed_then_the_positions_it_reads_are_final()
    {
        StartId start = Start();
        TestTask old = await TaskAsync(start);
        await old.CommitAsync();
        await old.CommitAsync();

        TestTask next = await TaskAsync(start, attempt: 2);
        await Refused(RefusalReason.NewerAttempt, () => old.CommitAsync());

        Assert.Equal(new CommittedPosition(new SourcePartitionId("input", "0"), new Position("source", "2"), new Epoch(2)), Assert.Single(next.Positions));
        Assert.Equal(next.Positions, await next.Session.ReadPositionsAsync([new SourcePartitionId("input", "0")], CancellationToken.None));
    }

    [SkippableFact]
    public async Task When_attempts_race_for_a_task_then_only_one_of_them_commits()
    {
        TopicInfo topic = Topic("race");
        StartId start = Start();
        await TaskAsync(start);

        await Task.WhenAll(Enumerable.Range(2, 8).Select(attempt => Task.Run(async () =>
        {
            using TestTask task = NewTask(start, attempt: attempt);
            try
            {
                await task.BeginAsync();
                for (int n = 0; n < 5; n++) await task.CommitAsync(topic, 0, Records($"{task.Last.Next()}"));
            }
            catch (CommitRefusedException e)
            {
                Assert.Equal(RefusalReason.NewerAttempt, e.Reason);
            }
        })));

        // Each epoch was committed once, by whoever held the task then.
        List<string?> epochs = [.. Read(topic).Select(record => record.Value)];
        Assert.Equal(Enumerable.Range(1, epochs.Count).Select(n => $"{n}"), epochs);
        Assert.Equal($"{epochs.Count}", Assert.Single(Log.Positions(Pipeline)).Position.Position.At);
    }

    [SkippableFact]
    public async Task When_a_task_is_claimed_then_the_other_tasks_go_on()
    {
        TopicInfo topic = Topic("others");
        StartId start = Start();
        TestTask first = await TaskAsync(start), second = await TaskAsync(start, number: 1);
        await TaskAsync(start, attempt: 2);

        await second.CommitAsync(topic, 0, Records("second"));

        Assert.Equal(Records("second"), Read(topic));
        await Refused(RefusalReason.NewerAttempt, () => first.CommitAsync());
    }

    [SkippableFact]
    public async Task When_another_pipeline_is_started_then_this_one_goes_on()
    {
        TopicInfo topic = Topic("others");
        TestTask task = await TaskAsync();
        var other = new PipelineName(Name("other"));
        TestTask foreign = await NewTask(Start(other), pipeline: other).BeginAsync();

        await task.CommitAsync(topic, 0, Records("a"));
        await foreign.CommitAsync(topic, 0, Records("b"));

        Assert.Equal([.. Records("a"), .. Records("b")], Read(topic));
        Assert.Single(Log.Positions(Pipeline));
        Assert.Single(Log.Positions(other));
    }

    [SkippableFact]
    public async Task When_partitions_move_to_another_task_then_their_positions_go_with_them()
    {
        SourcePartitionId[] parts = [new("input", "0"), new("input", "1"), new("input", "2")];
        StartId start = Start();
        TestTask one = await NewTask(start, 0, partitions: parts[..2]).BeginAsync();
        TestTask two = await NewTask(start, 1, partitions: parts[2..]).BeginAsync();
        for (int n = 0; n < 3; n++) await one.CommitAsync(one.Seal((parts[0], new Position("a", $"{n}"))));
        await two.CommitAsync(two.Seal((parts[2], new Position("c", "9"))));

        TestTask all = await NewTask(Start(), 0, partitions: parts).BeginAsync();

        Assert.Equal(
            [new CommittedPosition(parts[0], new Position("a", "2"), new Epoch(3)), new CommittedPosition(parts[2], new Position("c", "9"), new Epoch(1))],
            all.Positions.OrderBy(position => position.Partition.Partition, StringComparer.Ordinal));
        Assert.Equal(new Epoch(3), all.Last);
        await all.CommitAsync();
    }

    [SkippableFact]
    public async Task When_positions_are_odd_texts_then_they_come_back_as_they_were()
    {
        SourcePartitionId[] parts = [new("files", "C:\\größe/日本 .csv"), new("files", ""), new("file", "s/x"), new("files", "x")];
        Position[] places = [new("", ""), new("hash:å∂ß\n\0", "byte 12:3"), new(new string('i', 30_000), new string('a', 30_000)), new("t", "💾")];
        StartId start = Start();
        TestTask task = await NewTask(start, partitions: parts).BeginAsync();
        Assert.Empty(task.Positions);

        await task.CommitAsync(task.Seal([.. parts.Zip(places)]));

        TestTask next = await NewTask(start, attempt: 2, partitions: parts).BeginAsync();
        CommittedPosition[] expected = [.. parts.Zip(places, (part, place) => new CommittedPosition(part, place, new Epoch(1)))];
        Assert.Equal(expected, next.Positions);
        Assert.Equal(expected.ToHashSet(), Log.Positions(Pipeline).Select(position => position.Position).ToHashSet());
        Assert.All(Log.Positions(Pipeline), position => Assert.Equal("copy", position.Subgraph));
    }

    /// <summary>Checks that a claim or a commit is refused, and why.</summary>
    protected static async Task Refused(RefusalReason reason, Func<Task> act) =>
        Assert.Equal(reason, (await Assert.ThrowsAsync<CommitRefusedException>(act)).Reason);
}
