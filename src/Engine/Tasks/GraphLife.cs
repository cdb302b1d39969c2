namespace StreamEngine.Tasks;

/// <summary>
/// Says when a graph has stopped: all its ends have, so its thread is in none of its stages any more, and what they use can be closed.
/// </summary>
internal sealed class GraphLife
{
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;
    private bool begun;

    /// <summary>The graph is about to run, with so many sources and sinks.</summary>
    public void Begin(int ends)
    {
        running = ends;
        begun = true;
    }

    /// <summary>A source or a sink has stopped.</summary>
    public void EndStopped()
    {
        if (Interlocked.Decrement(ref running) == 0) stopped.SetResult();
    }

    /// <summary>Waits until the graph has stopped, or never ran; false when it still runs after that time: a stage hangs.</summary>
    public bool Wait(TimeSpan atMost) => !begun || stopped.Task.Wait(atMost);
}
