using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

// Home records, and what goes when a pipeline is cleared.
public abstract partial class LogConformance
{
    [SkippableFact]
    public void When_a_pipeline_was_never_started_then_it_has_no_record()
    {
        Assert.Null(Log.ReadHome(Pipeline));
        Assert.DoesNotContain(Pipeline, Log.Homes());
    }

    [SkippableFact]
    public void When_a_record_is_written_then_it_is_read_as_it_was()
    {
        StartId first = StartId.New(), second = StartId.New();
        byte[] record = [1, 2, 3];

        Assert.True(WriteHome(first, record, 0));
        record[0] = 99;
        Assert.Equal((first, "010203", 1L), Home());

        Assert.True(WriteHome(second, Array.Empty<byte>(), 1));
        Assert.Equal((second, "", 2L), Home());
        Assert.Contains(Pipeline, Log.Homes());
    }

    [SkippableFact]
    public void When_somebody_else_has_written_the_record_then_writing_it_is_refused()
    {
        StartId first = StartId.New(), second = StartId.New();
        Assert.False(WriteHome(first, new byte[] { 1 }, 1));
        Assert.True(WriteHome(first, new byte[] { 1 }, 0));

        Assert.False(WriteHome(second, new byte[] { 2 }, 0));
        Assert.False(WriteHome(second, new byte[] { 2 }, 2));

        Assert.Equal((first, "01", 1L), Home());
    }

    [SkippableFact]
    public void When_several_hosts_write_the_record_at_once_then_one_of_them_succeeds()
    {
        for (long version = 0; version < Math.Min(10, factory.Schedules); version++)
        {
            int written = 0;
            Parallel.For(0, 4, n =>
            {
                if (WriteHome(StartId.New(), new[] { (byte)n }, version)) Interlocked.Increment(ref written);
            });

            Assert.Equal(1, written);
            Assert.Equal(version + 1, Log.ReadHome(Pipeline)!.Version);
        }
    }

    [SkippableFact]
    public async Task When_the_same_start_writes_its_record_again_then_its_tasks_go_on()
    {
        StartId start = Start();
        TestTask task = await TaskAsync(start);

        Assert.True(Log.WriteHome(Pipeline, start, new byte[] { 2 }, 1));

        await task.CommitAsync();
        Assert.Equal(new Epoch(1), Assert.Single(Log.Positions(Pipeline)).Position.Epoch);
    }

    [SkippableFact]
    public async Task When_a_pipeline_is_cleared_then_all_of_its_own_goes_and_nothing_else()
    {
        TopicInfo users = Topic("users");
        TopicInfo own = OwnTopic("internal");
        StateInfo state = State("state", "bytes", 2);
        var other = new PipelineName(Pipeline.Value + "2");
        StateInfo foreign = State("state", "bytes", 2, other);
        StartId start = Start();
        await FillAsync(await TaskAsync(start), state, users, own);
        await FillAsync(await NewTask(Start(other), pipeline: other).BeginAsync(), foreign, users);

        Log.Clear(Pipeline, start, []);

        Assert.Empty(Log.Positions(Pipeline));
        Assert.Empty(Log.Unpublished(Pipeline));
        Assert.Empty(Log.States(Pipeline));
        Assert.Null(StateValue(state, 1, "key"));
        Assert.Null(Log.Find(own.Name));
        Assert.Equal(start, Log.ReadHome(Pipeline)!.Start);
        Assert.Single(Log.Positions(other));
        Assert.Single(Log.Unpublished(other));
        Assert.Equal("value", StateValue(foreign, 1, "key"));
        Assert.Equal(2, Read(users).Count);
    }

    [SkippableFact]
    public async Task When_a_cleared_pipeline_begins_again_then_it_begins_from_nothing()
    {
        StateInfo old = State("state", "bytes", 2);
        StartId start = Start();
        await FillAsync(await TaskAsync(start), old, Topic("users"));

        Log.Clear(Pipeline, start, []);

        TestTask task = await TaskAsync(start, attempt: 2);
        Assert.Empty(task.Positions);
        StateInfo anew = State("state", "another", 3);
        Assert.NotEqual(old.Number, anew.Number);
        Assert.Equal("another", anew.Spec.Shape);
        Assert.Null(StateValue(anew, 1, "key"));
        await task.CommitAsync();
        Assert.Equal(new Epoch(1), Assert.Single(Log.Positions(Pipeline)).Position.Epoch);
    }

    [SkippableFact]
    public async Task When_a_pipeline_is_cleared_to_positions_then_its_tasks_go_on_from_them()
    {
        TopicInfo users = Topic("users");
        StartId start = Start();
        TestTask before = await TaskAsync(start);
        await before.CommitAsync();
        SourcePartitionId partition = Assert.Single(Log.Positions(Pipeline)).Position.Partition;
        string subgraph = Log.Positions(Pipeline)[0].Subgraph;

        Log.Clear(Pipeline, start, [new BeginPosition(subgraph, partition, new Position("in", "17"))]);

        CommittedPosition held = Assert.Single(Log.Positions(Pipeline)).Position;
        Assert.Equal((partition, new Position("in", "17"), BeginPosition.Epoch), (held.Partition, held.Position, held.Epoch));
        TestTask task = await TaskAsync(start, attempt: 2);
        Assert.Equal("17", Assert.Single(task.Positions).Position.At);
        task.Write(users, 0, Records("a"));
        await task.CommitAsync();
        Assert.Equal(BeginPosition.Epoch.Next(), Assert.Single(Log.Positions(Pipeline)).Position.Epoch);
        Assert.Single(Read(users));
    }

    [SkippableFact]
    public async Task When_another_start_holds_the_pipeline_then_clearing_it_is_refused_and_nothing_goes()
    {
        TopicInfo own = OwnTopic("internal");
        StateInfo state = State("state", "bytes", 2);
        StartId old = Start();
        await FillAsync(await TaskAsync(old), state, own);
        Start();

        Assert.Equal(RefusalReason.NewerStart, Assert.Throws<CommitRefusedException>(() => Log.Clear(Pipeline, old, [])).Reason);
        Assert.Throws<CommitRefusedException>(() => Log.Clear(new PipelineName(Name("unknown")), old, []));

        Assert.Single(Log.Positions(Pipeline));
        Assert.Single(Log.Unpublished(Pipeline));
        Assert.Equal([state], Log.States(Pipeline));
        Assert.Equal("value", StateValue(state, 1, "key"));
        Assert.Single(Read(own));
    }

    [SkippableFact]
    public async Task When_a_pipeline_is_cleared_then_readers_of_its_topics_are_woken_and_fail()
    {
        TopicInfo own = OwnTopic("internal");
        StartId start = Start();
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(own, 0, 0);
        Task<LogChunk?> waiting = OnThread(() => reader.Poll(TimeSpan.FromHours(1)));

        Log.Clear(Pipeline, start, []);

        await Assert.ThrowsAsync<TopicException>(() => waiting.WaitAsync(Patience));
    }

    private static async Task FillAsync(TestTask task, StateInfo state, params TopicInfo[] topics)
    {
        var changes = new StateChanges(state);
        changes.Put(1, "key"u8, "value"u8);
        foreach (TopicInfo topic in topics) task.Write(topic, 0, Records("a"));
        EpochCommit epoch = task.Seal();
        await task.CommitAsync(epoch with { State = [changes], Outputs = [.. epoch.Outputs, new SealedStage("files", new byte[] { 1 }, 1)] });
    }

    protected (StartId Start, string Record, long Version) Home()
    {
        HomeEntry home = Log.ReadHome(Pipeline)!;
        return (home.Start, Convert.ToHexString(home.Record.Span), home.Version);
    }
}
