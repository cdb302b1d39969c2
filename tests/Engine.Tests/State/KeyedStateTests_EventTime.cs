using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.State;
using StreamEngine.Tasks;

namespace StreamEngine.Tests.State;

/// <summary>What a task keeps of a keyed state in memory, from epoch to epoch.</summary>
public sealed class KeyedStateTests_EventTime
{
    private readonly EpochLedger ledger = new();

    [Fact]
    public void The_time_of_an_entry_is_that_of_its_changes_in_the_open_epoch_however_long_it_was_in_memory()
    {
        var state = new KeyedState<long>(new StateInfo(1, new StateSpec("count", "int64", 1)), new EmptyStore(), Serdes.Int64, ledger, null!, 1 << 20);
        Assert.Equal(2000, Change(state, 1, 1000, 2000));
        Assert.Equal(500, Change(state, 2, 500, 400));
        Assert.Equal(-7, Change(state, 3, -7));
    }

    /// <summary>Changes the same key by records of these event times, and commits; returns the time that the change has.</summary>
    private long Change(KeyedState<long> state, long number, params ReadOnlySpan<long> times)
    {
        foreach (long time in times)
        {
            StateEntry<long> entry = state.Find(0, "key"u8);
            entry.Value++;
            entry.Exists = true;
            entry.Timestamp = Math.Max(entry.Timestamp, time);
            state.Changed(entry);
        }

        var epoch = new Epoch(number);
        long changed = Assert.Single(state.Seal(epoch)).ToRecord(Serdes.String).Timestamp;
        ledger.Take(epoch);
        ledger.Committed = epoch;
        return changed;
    }

    private sealed class EmptyStore : IStateReader
    {
        public bool TryRead(int partition, ReadOnlySpan<byte> key, ByteWriter value) => false;
    }
}
