namespace StreamEngine.Stages.Tests.Operators;

/// <summary>Calls that return ten times their value when the test says so, in the order it says.</summary>
/// <param name="together">How many calls are waited for before they return backwards.</param>
internal sealed class CallGate(int together) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly object gate = new();
    private readonly List<(int Value, TaskCompletionSource<int> Done)> waiting = [];
    private int returned;
    private int begun;

    /// <summary>The most calls that were under way at once.</summary>
    public int RunningMost { get; private set; }

    public async ValueTask<int> Call(int value, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Add((value, done));
            begun++;
            RunningMost = Math.Max(RunningMost, waiting.Count);
            Monitor.PulseAll(gate);
        }

        return await done.Task.WaitAsync(cancellation);
    }

    public void WaitForCalls(int count)
    {
        lock (gate)
        {
            while (begun < count) Assert.True(Monitor.Wait(gate, Patience), $"{begun} of {count} calls were made");
        }
    }

    /// <summary>Lets the call of a value return.</summary>
    public void Return(int value)
    {
        lock (gate)
        {
            int index = waiting.FindIndex(call => call.Value == value);
            waiting[index].Done.SetResult(value * 10);
            waiting.RemoveAt(index);
        }
    }

    /// <summary>Lets the youngest of the calls that wait return first, a full set of them at a time, until so many have returned.</summary>
    public void ReturnBackwards(int until)
    {
        while (returned < until)
        {
            WaitForCalls(Math.Min(until, returned + together));
            lock (gate)
            {
                for (int index = waiting.Count - 1; index >= 0; index--) waiting[index].Done.TrySetResult(waiting[index].Value * 10);
                returned += waiting.Count;
                waiting.Clear();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach ((_, TaskCompletionSource<int> done) in waiting) done.TrySetCanceled();
            waiting.Clear();
        }
    }
}
