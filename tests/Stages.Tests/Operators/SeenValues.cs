namespace StreamEngine.Stages.Tests.Operators;

/// <summary>Values that came by, in order, which a test may wait for.</summary>
internal sealed class SeenValues
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly object gate = new();
    private readonly List<int> values = [];

    public List<int> All
    {
        get
        {
            lock (gate) return [.. values];
        }
    }

    public void Add(int value)
    {
        lock (gate)
        {
            values.Add(value);
            Monitor.PulseAll(gate);
        }
    }

    public void WaitFor(int value)
    {
        lock (gate)
        {
            while (!values.Contains(value)) Assert.True(Monitor.Wait(gate, Patience), $"{value} has not come by");
        }
    }
}
