using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <summary>
/// What the stages of a task add to its epochs besides output: changes of keyed state, and dead letters. Stages write behind the barrier of
/// the epoch before; the task takes an epoch's share when every sink has sealed it, so all stages are past its barrier by then.
/// </summary>
internal sealed class EpochLedger
{
    private readonly Lock gate = new();
    private readonly Dictionary<Epoch, List<StateChanges>> states = [];
    private readonly Dictionary<Epoch, List<DeadLetter>> letters = [];
    private long committed;

    /// <summary>The last epoch known to be committed, for caches that may forget what is in the store. Read from any thread.</summary>
    public Epoch Committed
    {
        get => new(Volatile.Read(ref committed));
        set => Volatile.Write(ref committed, value.Value);
    }

    public void Add(Epoch epoch, StateChanges changes)
    {
        if (changes.Count > 0) Add(states, epoch, changes);
    }

    public void Add(Epoch epoch, DeadLetter letter) => Add(letters, epoch, letter);

    /// <summary>Takes the share of an epoch.</summary>
    public (IReadOnlyList<StateChanges> State, IReadOnlyList<DeadLetter> Letters) Take(Epoch epoch)
    {
        lock (gate)
        {
            states.Remove(epoch, out List<StateChanges>? changes);
            letters.Remove(epoch, out List<DeadLetter>? dead);
            return (changes ?? [], dead ?? []);
        }
    }

    private void Add<T>(Dictionary<Epoch, List<T>> all, Epoch epoch, T entry)
    {
        lock (gate)
        {
            if (!all.TryGetValue(epoch, out List<T>? list)) all[epoch] = list = [];
            list.Add(entry);
        }
    }
}
