using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

// Keyed state, and output that is sealed in the log and published elsewhere.
public abstract partial class LogConformance
{
    [SkippableFact]
    public void When_a_state_is_opened_then_it_is_made_once_and_found_after_that()
    {
        var spec = new StateSpec("totals", "int64", 3);

        StateInfo made = State(spec.Name, spec.Shape, spec.Partitions);

        Assert.Equal(spec, made.Spec);
        Assert.Equal(made, State(spec.Name, spec.Shape, spec.Partitions));
        Assert.Equal(made, State("totals", "another shape", 1));
        Assert.Equal([made], Log.States(Pipeline));
    }

    [SkippableFact]
    public void When_states_are_listed_then_they_are_those_of_the_pipeline()
    {
        var other = new PipelineName(Name("other"));
        StateInfo[] own = [State("a", "", 1), State("b", "", 1)];
        StateInfo foreign = State("a", "", 1, other);

        Assert.Equal(own, Log.States(Pipeline));
        Assert.Equal([foreign], Log.States(other));
        Assert.Equal(3, own.Append(foreign).Select(state => state.Number).Distinct().Count());
    }

    [SkippableFact]
    public async Task When_state_changes_then_its_readers_see_the_last_committed_value()
    {
        StateInfo state = State("state", "bytes", 4);
        TestTask task = await TaskAsync();

        await CommitState(task, state, (0, "a", "1"), (0, "b", "2"), (3, "a", "3"), (0, "empty", ""), (0, "", "empty key"));
        Assert.Equal("1", StateValue(state, 0, "a"));
        Assert.Equal("3", StateValue(state, 3, "a"));
        Assert.Null(StateValue(state, 1, "a"));
        Assert.Null(StateValue(state, 0, "aa"));
        Assert.Equal("", StateValue(state, 0, "empty"));
        Assert.Equal("empty key", StateValue(state, 0, ""));

        await CommitState(task, state, (0, "a", "4"), (0, "a", "5"), (0, "b", null), (0, "c", "6"), (0, "c", null));
        Assert.Equal("5", StateValue(state, 0, "a"));
        Assert.Null(StateValue(state, 0, "b"));
        Assert.Null(StateValue(state, 0, "c"));
        Assert.Equal("3", StateValue(state, 3, "a"));
    }

    [SkippableFact]
    public async Task When_two_states_have_the_same_keys_then_each_keeps_its_own_values()
    {
        StateInfo first = State("first", "bytes", 1), second = State("second", "bytes", 1);
        TestTask task = await TaskAsync();

        await CommitState(task, first, (0, "key", "1"));
        await CommitState(task, second, (0, "key", "2"));
        await CommitState(task, first, (0, "key", null));

        Assert.Null(StateValue(first, 0, "key"));
        Assert.Equal("2", StateValue(second, 0, "key"));
    }

    [SkippableFact]
    public async Task When_keys_and_values_are_long_then_state_keeps_them()
    {
        StateInfo state = State("state", "bytes", 1);
        TestTask task = await TaskAsync();
        foreach (int length in (int[])[240, 247, 248, 249, 256, 10_000])
        {
            string key = new('k', length), value = new('v', Math.Min(length * 100, factory.RecordBytesMax - length - 1000));

            await CommitState(task, state, (0, key, value));

            Assert.True(StateValue(state, 0, key) == value, $"the value of a key of {length} bytes");
        }
    }

    [SkippableFact]
    public async Task When_output_is_sealed_then_it_is_unpublished_until_that_is_noted()
    {
        StartId start = Start();
        TestTask task = await TaskAsync(start);
        for (int n = 1; n <= 2; n++)
        {
            var files = new SealedStage("files", new byte[] { (byte)n, 0 }, 1);
            await task.CommitAsync(task.Seal() with { Outputs = [files, new SealedStage("bucket", Array.Empty<byte>(), 1)] });
        }

        IReadOnlyList<UnpublishedStage> unpublished = Log.Unpublished(Pipeline);
        Assert.Equal(
            ["bucket 1 ", "bucket 2 ", "files 1 0100", "files 2 0200"],
            unpublished.Select(Describe).Order(StringComparer.Ordinal));
        Assert.All(unpublished, stage => Assert.Equal((task.Claim.Task, start), (stage.Task, stage.Start)));

        UnpublishedStage published = unpublished.Single(stage => Describe(stage) == "files 1 0100");
        Log.NotePublished(published);
        Log.NotePublished(published);

        Assert.Equal(["bucket 1 ", "bucket 2 ", "files 2 0200"], Log.Unpublished(Pipeline).Select(Describe).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task When_another_start_comes_then_what_an_older_one_sealed_can_still_be_published()
    {
        StartId old = Start();
        TestTask task = await TaskAsync(old, number: 3);
        await task.CommitAsync(task.Seal() with { Outputs = [new SealedStage("files", new byte[] { 7 }, 1)] });

        Start();

        UnpublishedStage stage = Assert.Single(Log.Unpublished(Pipeline));
        Assert.Equal((old, 3, new Epoch(1)), (stage.Start, stage.Task.Number, stage.Epoch));
        Log.NotePublished(stage);
        Assert.Empty(Log.Unpublished(Pipeline));
    }

    private static string Describe(UnpublishedStage stage) => $"{stage.Sink} {stage.Epoch} {Convert.ToHexString(stage.Manifest.Span)}";

    /// <summary>Commits changes of a state; a null value removes its key.</summary>
    protected static Task CommitState(TestTask task, StateInfo state, params ReadOnlySpan<(int Partition, string Key, string? Value)> values)
    {
        var changes = new StateChanges(state);
        foreach ((int partition, string key, string? value) in values)
        {
            if (value is null) changes.Delete(partition, Encoding.Latin1.GetBytes(key));
            else changes.Put(partition, Encoding.Latin1.GetBytes(key), Encoding.Latin1.GetBytes(value));
        }

        return task.CommitAsync(task.Seal() with { State = [changes] });
    }

    /// <summary>The committed value of a key; null where it has none.</summary>
    protected string? StateValue(StateInfo state, int partition, string key)
    {
        // What was there before must not show through.
        var value = new ByteWriter();
        value.Write("before"u8);
        return Log.ReadState(state).TryRead(partition, Encoding.Latin1.GetBytes(key), value) ? Encoding.Latin1.GetString(value.Written) : null;
    }
}
