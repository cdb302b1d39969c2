using System.Numerics;

namespace StreamEngine.Kafka;

/// <summary>
/// The memory for what readers have fetched and nobody has taken yet, divided evenly among those that are open: a task more makes the shares smaller, and one that ends makes
/// them larger. Thread-safe.
/// </summary>
/// <remarks>
/// A share is the high water mark of a reader's queue: the library fetches until the queue has it, and goes on <c>fetch.queue.backoff.ms</c> after it has less. It is fixed when
/// a client is made, so a reader whose share has changed makes its client anew when it is asked for records next, and gives back what it no longer has only then. A reader that
/// is opened meanwhile begins with what is free. What a broker is just sending comes on top: at most as much again for each broker, as the library asks for no more than a queue takes; and the batch that
/// a reader has taken out of its queue and is handing on.
/// </remarks>
/// <param name="bytes">How much there is.</param>
internal sealed class FetchMemory(long bytes)
{
    /// <summary>The least that a reader has, also where all of them together then have more than there is.</summary>
    public const long LeastBytes = 256 << 10;

    private readonly Lock gate = new();
    private readonly HashSet<Share> shares = [];
    private long total = bytes;
    private int changes;

    /// <summary>The memory of all readers of this process, whichever cluster they read.</summary>
    public static FetchMemory OfProcess { get; } = new(KafkaLogOptions.FetchMemoryBytes);

    /// <summary>How much readers hold together, what each takes being its whole share.</summary>
    public long HeldBytes
    {
        get
        {
            lock (gate) return shares.Sum(share => share.Bytes);
        }
    }

    /// <summary>There is this much from now on.</summary>
    public void Limit(long most)
    {
        lock (gate)
        {
            total = most;
            changes++;
        }
    }

    /// <summary>Takes a share for a reader that is opened.</summary>
    /// <param name="most">The most that this one can use.</param>
    public Share Open(long most)
    {
        lock (gate)
        {
            var share = new Share(this, most);
            shares.Add(share);
            changes++;
            share.Bytes = Math.Max(LeastBytes, Math.Min(Fair(share), total - shares.Sum(other => other.Bytes)));
            return share;
        }
    }

    /// <summary>An even part in whole powers of two, so that one reader more or less seldom changes those of others; no more than a reader can use.</summary>
    private long Fair(Share share) => Math.Min(share.Most, Math.Max(LeastBytes, (long)BitOperations.RoundUpToPowerOf2((ulong)(total / shares.Count) + 1) / 2));

    /// <summary>The part of one reader.</summary>
    public sealed class Share : IDisposable
    {
        private readonly FetchMemory memory;
        private int seen = -1;

        internal Share(FetchMemory memory, long most)
        {
            this.memory = memory;
            Most = Math.Max(most, LeastBytes);
        }

        /// <summary>The most that its reader can use.</summary>
        public long Most { get; }

        /// <summary>How much it is: what the reader's client has been made with.</summary>
        public long Bytes { get; internal set; }

        /// <summary>How much it is to be from now on; null when nothing has changed. What it is to be more is taken at once; what less, given back by <see cref="Settle"/>.</summary>
        public long? Changed()
        {
            if (Volatile.Read(ref memory.changes) == seen) return null;
            lock (memory.gate)
            {
                seen = memory.changes;
                long fair = memory.Fair(this), free = memory.total - memory.shares.Sum(share => share.Bytes);
                if (fair < Bytes) return fair;
                if (fair == Bytes || fair - Bytes > free) return null;
                return Bytes = fair;
            }
        }

        /// <summary>The reader has a client with so much now, or still; one that hasn't come to what it is to be is told again.</summary>
        public void Settle(long held)
        {
            lock (memory.gate)
            {
                if (held != memory.Fair(this)) seen = memory.changes - 1;
                if (held == Bytes) return;
                Bytes = held;
                memory.changes++;
            }
        }

        /// <summary>Gives it back.</summary>
        public void Dispose()
        {
            lock (memory.gate)
            {
                if (memory.shares.Remove(this)) memory.changes++;
            }
        }
    }
}
