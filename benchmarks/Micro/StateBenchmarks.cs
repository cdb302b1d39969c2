using System.Text;
using BenchmarkDotNet.Attributes;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.State;
using StreamEngine.Tasks;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>
/// Keyed state in memory: an epoch finds and changes each of its keys, and is sealed and committed. Times are those of one key; the store beneath is
/// empty, so that only the first epoch asks it.
/// </summary>
[MemoryDiagnoser]
public class StateBenchmarks
{
    private const int KeysInEpoch = 10_000;

    private readonly byte[][] keys = [.. Enumerable.Range(0, KeysInEpoch).Select(n => Encoding.UTF8.GetBytes($"customer-{n}"))];
    private EpochLedger ledger = null!;
    private KeyedState<long> state = null!;
    private Epoch epoch;

    [GlobalSetup]
    public void Setup()
    {
        ledger = new EpochLedger();
        state = new KeyedState<long>(new StateInfo(1, new StateSpec("count", "int64", 1)), new EmptyStore(), Serdes.Int64, ledger, new NoEvents(), 64L << 20);
        epoch = Epoch.None;
        CountAndSeal();
    }

    /// <summary>Finds keys that are in memory.</summary>
    [Benchmark(OperationsPerInvoke = KeysInEpoch)]
    public long Find()
    {
        long sum = 0;
        foreach (byte[] key in keys) sum += state.Find(0, key).Value;
        return sum;
    }

    /// <summary>Counts each key once, seals, and takes the changes as a commit does.</summary>
    [Benchmark(OperationsPerInvoke = KeysInEpoch)]
    public int CountAndSeal()
    {
        foreach (byte[] key in keys)
        {
            StateEntry<long> entry = state.Find(0, key);
            entry.Value++;
            entry.Exists = true;
            state.Changed(entry);
        }

        epoch = epoch.Next();
        int changed = state.Seal(epoch).Count;
        ledger.Take(epoch);
        ledger.Committed = epoch;
        return changed;
    }

    private sealed class EmptyStore : IStateReader
    {
        public bool TryRead(int partition, ReadOnlySpan<byte> key, ByteWriter value) => false;
    }

    private sealed class NoEvents : ITaskEvents
    {
        public void SourceAtBarrier(int source, Epoch epoch, IReadOnlyList<(int Partition, Position Position)> moved)
        {
        }

        public void SourceEnded(int source)
        {
        }

        public void SinkSealed(int sink, Epoch epoch, SealedOutput? output)
        {
        }

        public void EpochFull()
        {
        }

        public void Failed(string stage, Exception error) => throw new InvalidOperationException(stage, error);
    }
}
