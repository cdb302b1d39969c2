namespace StreamEngine.Contracts;

/// <summary>
/// A thread of its own for what may block, even for ever, as a call into a native client may: a bounded queue of work, done one after the other. Whoever hands in
/// more than the bound waits, so only threads that may wait hand in.
/// </summary>
public sealed class WorkerThread : IDisposable
{
    private readonly Queue<Action> waiting = new();
    private readonly Thread thread;
    private readonly int waitingMax;
    private bool closed;

    /// <param name="name">Its name, for debuggers and dumps.</param>
    /// <param name="waitingMax">How much work may wait to be begun.</param>
    public WorkerThread(string name, int waitingMax = 64)
    {
        this.waitingMax = waitingMax;
        thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>Hands work in.</summary>
    /// <returns>Completes when it is done, or with what it threw.</returns>
    public Task Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <summary>Hands work in.</summary>
    /// <returns>What it returned, or what it threw.</returns>
    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (waiting)
        {
            while (waiting.Count >= waitingMax && !closed) Monitor.Wait(waiting);
            if (closed) return Task.FromException<T>(new ObjectDisposedException(thread.Name));
            waiting.Enqueue(() =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            });
            Monitor.PulseAll(waiting);
        }

        return done.Task;
    }

    /// <summary>Takes no more work; what is handed in is still done, but nobody waits for it.</summary>
    public void Dispose()
    {
        lock (waiting)
        {
            closed = true;
            Monitor.PulseAll(waiting);
        }
    }

    private void Run()
    {
        while (true)
        {
            Action work;
            lock (waiting)
            {
                while (waiting.Count == 0 && !closed) Monitor.Wait(waiting);
                if (!waiting.TryDequeue(out work!)) return;
                Monitor.PulseAll(waiting);
            }

            work();
        }
    }
}
