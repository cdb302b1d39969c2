using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <summary>The thread of a sink's writer that may block, and the bounded queue in front of it.</summary>
internal sealed class SinkFeed : IDisposable
{
    private readonly ISinkWriter writer;
    private readonly long bytesMax;
    private readonly Action<Epoch, SealedOutput?> sealedEpoch;
    private readonly Action<Exception> failed;
    private readonly Action room;
    private readonly object gate = new();
    private readonly Queue<Element> items = new();
    private readonly Thread thread;
    private long bytes;
    private bool full;
    private bool stopped;

    /// <summary>A feed whose thread runs.</summary>
    /// <param name="name">The sink's name.</param>
    /// <param name="writer">The writer.</param>
    /// <param name="bytesMax">How much may wait: above it there is no room, below half of it there is again.</param>
    /// <param name="sealedEpoch">Is told what the writer sealed.</param>
    /// <param name="room">Is called when there is room again. Must not block.</param>
    /// <param name="failed">Is told what the writer throws.</param>
    public SinkFeed(string name, ISinkWriter writer, long bytesMax, Action<Epoch, SealedOutput?> sealedEpoch, Action room, Action<Exception> failed)
    {
        this.writer = writer;
        this.bytesMax = bytesMax;
        this.sealedEpoch = sealedEpoch;
        this.room = room;
        this.failed = failed;
        thread = new Thread(Run) { IsBackground = true, Name = $"sink {name}" };
        thread.Start();
    }

    /// <summary>Hands an element or a barrier to the writer.</summary>
    /// <returns>Whether there is room for more; if not, the callback says when there is.</returns>
    public bool Add(Element element)
    {
        lock (gate)
        {
            items.Enqueue(element);
            bytes += element.Bytes;
            full = bytes > bytesMax;
            Monitor.PulseAll(gate);
            return !full;
        }
    }

    /// <summary>Ends the thread; what waits is given back unwritten.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            while (items.TryDequeue(out Element? element)) element.Release();
            Monitor.PulseAll(gate);
        }

        // The writer is disposed by who made it, which must not happen while it writes; one that hangs is left behind.
        thread.Join(TimeSpan.FromSeconds(2));
    }

    private void Run()
    {
        try
        {
            while (Take() is { } element)
            {
                if (element is Barrier barrier) sealedEpoch(barrier.Epoch, writer.Seal(barrier.Epoch));
                else writer.Write(element);
            }
        }
        catch (Exception e)
        {
            failed(e);
        }
    }

    private Element? Take()
    {
        Element? element;
        bool hasRoom = false;
        lock (gate)
        {
            while (items.Count == 0 && !stopped) Monitor.Wait(gate);
            if (!items.TryDequeue(out element)) return null;
            bytes -= element.Bytes;
            if (full && bytes <= bytesMax / 2)
            {
                full = false;
                hasRoom = true;
            }
        }

        if (hasRoom) room();
        return element;
    }
}
