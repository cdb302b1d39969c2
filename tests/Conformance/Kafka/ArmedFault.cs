namespace StreamEngine.Conformance.Kafka;

/// <summary>A fault that a proxy has been given, and how often it has happened. Dispose of it to take it back.</summary>
public sealed class ArmedFault : IDisposable
{
    private readonly Lock guard = new();
    private readonly ManualResetEventSlim changed = new();
    private readonly Dictionary<KafkaApi, Random> chances;
    private int seen, chosen, hits;
    private bool isOver;

    internal ArmedFault(ProxyFault fault)
    {
        Fault = fault;
        chances = fault.Apis.ToDictionary(api => api, api => new Random(HashOf(fault.Seed, api)));
    }

    /// <summary>What it was armed with.</summary>
    public ProxyFault Fault { get; }

    /// <summary>How often it has happened: a connection cut, a reply dropped, something passed on late.</summary>
    public int Hits => Volatile.Read(ref hits);

    /// <summary>Waits until it has happened so often.</summary>
    /// <exception cref="TimeoutException">It has not, for thirty seconds.</exception>
    public void AwaitHits(int count = 1)
    {
        while (Hits < count)
        {
            changed.Reset();
            if (Hits < count && !changed.Wait(TimeSpan.FromSeconds(30))) throw new TimeoutException($"{Fault.Act} of {string.Join(", ", Fault.Apis)} happened {Hits} times, not {count}");
        }
    }

    /// <summary>Takes it back; what it has already chosen still happens.</summary>
    public void Dispose()
    {
        lock (guard) isOver = true;
    }

    /// <summary>Whether a request that has come in is to be hit; counts it.</summary>
    internal bool Chooses(KafkaApi api)
    {
        lock (guard)
        {
            if (isOver || !chances.TryGetValue(api, out Random? chance)) return false;
            bool meant = chance.NextDouble() < Fault.Probability;
            if (++seen < Fault.First || chosen >= Fault.Times || !meant) return false;
            chosen++;
            return true;
        }
    }

    /// <summary>Says that it has happened.</summary>
    internal void Happened()
    {
        Interlocked.Increment(ref hits);
        changed.Set();
    }

    private static int HashOf(int seed, KafkaApi api) => unchecked((seed * 31) + (int)api);
}
