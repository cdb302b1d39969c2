using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>What a log promises that keeps something beyond its process: what another process finds.</summary>
public abstract class DurableLogConformance(LogFactory factory) : LogConformance(factory)
{
    [SkippableFact]
    public async Task When_a_log_is_opened_again_then_everything_committed_is_there()
    {
        TopicInfo topic = Log.Create(new TopicSpec($"streamengine.sales.{Name("orders")}", 2)
        {
            RetentionTime = TimeSpan.FromDays(40_000), KeyFormat = Factory.KeepsFormats ? "string" : "", Owner = "sales",
        });
        StateInfo state = State("state", "shape", 2);
        string id = Log.Id;
        StartId start = Start();
        TestTask task = await TaskAsync(start);
        for (int n = 0; n < 10; n++) await task.Write(topic, 0, Records($"{n}", $"{n}'")).CommitAsync(topic, 1, Records($"{n}"));
        await CommitState(task, state, (1, "key", "value"), (1, "gone", "x"), (1, "gone", null));
        EpochCommit staged = task.Seal();
        await task.CommitAsync(staged with { Outputs = [.. staged.Outputs, new SealedStage("files", new byte[] { 7 }, 1)], DeadLetters = [Letter("bad", 0)] });
        List<(long Offset, TestRecord Record)>[] records = [ReadFrom(topic, 0, 0), ReadFrom(topic, 1, 0), ReadFrom(DeadLetters, 0, 0)];
        PartitionRange range = Range(topic, 0);
        (string, CommittedPosition)[] positions = [.. Log.Positions(Pipeline)];
        task.Write(topic, 0, Records("open")).Seal().Release();

        ReopenLog();

        Assert.Equal(id, Log.Id);
        Assert.Equal(topic, Log.Find(topic.Name));
        Assert.Equal(records, [ReadFrom(topic, 0, 0), ReadFrom(topic, 1, 0), ReadFrom(DeadLetters, 0, 0)]);
        PartitionRange found = Range(topic, 0);
        Assert.Equal(range, WritesAtCommit ? found : found with { NextOffset = range.NextOffset });
        Assert.InRange(found.NextOffset, range.NextOffset, long.MaxValue);
        Assert.Equal(positions, Log.Positions(Pipeline));
        Assert.Equal([state], Log.States(Pipeline));
        Assert.Equal("value", StateValue(state, 1, "key"));
        Assert.Null(StateValue(state, 1, "gone"));
        Assert.Equal([7], Assert.Single(Log.Unpublished(Pipeline)).Manifest.ToArray());
        Assert.Equal((start, "01", 2L), Home());
        Assert.Contains(Pipeline, Log.Homes());
    }

    [SkippableFact]
    public async Task When_a_log_is_opened_again_then_offsets_epochs_and_versions_go_on_where_they_were()
    {
        TopicInfo topic = Topic("orders");
        StartId start = Start();
        TestTask task = await TaskAsync(start);
        await task.CommitAsync(topic, 0, Records("a", "b"));
        long next = End(topic);

        ReopenLog();

        Assert.False(WriteHome(StartId.New(), new byte[] { 1 }, 0));
        TestTask again = await TaskAsync();
        Assert.Equal(2, Log.ReadHome(Pipeline)!.Version);
        Assert.Equal(new Epoch(1), again.Last);
        await again.CommitAsync(topic, 0, Records("c"));
        Assert.Equal([(next, Records("c")[0])], ReadFrom(topic, 0, next));
    }

    [SkippableFact]
    public async Task When_a_log_is_opened_again_then_claims_of_the_old_process_are_refused_under_a_new_start()
    {
        TopicInfo topic = Topic("orders");
        StartId old = Start();
        await (await TaskAsync(old)).CommitAsync(topic, 0, Records("a"));

        ReopenLog();
        StartId start = Start();

        await Refused(RefusalReason.NewerStart, () => TaskAsync(old, attempt: 2));
        await (await TaskAsync(start)).CommitAsync(topic, 0, Records("b"));
        Assert.Equal([.. Records("a"), .. Records("b")], Read(topic));
    }

    [SkippableFact]
    public async Task When_a_log_is_opened_again_then_what_was_removed_stays_removed()
    {
        TopicInfo purged = Topic("purged"), deleted = Topic("deleted");
        TestTask task = await TaskAsync();
        for (int n = 0; n < 4; n++) await task.Write(deleted, 0, Records($"{n}")).CommitAsync(purged, 0, Records($"{n}"));
        List<(long Offset, TestRecord Record)> all = ReadFrom(purged, 0, 0);
        Log.Purge(purged, 0, all[2].Offset);
        Await(() => Log.Range(purged, 0).FirstOffset == all[2].Offset, "the first half is purged");
        Delete(deleted);
        PartitionRange range = Range(purged, 0);

        ReopenLog();

        Assert.Equal(range, Range(purged, 0));
        Assert.Equal(all.Skip(2), ReadFrom(purged, 0, range.FirstOffset));
        Assert.Throws<OffsetOutOfRangeException>(() => ReadFrom(purged, 0, 0));
        Assert.Null(Log.Find(deleted.Name));
        TopicInfo anew = Log.Create(deleted.Spec);
        Assert.NotEqual(deleted.Id, anew.Id);
        Assert.Empty(Read(anew));
    }

    [SkippableFact]
    public async Task When_everything_is_purged_and_the_log_is_opened_again_then_no_offset_is_given_twice()
    {
        TopicInfo topic = Topic("purged");
        await (await TaskAsync()).CommitAsync(topic, 0, Records("a", "b", "c"));
        long next = End(topic);
        Log.Purge(topic, 0, next);
        Await(() => Log.Range(topic, 0).FirstOffset == next, "everything is purged");

        ReopenLog();

        Assert.Equal(new PartitionRange(next, next, 0), Log.Range(topic, 0));
        await (await TaskAsync()).CommitAsync(topic, 0, Records("d"));
        Assert.Equal([(next, Records("d")[0])], ReadFrom(topic, 0, next));
    }

    [SkippableFact]
    public void When_a_log_is_opened_again_then_no_number_is_given_twice()
    {
        TopicInfo topic = Topic("orders");
        StateInfo state = State("state", "shape", 1);
        Delete(topic);

        ReopenLog();
        Start();

        TopicInfo anew = Log.Create(topic.Spec);
        StateInfo other = State("other", "shape", 1);
        Assert.Equal(4, new[] { topic.Number, state.Number, anew.Number, other.Number }.Distinct().Count());
    }
}
