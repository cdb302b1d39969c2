using StreamEngine.Diagnostics;
using StreamEngine.Log.Rocks;

namespace StreamEngine.Log;

/// <summary>
/// The one thread that writes to the log. It takes what waits, gives out offsets in the order of the commits, writes one batch, syncs
/// once for all of them, and only then lets readers see and writers know.
/// </summary>
internal sealed class Committer : IDisposable
{
    /// <summary>A group is closed at this size, so that a batch stays small beside the write buffers.</summary>
    private const long GroupBytesMax = 32L << 20;

    // A task has one commit on its way and a caller waits for its own request, so what waits is bounded by tasks and threads. Waiting is a
    // plain monitor's, because spinning takes the processor from the threads that do the work waited for.
    private readonly Queue<LogWrite> waiting = new();
    private bool closed;
    private readonly string path;
    private readonly RocksDatabase db;
    private readonly LogCatalog catalog;
    private readonly DurableEnd end;
    private readonly LogTransaction transaction;
    private readonly List<LogWrite> group = [];
    private readonly Thread thread;

    public Committer(string path, RocksDatabase db, LogCatalog catalog, DurableEnd end)
    {
        this.path = path;
        this.db = db;
        this.catalog = catalog;
        this.end = end;
        transaction = new LogTransaction(db, catalog);
        thread = new Thread(Run) { IsBackground = true, Name = "log-committer" };
        thread.Start();
    }

    /// <summary>Hands a request in; it completes when it is durable.</summary>
    public Task Submit(LogWrite write)
    {
        lock (waiting)
        {
            if (closed)
            {
                write.Fail(new ObjectDisposedException("log"));
            }
            else
            {
                waiting.Enqueue(write);
                Monitor.Pulse(waiting);
            }
        }

        return write.Done;
    }

    /// <summary>Hands a request in and waits for it.</summary>
    public void Write(Action<LogTransaction> stage, Action? apply = null) => Submit(new SingleWrite(stage, apply)).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (waiting)
        {
            closed = true;
            Monitor.Pulse(waiting);
        }

        thread.Join();
        transaction.Dispose();
    }

    private void Run()
    {
        LogWrite? next = null;
        while ((next ??= Take(wait: true)) is not null)
        {
            long bytes = 0;
            LogWrite? first = next;
            next = null;
            for (LogWrite? write = first; write is not null; write = Take(wait: false))
            {
                bool fits = group.Count == 0 || (write.IsGrouped && group[^1].IsGrouped && bytes + write.Bytes <= GroupBytesMax);
                if (!fits)
                {
                    next = write;
                    break;
                }

                if (Stage(write)) bytes += write.Bytes;
            }

            if (group.Count > 0) Commit();
        }
    }

    private LogWrite? Take(bool wait)
    {
        lock (waiting)
        {
            while (wait && waiting.Count == 0 && !closed) Monitor.Wait(waiting);
            return waiting.TryDequeue(out LogWrite? write) ? write : null;
        }
    }

    private bool Stage(LogWrite write)
    {
        int before = transaction.Batch.Count;
        try
        {
            write.Stage(transaction);
            group.Add(write);
            return true;
        }
        catch (Exception e)
        {
            if (transaction.Batch.Count != before)
            {
                // What it has put into the batch can't be taken out again, so nothing of this group may be written.
                var broken = new InvalidOperationException($"{write.GetType().Name} failed after its first write", e);
                FailGroup(broken);
                write.Fail(broken);
            }
            else
            {
                write.Fail(e);
            }

            return false;
        }
    }

    private void Commit()
    {
        try
        {
            if (transaction.Batch.Count > 0)
            {
                CrashPoints.Pass(CrashPoints.BeforeCommit);
                long number = catalog.CommitNumber + 1;
                transaction.Finish(number);
                db.Write(transaction.Batch);
                Note(number);
                catalog.CommitNumber = number;
                CrashPoints.Pass(CrashPoints.AfterCommit);
            }
        }
        catch (RocksException e)
        {
            FailGroup(e.IsCorruption
                ? LogDamagedException.At(path, e)
                : new EngineException(e.Domain, $"the log in {path} can't be written: {e.Message}", e.Remedy, e));
            return;
        }
        catch (Exception e)
        {
            FailGroup(e);
            return;
        }

        foreach (LogWrite write in group) write.Apply();
        transaction.Publish();
        foreach (LogWrite write in group) write.Complete();
        group.Clear();
    }

    private void Note(long number)
    {
        try
        {
            end.Note(number);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The commit is durable, and whoever waits must be told so: taken for failed, its offsets would be given again over what is
            // there. A note that is behind only means that less is noticed at the next opening.
        }
    }

    private void FailGroup(Exception error)
    {
        transaction.Forget();
        foreach (LogWrite write in group) write.Fail(error);
        group.Clear();
    }
}
