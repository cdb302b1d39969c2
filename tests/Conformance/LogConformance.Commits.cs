using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

// Commits: all of an epoch or nothing of it.
public abstract partial class LogConformance
{
    [SkippableFact]
    public async Task When_an_epoch_is_not_committed_then_nothing_of_it_can_be_read()
    {
        TopicInfo topic = Topic("open");
        TestTask task = await TaskAsync();
        await task.CommitAsync(topic, 0, Records("committed"));
        PartitionRange before = Log.Range(topic, 0);

        task.Write(topic, 0, Records("open"));
        Assert.Equal(Records("committed"), Read(topic));
        EpochCommit sealedEpoch = task.Seal();

        Assert.Equal(Records("committed"), Read(topic));
        if (HasGaplessOffsets) Assert.Equal(before, Log.Range(topic, 0));
        sealedEpoch.Release();
    }

    [SkippableFact]
    public async Task When_an_epoch_is_dropped_then_it_leaves_no_trace()
    {
        TopicInfo topic = Topic("dropped");
        StartId start = Start();
        using (TestTask task = await TaskAsync(start))
        {
            await task.CommitAsync(topic, 0, Records("a"));
            task.Write(topic, 0, Records("dropped")).Seal().Release();

            // A log that takes records while an epoch fills waits here until the one before is committed.
            if (WritesAtCommit) task.Write(topic, 0, Records("dropped too"));
        }

        TestTask next = await TaskAsync(start, attempt: 2);
        Assert.Equal(new Epoch(1), next.Last);
        await next.CommitAsync(topic, 0, Records("b"));

        List<(long Offset, TestRecord Record)> read = ReadFrom(topic, 0, 0);
        Assert.Equal([.. Records("a"), .. Records("b")], read.Select(found => found.Record));
        if (HasGaplessOffsets) Assert.Equal([0, 1], read.Select(found => found.Offset));
    }

    [SkippableFact]
    public async Task When_an_epoch_is_committed_then_all_of_it_is_there()
    {
        TopicInfo orders = Topic("orders", 2), refunds = Topic("refunds");
        StateInfo totals = State("totals", "int64", 2);
        TestTask task = await TaskAsync();
        var changes = new StateChanges(totals);
        changes.Put(1, "ada"u8, "7"u8);

        EpochCommit epoch = task.Write(orders, 0, Records("a")).Write(refunds, 0, Records("b")).Write(orders, 1, Records("c")).Seal();
        await task.CommitAsync(epoch with
        {
            State = [changes],
            DeadLetters = [Letter("bad", 0)],
            Outputs = [.. epoch.Outputs, new SealedStage("files", "what to publish"u8.ToArray(), 3)],
        });

        Assert.Equal(Records("a"), Read(orders));
        Assert.Equal(Records("c"), Read(orders, 1));
        Assert.Equal(Records("b"), Read(refunds));
        Assert.Single(Read(DeadLetters));
        Assert.Equal("7", StateValue(totals, 1, "ada"));
        Assert.Single(Log.Unpublished(Pipeline));
        Assert.Equal(new Position("source", "1"), Assert.Single(Log.Positions(Pipeline)).Position.Position);
    }

    [SkippableTheory]
    [InlineData("older start")]
    [InlineData("older attempt")]
    [InlineData("epoch too late")]
    [InlineData("epoch committed already")]
    [InlineData("deleted topic")]
    public async Task When_a_commit_fails_then_it_leaves_no_trace(string why)
    {
        // A log that takes records while the epoch fills has them before the commit, and those of a deleted topic go with it.
        if (why == "deleted topic" && !factory.WritesAtCommit) return;
        TopicInfo topic = Topic("refused"), deleted = Topic("deleted");
        StateInfo state = State("state", "bytes", 1);
        StartId start = Start();
        TestTask task = await TaskAsync(start);
        await task.CommitAsync(topic, 0, Records("committed"));
        var changes = new StateChanges(state);
        changes.Put(0, "key"u8, "refused"u8);
        EpochCommit epoch = task.Write(topic, 0, Records("refused")).Write(deleted, 0, Records("refused")).Seal();
        epoch = epoch with
        {
            Outputs = [.. epoch.Outputs, new SealedStage("files", "refused"u8.ToArray(), 1)],
            State = [changes],
            DeadLetters = [Letter("refused", 0)],
        };
        PartitionRange before = Log.Range(topic, 0);

        switch (why)
        {
            case "older start":
                start = Start();
                break;
            case "older attempt":
                await TaskAsync(start, attempt: 2);
                break;
            case "epoch too late":
                epoch = epoch with { Epoch = epoch.Epoch.Next() };
                break;
            case "epoch committed already":
                epoch = epoch with { Epoch = new Epoch(1) };
                break;
            case "deleted topic":
                Delete(deleted);
                break;
        }

        await Assert.ThrowsAnyAsync<Exception>(() => task.CommitAsync(epoch));

        Assert.Equal(Records("committed"), Read(topic));
        Assert.Empty(Read(DeadLetters));
        Assert.Null(StateValue(state, 0, "key"));
        Assert.Empty(Log.Unpublished(Pipeline));
        Assert.Equal(new Epoch(1), Assert.Single(Log.Positions(Pipeline)).Position.Epoch);
        if (HasGaplessOffsets) Assert.Equal(before, Log.Range(topic, 0));
        if (why != "deleted topic") Assert.Empty(Read(deleted));
        TestTask next = await TaskAsync(start, attempt: 3);
        Assert.Equal(new Epoch(1), next.Last);
        await next.CommitAsync(topic, 0, Records("next"));
        Assert.Equal([.. Records("committed"), .. Records("next")], Read(topic));
    }

    [SkippableFact]
    public async Task When_a_commit_is_repeated_then_it_is_refused_and_nothing_is_there_twice()
    {
        TopicInfo topic = Topic("repeated");
        TestTask task = await TaskAsync();
        EpochCommit epoch = task.Write(topic, 0, Records("once")).Seal();
        await task.Session.CommitAsync(epoch, CancellationToken.None);

        var error = await Assert.ThrowsAsync<CommitRefusedException>(() => task.Session.CommitAsync(epoch, CancellationToken.None));

        Assert.Equal(RefusalReason.WrongEpoch, error.Reason);
        Assert.Equal(Records("once"), Read(topic));
        epoch.Release();
    }

    [SkippableFact]
    public async Task When_an_epoch_has_several_chunks_for_a_partition_then_they_stay_in_order()
    {
        TopicInfo topic = Topic("order", 2);
        TestTask task = await TaskAsync();
        for (int n = 0; n < 40; n++) task.Write(topic, n % 2, Records($"{n}", $"{n}'"));

        await task.CommitAsync();

        for (int partition = 0; partition < 2; partition++)
        {
            string[] expected = [.. Enumerable.Range(0, 40).Where(n => n % 2 == partition).SelectMany(n => new[] { $"{n}", $"{n}'" })];
            Assert.Equal(expected, Read(topic, partition).Select(record => record.Value));
        }
    }

    [SkippableFact]
    public async Task When_an_epoch_has_nothing_but_positions_then_they_are_committed()
    {
        TestTask task = await TaskAsync();

        await task.CommitAsync();
        await task.CommitAsync();

        Assert.Equal(new Position("source", "2"), Assert.Single(Log.Positions(Pipeline)).Position.Position);
    }

    [SkippableFact]
    public async Task When_the_memory_of_an_epoch_is_used_again_then_what_was_committed_stays_as_it_was()
    {
        TopicInfo topic = Topic("memory");
        TestTask task = await TaskAsync();
        var expected = new List<TestRecord>();

        for (int n = 0; n < 20; n++)
        {
            TestRecord[] records = Records(new string((char)('a' + n), 1000));
            expected.AddRange(records);
            await task.CommitAsync(topic, 0, records);
            Assert.Equal(0, task.Pool.Outstanding);
        }

        Assert.Equal(expected, Read(topic));
    }

    [SkippableFact]
    public async Task When_nobody_waits_for_a_commit_any_more_then_its_memory_may_be_used_again_all_the_same()
    {
        TopicInfo topic = Topic("cancelled", factory.Schedules < 10 ? 3 : 30);
        StartId start = Start();
        string whole = new('w', 100_000);

        for (int n = 0; n < topic.Partitions; n++)
        {
            using TestTask task = await TaskAsync(start, number: n);
            EpochCommit epoch = task.Write(topic, n, new TestRecord("key", whole)).Seal();
            using var cancel = new CancellationTokenSource();
            Task committing = task.Session.CommitAsync(epoch, cancel.Token);
            await cancel.CancelAsync();
            await Task.WhenAny(committing);
            epoch.Release();
            TestRecord.Chunk(task.Pool, n, new TestRecord("other", new string('x', 100_000))).Release();
            await TaskAsync(start, number: n, attempt: 2);
        }

        for (int n = 0; n < topic.Partitions; n++) Assert.All(Read(topic, n), record => Assert.True(record == new TestRecord("key", whole), "torn"));
    }

    [SkippableFact]
    public async Task When_dead_letters_are_committed_then_the_topic_tells_each_record_and_its_cause()
    {
        TestTask task = await TaskAsync();
        EpochCommit epoch = task.Seal() with { DeadLetters = [Letter("first", 0), Letter("second", 1) with { Source = null, Key = null, Value = null }] };

        await task.CommitAsync(epoch);

        List<TestRecord> letters = Read(DeadLetters);
        Assert.Equal(["copy/parse/input/0/42/0", "copy/parse/-/-/42/1"], letters.Select(letter => letter.Key));
        Assert.Equal(["first", null], letters.Select(letter => letter.Value));
        Assert.All(letters, letter => Assert.Equal(1234, letter.Timestamp));
        Assert.Equal(
            "streamengine.subgraph=copy;streamengine.stage=parse;streamengine.error=FormatException;streamengine.message=no number;" +
            "streamengine.offset=42;streamengine.source=input;streamengine.partition=0;streamengine.key=the key;own=header",
            letters[0].Headers);
    }

    [SkippableFact]
    public async Task When_there_are_very_many_dead_letters_then_all_of_them_arrive()
    {
        TestTask task = await TaskAsync();

        await task.CommitAsync(task.Seal() with { DeadLetters = [.. Enumerable.Range(0, 10_000).Select(n => Letter($"{n}", n))] });

        Assert.Equal(Enumerable.Range(0, 10_000).Select(n => $"{n}"), Read(DeadLetters).Select(letter => letter.Value));
    }

    /// <summary>A record that could not be parsed.</summary>
    protected static DeadLetter Letter(string value, int ordinal) =>
        new("copy", "parse", new SourcePartitionId("input", "0"), 42, ordinal, "FormatException", "no number")
        {
            Key = Encoding.UTF8.GetBytes("the key"),
            Value = Encoding.UTF8.GetBytes(value),
            Timestamp = 1234,
            Headers = RecordHeaders.Of(new RecordHeader("own", "header")),
        };
}
