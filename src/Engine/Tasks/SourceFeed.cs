using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <summary>
/// The thread that polls a source for a task, and the bounded queue behind it. When the queue is full the thread waits, and what was
/// prefetched stays: nothing is thrown away by a pause.
/// </summary>
/// <remarks>Several threads meet here: the feed's own, the task's, and the task actor's for <see cref="Assign"/>, <see cref="Finish"/> and <see cref="Stop"/>.</remarks>
internal sealed class SourceFeed : IDisposable
{
    /// <summary>What an item counts besides the bytes of its element, so that a queue of small ones is bounded too.</summary>
    private const int ItemBytes = 64;

    private static readonly TimeSpan PollWait = TimeSpan.FromMilliseconds(250);

    private readonly string name;
    private readonly Func<ISourceReader> open;
    private readonly Action<Exception> failed;
    private readonly object gate = new();
    private readonly Queue<SourceItem> items = new();
    private readonly Queue<(SourcePartition Partition, Position From)> assignments = new();
    private readonly Thread thread;
    private Action? available;
    private ISourceReader? reader;
    private long bytes;
    private bool waiting;
    private bool finishing;
    private bool stopped;

    /// <summary>A feed that is not started yet.</summary>
    /// <param name="name">The source's name.</param>
    /// <param name="open">Opens the reader; called on the feed's thread.</param>
    /// <param name="bytesMax">How much is prefetched: above it the thread waits, below half of it it goes on.</param>
    /// <param name="failed">Is told what the reader throws.</param>
    public SourceFeed(string name, Func<ISourceReader> open, long bytesMax, Action<Exception> failed)
    {
        this.name = name;
        this.open = open;
        BytesMax = bytesMax;
        this.failed = failed;
        thread = new Thread(Run) { IsBackground = true, Name = $"source {name}" };
    }

    /// <summary>How much is prefetched.</summary>
    public long BytesMax { get; }

    /// <summary>Begins to poll.</summary>
    /// <param name="whenAvailable">Is called when something has come after <see cref="TryTake"/> had found nothing. Must not block.</param>
    public void Start(Action whenAvailable)
    {
        available = whenAvailable;
        thread.Start();
    }

    /// <summary>Reads a partition too.</summary>
    public void Assign(SourcePartition partition, Position from)
    {
        lock (gate)
        {
            assignments.Enqueue((partition, from));
            reader?.Wake();
        }
    }

    /// <summary>Takes the next item, whose element is the caller's from then on.</summary>
    public bool TryTake(out SourceItem item)
    {
        lock (gate)
        {
            if (!items.TryDequeue(out item))
            {
                waiting = true;
                return false;
            }

            long before = bytes;
            bytes -= SizeOf(item);
            if (before > BytesMax / 2 && bytes <= BytesMax / 2) Monitor.PulseAll(gate);
            return true;
        }
    }

    /// <summary>Nothing more will come than what is there.</summary>
    public void Finish()
    {
        lock (gate)
        {
            finishing = true;
            reader?.Finish();
        }
    }

    /// <summary>Polls no more. What is prefetched and not taken is as if it was never read.</summary>
    public void Stop()
    {
        lock (gate)
        {
            if (stopped) return;
            stopped = true;
            reader?.Wake();
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Stops, and waits a moment for the thread; one that hangs in its source is left behind.</summary>
    public void Dispose()
    {
        Stop();
        if (thread.IsAlive && Thread.CurrentThread != thread) thread.Join(TimeSpan.FromSeconds(2));
        lock (gate)
        {
            while (items.TryDequeue(out SourceItem item)) item.Element?.Release();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"feed of {name}";

    private void Run()
    {
        try
        {
            using ISourceReader opened = open();
            lock (gate)
            {
                reader = opened;
                if (finishing) opened.Finish();
            }

            while (Prepare())
            {
                if (opened.Poll(PollWait) is { } item) Add(item);
            }
        }
        catch (Exception e)
        {
            bool ended;
            lock (gate) ended = stopped;
            if (!ended) failed(e);
        }
        finally
        {
            lock (gate) reader = null;
        }
    }

    /// <summary>Takes new assignments, and waits while the queue is full; false when the feed is stopped.</summary>
    private bool Prepare()
    {
        while (true)
        {
            (SourcePartition Partition, Position From) next;
            lock (gate)
            {
                if (bytes > BytesMax)
                {
                    while (!stopped && bytes > BytesMax / 2) Monitor.Wait(gate);
                }

                if (stopped) return false;
                if (!assignments.TryDequeue(out next)) return true;
            }

            reader!.Assign(next.Partition, next.From);
        }
    }

    private void Add(SourceItem item)
    {
        bool wake;
        lock (gate)
        {
            if (stopped)
            {
                item.Element?.Release();
                return;
            }

            items.Enqueue(item);
            bytes += SizeOf(item);
            wake = waiting;
            waiting = false;
        }

        if (wake) available!();
    }

    private static long SizeOf(SourceItem item) => ItemBytes + (item.Element?.Bytes ?? 0);
}
