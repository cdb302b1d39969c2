using System.IO.Hashing;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <summary>The calls of an asynchronous operator in one task. Belongs to the task's thread.</summary>
internal interface IAsyncCalls
{
    /// <summary>Whether nothing is waiting to be called, so that another element may be taken.</summary>
    bool HasRoom { get; }

    /// <summary>Whether nothing is left: all calls have returned, and their results were taken.</summary>
    bool IsEmpty { get; }

    /// <summary>Takes the records of an element; calls begin as far as the concurrency allows.</summary>
    void Add(Element element);

    /// <summary>Takes what calls have returned meanwhile, and begins others. Throws what fails the task.</summary>
    void Collect();

    /// <summary>The next batch of results; null when there is none.</summary>
    Element? TakeResults();

    /// <summary>The epoch ends: everything is empty by now.</summary>
    void Close(Epoch epoch);
}

/// <summary>Makes the calls of an asynchronous operator.</summary>
internal sealed class AsyncCallsFactory(StageContext context, Action returned, CancellationToken stopping) : IAsyncVisitor<IAsyncCalls>
{
    public IAsyncCalls Visit<TKey, TValue, TNextValue>(AsyncNode<TKey, TValue, TNextValue> node) =>
        new AsyncCalls<TKey, TValue, TNextValue>(node, context, returned, stopping);
}

/// <summary>
/// The calls of an asynchronous operator in one task. The concurrency counts records. Results leave in the order of the records, or as they
/// come, but those of one key always in the order of its records.
/// </summary>
internal sealed class AsyncCalls<TKey, TValue, TNextValue> : Receiver<TKey, TValue>, IAsyncCalls, IOriginals
{
    private readonly AsyncNode<TKey, TValue, TNextValue> node;
    private readonly StageContext context;
    private readonly Action returned;
    private readonly CancellationToken stopping;
    private readonly StreamShape<TKey, TValue> shape;
    private readonly SegmentHead<TKey, TValue> head;
    private readonly BatchPool<TKey, TNextValue> pool;
    private readonly Queue<AsyncCall> backlog = new();
    private readonly LinkedList<AsyncCall> running = [];
    private readonly Dictionary<KeyOf, Queue<AsyncCall>> byKey = [];
    private readonly Queue<Element> results = new();
    private readonly ByteWriter scratch = new();
    private Batch<TKey, TNextValue>? open;
    private AsyncCall? failing;

    public AsyncCalls(AsyncNode<TKey, TValue, TNextValue> node, StageContext context, Action returned, CancellationToken stopping)
    {
        this.node = node;
        this.context = context;
        this.returned = returned;
        this.stopping = stopping;
        shape = (StreamShape<TKey, TValue>)node.Inputs[0].Output!;
        head = new SegmentHead<TKey, TValue>(this, shape, context);
        context.Originals = this;
        pool = context.Batches<TKey, TNextValue>();
    }

    public bool HasRoom => backlog.Count == 0 && running.Count < node.Concurrency;

    public bool IsEmpty => backlog.Count == 0 && running.Count == 0 && results.Count == 0 && open is null;

    public void Add(Element element)
    {
        head.Process(element);
        Collect();
    }

    public override void Receive(ref Record<TKey, TValue> record)
    {
        // The record waits for its call and its result longer than the element it came in, so it takes its key and value along.
        Record<TKey, TValue> kept = record;
        KeyOf key = default;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                if (OrdersKeys) key = new KeyOf(kept.KeyBytes(shape.KeySerde, scratch).ToArray());
                kept.Detach();
                break;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (!context.OnError(ref record, e, attempt)) return;
            }
        }

        backlog.Enqueue(new AsyncCall(kept, key));
    }

    /// <summary>A record whose call failed has left its element, so its bytes are made anew.</summary>
    public DeadLetter? Restore(DeadLetter letter, Origin origin)
    {
        if (failing is not { } call) return head.Restore(letter, origin);
        return letter with
        {
            Key = call.Record.HasKey ? call.Record.KeyBytes(shape.KeySerde, scratch).ToArray() : (ReadOnlyMemory<byte>?)null,
            Value = call.Record.IsTombstone ? null : (ReadOnlyMemory<byte>?)call.Record.ValueBytes(shape.ValueSerde, scratch).ToArray(),
            Timestamp = call.Record.Timestamp,
            Headers = call.Record.Headers,
        };
    }

    public override void OnBarrier(Epoch epoch)
    {
    }

    public void Collect()
    {
        do
        {
            foreach (AsyncCall call in running) Settle(call);
            for (LinkedListNode<AsyncCall>? at = running.First; at is not null && (at.Value.IsSettled || !node.IsOrdered);)
            {
                LinkedListNode<AsyncCall>? next = at.Next;
                if (at.Value.IsSettled && MayLeave(at.Value)) Leave(at);
                at = next;
            }
        }
        while (BeginMore());
    }

    public Element? TakeResults()
    {
        if (results.TryDequeue(out Element? full)) return full;
        Batch<TKey, TNextValue>? taken = open;
        open = null;
        return taken;
    }

    public void Close(Epoch epoch) => context.Close(epoch);

    /// <summary>Begins what waits, as far as there is room; says whether some of it has returned at once.</summary>
    private bool BeginMore()
    {
        bool returnedAtOnce = false;
        while (running.Count < node.Concurrency && backlog.TryDequeue(out AsyncCall? call))
        {
            running.AddLast(call);
            if (OrdersKeys)
            {
                if (!byKey.TryGetValue(call.Key, out Queue<AsyncCall>? queue)) byKey[call.Key] = queue = new Queue<AsyncCall>();
                queue.Enqueue(call);
            }

            Start(call);
            returnedAtOnce |= call.Pending.IsCompleted;
        }

        return returnedAtOnce;
    }

    private bool OrdersKeys => !node.IsOrdered && typeof(TKey) != typeof(NoKey);

    private void Start(AsyncCall call)
    {
        call.Attempt++;
        try
        {
            call.Pending = node.Call(call.Record.Key, call.Record.Value, stopping).AsTask();
        }
        catch (Exception e)
        {
            call.Pending = Task.FromException<TNextValue>(e);
        }

        if (!call.Pending.IsCompleted)
        {
            call.Pending.ContinueWith(
                static (_, state) => ((Action)state!)(), returned, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Takes the result of a call that has returned, or begins it again, which may return at once, or leaves its record out.</summary>
    private void Settle(AsyncCall call)
    {
        while (!call.IsSettled && call.Pending.IsCompleted)
        {
            if (call.Pending.IsCompletedSuccessfully)
            {
                call.Result = call.Pending.Result;
                call.IsSettled = true;
            }
            else if (MayRepeat(call, call.Pending.Exception?.InnerException ?? new OperationCanceledException()))
            {
                Start(call);
            }
            else
            {
                call.IsSettled = true;
                call.IsDead = true;
            }
        }
    }

    private bool MayRepeat(AsyncCall call, Exception error)
    {
        failing = call;
        bool repeats = context.OnError(ref call.Record, error, call.Attempt);
        failing = null;
        return repeats;
    }

    private bool MayLeave(AsyncCall call) => node.IsOrdered ? running.First!.Value == call : !OrdersKeys || byKey[call.Key].Peek() == call;

    private void Leave(LinkedListNode<AsyncCall> place)
    {
        AsyncCall call = place.Value;
        running.Remove(place);
        if (OrdersKeys)
        {
            Queue<AsyncCall> queue = byKey[call.Key];
            queue.Dequeue();
            if (queue.Count == 0) byKey.Remove(call.Key);
        }

        if (call.IsDead) return;
        open ??= pool.Rent();
        open.Add(call.Record.With(new Field<TNextValue>(call.Result)), 128);
        if (!open.IsFull) return;
        results.Enqueue(open);
        open = null;
    }

    /// <summary>A key as its bytes, by which keys of any type are equal; none has no bytes.</summary>
    private readonly struct KeyOf(byte[] bytes) : IEquatable<KeyOf>
    {
        private readonly byte[] bytes = bytes;

        public bool Equals(KeyOf other) => bytes.AsSpan().SequenceEqual(other.bytes);

        public override bool Equals(object? obj) => obj is KeyOf other && Equals(other);

        public override int GetHashCode() => (int)XxHash3.HashToUInt64(bytes);
    }

    private sealed class AsyncCall(Record<TKey, TValue> record, KeyOf key)
    {
        public Record<TKey, TValue> Record = record;

        /// <summary>Its key; set where results are ordered by keys.</summary>
        public KeyOf Key { get; } = key;

        public Task<TNextValue> Pending { get; set; } = Task.FromResult(default(TNextValue)!);

        public TNextValue Result { get; set; } = default!;

        public int Attempt { get; set; }

        public bool IsSettled { get; set; }

        public bool IsDead { get; set; }
    }
}
