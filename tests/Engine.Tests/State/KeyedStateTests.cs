using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.State;
using StreamEngine.Tasks;
using StreamEngine.Tests.Log;

namespace StreamEngine.Tests.State;

/// <summary>Keyed state over the embedded log: what an epoch changes, what its commit leaves, and how much memory it takes.</summary>
public sealed class KeyedStateTests : EmbeddedLogFixture, ITaskEvents
{
    private static readonly PipelineName Pipeline = new("test");
    private readonly EpochLedger ledger = new();
    private StateInfo? info;
    private int full;
    private int tasks;

    [Fact]
    public async Task A_change_is_seen_at_once_by_its_own_task_and_by_the_store_after_the_commit()
    {
        TestTask task = await TaskAsync();
        KeyedState<string> state = Open();
        Put(state, 0, "a", "1");
        Assert.Equal("1", Get(state, 0, "a"));
        Assert.Null(Stored(0, "a"));

        EpochCommit commit = Seal(task, state);
        Put(state, 0, "a", "2");
        Assert.Equal("2", Get(state, 0, "a"));
        Assert.Null(Stored(0, "a"));
        await task.CommitAsync(commit);

        Assert.Equal("1", Stored(0, "a"));
        Assert.Equal("2", Get(state, 0, "a"));
    }

    [Fact]
    public async Task A_removed_key_is_gone_from_the_store_and_can_come_back()
    {
        TestTask task = await TaskAsync();
        KeyedState<string> state = Open();
        Put(state, 0, "a", "1");
        await CommitAsync(task, state);
        StateEntry<string> entry = state.Find(0, Bytes("a"));
        entry.Exists = false;
        state.Changed(entry);
        Assert.Null(Get(state, 0, "a"));
        await CommitAsync(task, state);
        Assert.Null(Stored(0, "a"));

        Put(state, 0, "a", "3");
        await CommitAsync(task, state);

        Assert.Equal("3", Stored(0, "a"));
    }

    [Fact]
    public async Task A_key_belongs_to_its_partition()
    {
        TestTask task = await TaskAsync();
        KeyedState<string> state = Open();
        Put(state, 0, "a", "zero");
        Put(state, 2, "a", "two");
        await CommitAsync(task, state);

        KeyedState<string> again = Open();
        Assert.Equal("zero", Get(again, 0, "a"));
        Assert.Null(Get(again, 1, "a"));
        Assert.Equal("two", Get(again, 2, "a"));
    }

    [Fact]
    public async Task What_was_changed_is_handed_out_once_in_the_order_of_partition_and_key()
    {
        TestTask task = await TaskAsync();
        KeyedState<string> state = Open();
        foreach ((int partition, string key) in new[] { (1, "b"), (0, "long key number two"), (0, "long key number one"), (0, ""), (1, "a"), (0, "b"), (1, "b") }) Put(state, partition, key, "x");

        IReadOnlyList<StateEntry<string>> changed = state.Seal(task.Last.Next());

        Assert.Equal(
            [(0, ""), (0, "b"), (0, "long key number one"), (0, "long key number two"), (1, "a"), (1, "b")],
            changed.Select(entry => (entry.Partition, System.Text.Encoding.UTF8.GetString(entry.Key))));
        Assert.Empty(state.Seal(task.Last.Next().Next()));
    }

    [Fact]
    public async Task What_an_abandoned_epoch_changed_is_gone()
    {
        TestTask task = await TaskAsync();
        KeyedState<string> state = Open();
        Put(state, 0, "a", "1");
        await CommitAsync(task, state);
        Put(state, 0, "a", "2");
        Put(state, 0, "b", "2");
        state.Seal(task.Last.Next());

        KeyedState<string> next = Open();

        Assert.Equal("1", Get(next, 0, "a"));
        Assert.Null(Get(next, 0, "b"));
    }

    [Fact]
    public async Task An_epoch_that_changes_more_than_there_is_room_for_asks_to_be_ended_once()
    {
        TestTask task = await TaskAsync();
        KeyedState<string> state = Open(bytesMax: 2000);
        for (int n = 0; n < 100; n++) Put(state, 0, $"key {n}", "value");
        Assert.Equal(1, full);

        await CommitAsync(task, state);
        for (int n = 0; n < 100; n++) Put(state, 0, $"key {n}", "value");

        Assert.Equal(2, full);
    }

    [Fact]
    public void At_random_it_is_what_a_dictionary_with_epochs_is() =>
        Gen.Int.Sample(seed => Compare(new Random(seed)), iter: PropertyRuns.Of(15), threads: 1);

    /// <summary>Puts, removals, reads, commits and abandoned epochs with so little room that entries are forgotten all the time.</summary>
    private void Compare(Random random)
    {
        int number = ++tasks;
        info = Log.OpenState(Pipeline, new StateSpec($"state-{number}-{Guid.NewGuid():N}", "string -> string", 3));
        TestTask task = TaskAsync(number).GetAwaiter().GetResult();
        ledger.Committed = task.Last;
        var committed = new Dictionary<(int, string), string>();
        var open = new Dictionary<(int, string), string>();
        KeyedState<string> state = Open(bytesMax: random.Next(1, 8000));
        for (int step = 0; step < 300; step++)
        {
            int partition = random.Next(3);
            string key = $"key {random.Next(30)}";
            switch (random.Next(12))
            {
                case < 6:
                    Put(state, partition, key, open[(partition, key)] = $"value {step}");
                    break;
                case 6:
                    StateEntry<string> entry = state.Find(partition, Bytes(key));
                    entry.Exists = false;
                    state.Changed(entry);
                    open.Remove((partition, key));
                    break;
                case 7:
                    CommitAsync(task, state).GetAwaiter().GetResult();
                    committed = new Dictionary<(int, string), string>(open);
                    break;
                case 8 when random.Next(4) == 0:
                    state = Open(bytesMax: random.Next(1, 8000));
                    open = new Dictionary<(int, string), string>(committed);
                    break;
                default:
                    Assert.Equal(open.GetValueOrDefault((partition, key)), Get(state, partition, key));
                    break;
            }
        }

        task.Dispose();
    }

    private KeyedState<string> Open(long bytesMax = 1 << 20)
    {
        info ??= Log.OpenState(Pipeline, new StateSpec("values", "string -> string", 3));
        return new KeyedState<string>(info, Log.ReadState(info), Serdes.String, ledger, this, bytesMax);
    }

    private static void Put(KeyedState<string> state, int partition, string key, string value)
    {
        StateEntry<string> entry = state.Find(partition, Bytes(key));
        entry.Value = value;
        entry.Exists = true;
        state.Changed(entry);
    }

    private static string? Get(KeyedState<string> state, int partition, string key)
    {
        StateEntry<string> entry = state.Find(partition, Bytes(key));
        return entry.Exists ? entry.Value : null;
    }

    private string? Stored(int partition, string key)
    {
        var value = new ByteWriter();
        return Log.ReadState(info!).TryRead(partition, Bytes(key), value) ? System.Text.Encoding.UTF8.GetString(value.Written) : null;
    }

    private EpochCommit Seal(TestTask task, KeyedState<string> state)
    {
        EpochCommit commit = task.Seal();
        state.Seal(commit.Epoch);
        return commit with { State = ledger.Take(commit.Epoch).State };
    }

    private async Task CommitAsync(TestTask task, KeyedState<string> state)
    {
        EpochCommit commit = Seal(task, state);
        await task.CommitAsync(commit);
        ledger.Committed = commit.Epoch;
    }

    private static byte[] Bytes(string key) => System.Text.Encoding.UTF8.GetBytes(key);

    void ITaskEvents.EpochFull() => full++;

    void ITaskEvents.SourceAtBarrier(int source, Epoch epoch, IReadOnlyList<(int Partition, Position Position)> moved) => throw new NotSupportedException();

    void ITaskEvents.SourceEnded(int source) => throw new NotSupportedException();

    void ITaskEvents.SinkSealed(int sink, Epoch epoch, SealedOutput? output) => throw new NotSupportedException();

    void ITaskEvents.Failed(string stage, Exception error) => throw new NotSupportedException();
}
