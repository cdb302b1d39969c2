using CsCheck;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

// Commits: rows, dead letters and positions in one act.
public abstract partial class SinkConformance
{
    [SkippableFact]
    public async Task Nothing_is_seen_before_the_commit_and_all_of_it_after()
    {
        SinkTask task = await TaskAsync(await StartAsync());
        task.Write(Keyed, ("a", Value("first")), ("b", Value("second", 2)));
        EpochCommit commit = task.Seal();
        Assert.Empty(Rows);

        await task.CommitAsync(commit);

        Assert.Equal([("a", Value("first")), ("b", Value("second", 2))], Rows.OrderBy(row => row.Key).Select(row => (row.Key, row.Value)));
        Assert.Equal("1", await PositionAsync());
    }

    [SkippableFact]
    public async Task A_row_takes_the_place_of_the_one_with_its_key_and_a_tombstone_removes_it()
    {
        SinkTask task = await TaskAsync(await StartAsync());
        await task.Write(Keyed, ("a", Value("a1")), ("b", Value("b1")), ("c", Value("c1")), ("a", Value("a2"))).CommitAsync();
        Assert.Equal("a2", Rows["a"].Name);

        await task.Write(Keyed, ("a", null), ("b", Value("b2")), ("c", null), ("c", Value("c2")), ("d", Value("d1")), ("d", null), ("e", null)).CommitAsync();

        Assert.Equal([("b", "b2"), ("c", "c2")], Rows.OrderBy(row => row.Key).Select(row => (row.Key, row.Value.Name)));
    }

    [SkippableFact]
    public async Task Rows_without_a_key_are_appended_and_tombstones_refused_one_by_one()
    {
        if (!factory.IsTable) return;
        SinkDefinition<string, SinkValue> sink = factory.Appending("events").For<string>();
        SinkTask task = await TaskAsync(await StartAsync());

        await task.Write(sink, ("a", Value("twice")), ("a", Value("twice")), ("b", null), ("b", Value("once"))).CommitAsync();

        Assert.Equal([("once", 1), ("twice", 2)], factory.CountAppended("events").OrderBy(row => row.Key).Select(row => (row.Key, row.Value)));
        Assert.Contains("tombstone", Assert.Single(task.Refused), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Two_sinks_of_a_task_are_committed_together()
    {
        SinkDefinition<string, SinkValue> events = factory.Appending("events").For<string>();
        Assert.Equal(Keyed.CommitPoint, events.CommitPoint);
        SinkTask task = await TaskAsync(await StartAsync());

        await task.Write(Keyed, ("a", Value("row"))).Write(events, ("a", Value("event"))).CommitAsync();

        Assert.Equal("row", Assert.Single(Rows).Value.Name);
        Assert.Equal("event", Assert.Single(factory.CountAppended("events")).Key);
    }

    [SkippableFact]
    public async Task Dead_letters_are_in_the_commit_and_are_not_doubled()
    {
        SinkTask task = await TaskAsync(await StartAsync());
        var letter = new DeadLetter("copy", "parse", new SourcePartitionId("input", "0"), 7, 0, "FormatException", "no number\0 \ud800")
        {
            Key = new byte[] { 0, 255 }, Value = new byte[] { 1 }, Timestamp = 5, Headers = RecordHeaders.Of(new RecordHeader("h", new byte[] { 9 })),
        };
        EpochCommit commit = task.Seal(letter, letter with { Offset = 8, Key = null, Value = null, Source = null });
        Assert.Empty(factory.ReadDeadLetters());

        await task.CommitAsync(commit);
        await task.CommitAsync(task.Seal(letter));

        Assert.Equal(["copy/parse/-/-/8/0", "copy/parse/input/0/7/0"], factory.ReadDeadLetters().Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task An_epoch_that_is_given_up_leaves_no_trace()
    {
        TaskClaim claim = await StartAsync();
        using (SinkTask task = await TaskAsync(claim))
        {
            task.Write(Keyed, ("a", Value("lost"))).Seal(new DeadLetter("copy", "s", null, 1, 0, "E", "m")).Release();
        }

        SinkTask next = await TaskAsync(claim with { Attempt = 2 });

        Assert.Empty(next.Positions);
        Assert.Empty(Rows);
        await next.Write(Keyed, ("a", Value("kept"))).CommitAsync();
        Assert.Equal("kept", Assert.Single(Rows).Value.Name);
    }

    [SkippableFact]
    public async Task A_commit_that_is_refused_at_its_positions_writes_no_row_and_no_letter()
    {
        if (!factory.IsTable) return;
        TaskClaim claim = await StartAsync();
        SinkTask task = await TaskAsync(claim);
        await task.Write(Keyed, ("a", Value("kept"))).CommitAsync();
        EpochCommit commit = task.Write(Keyed, ("a", Value("doubled")), ("b", Value("doubled"))).Seal(new DeadLetter("copy", "s", null, 1, 0, "E", "m"));

        await Refused(RefusalReason.WrongEpoch, () => task.Session.CommitAsync(commit with { Positions = [.. commit.Positions.Select(p => p with { Epoch = Epoch.None })] }, default));

        Assert.Equal("kept", Assert.Single(Rows).Value.Name);
        Assert.Empty(factory.ReadDeadLetters());
        Assert.Equal("1", await PositionAsync());
    }

    [SkippableFact]
    public async Task Two_tasks_commit_at_once_and_each_row_of_both_is_there()
    {
        const int Epochs = 20, Keys = 50;
        TaskClaim claim = await StartAsync();
        SinkTask[] tasks = [await TaskAsync(claim), await TaskAsync(Other(claim, 1)), await TaskAsync(Other(claim, 2))];

        await Task.WhenAll(tasks.Select(task => Task.Run(async () =>
        {
            for (int epoch = 0; epoch < Epochs; epoch++)
            {
                await task.Write(Keyed, Enumerable.Range(0, Keys).Select(n => ($"{task.Claim.Task.Number}-{n}", (SinkValue?)Value($"epoch {epoch}")))).CommitAsync();
            }
        })));

        Assert.Equal(tasks.Length * Keys, Rows.Count);
        Assert.All(Rows.Values, row => Assert.Equal($"epoch {Epochs - 1}", row.Name));
        IReadOnlyList<CommittedPosition> positions = await Database.ReadPositionsAsync(Pipeline, "copy", default);
        Assert.Equal(["20", "20", "20"], positions.Select(position => position.Position.At));
    }

    [SkippableFact]
    public async Task Whatever_is_written_deleted_given_up_and_resumed_the_table_is_what_was_committed()
    {
        TaskClaim claim = await StartAsync();
        await Check.SampleAsync(
            Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Bool).Array[0, 20].Select(Gen.Int[0, 5]).Array[1, 8],
            async epochs =>
            {
                claim = claim with { Attempt = claim.Attempt + 1 };
                SinkTask task = await TaskAsync(claim);
                Dictionary<string, string> expected = Rows.ToDictionary(row => row.Key, row => row.Value.Name);
                foreach (((int Key, int Number, bool IsDelete)[] records, int fate) in epochs)
                {
                    task.Write(Keyed, records.Select(record => ($"k{record.Key}", record.IsDelete ? null : Value($"{record.Number}"))));
                    if (fate == 0)
                    {
                        // The attempt dies with an open epoch; the next one goes on from what is committed.
                        task.Dispose();
                        claim = claim with { Attempt = claim.Attempt + 1 };
                        task = await TaskAsync(claim);
                        continue;
                    }

                    await task.CommitAsync();
                    foreach ((int key, int number, bool isDelete) in records)
                    {
                        if (isDelete) expected.Remove($"k{key}");
                        else expected[$"k{key}"] = $"{number}";
                    }

                    Assert.Equal(task.Last.ToString(), await PositionAsync());
                    Assert.Equal(expected.OrderBy(row => row.Key), Rows.ToDictionary(row => row.Key, row => row.Value.Name).OrderBy(row => row.Key));
                }

                task.Dispose();
            },
            iter: PropertyRuns.Of(factory.Schedules),
            threads: 1);
    }
}
