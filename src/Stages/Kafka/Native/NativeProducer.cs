using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// A producer of the library's: for one transactional id, or idempotent. <see cref="Produce(NativeTopic, Chunk)"/> may be called by several threads, the calls
/// on transactions by one. After any failed call on a transaction but a timed out commit, the producer is disposed of and another one made.
/// </summary>
/// <remarks>
/// A thread of its own takes what the client tells, and frees the client once nobody is inside a call any more: a call that never returns, and destroying a client
/// whose broker doesn't answer, hold up nobody else.
/// </remarks>
internal sealed class NativeProducer : IDisposable
{
    /// <summary>The longest wait for what the client tells at a time; disposing ends it early.</summary>
    private const int ServeMilliseconds = 1000;

    /// <summary>How long disposing waits for the client to be freed before it leaves that to the thread.</summary>
    private static readonly TimeSpan DisposeWait = TimeSpan.FromMilliseconds(200);

    private readonly ClientHandle client;
    private readonly Dictionary<string, NativeTopic> topics = [];
    private readonly nint mainQueue;
    private readonly Thread server;

    /// <summary>Makes a producer; it begins to connect, and doesn't wait for that.</summary>
    /// <param name="config">Its settings, under librdkafka's names (<see cref="ClientDefaults.Producer"/>).</param>
    /// <param name="log">Where its lines and errors go.</param>
    /// <exception cref="KafkaFault">A setting is unknown, or its value isn't allowed, or settings contradict each other.</exception>
    public NativeProducer(IReadOnlyDictionary<string, string> config, ClientLog log)
    {
        client = ClientHandle.Open(Librdkafka.Producer, new Dictionary<string, string>(config) { ["delivery.report.only.error"] = "true" }, log);
        mainQueue = Librdkafka.MainQueue(client.Raw);
        server = new Thread(Serve) { IsBackground = true, Name = $"kafka producer {log.Client}" };
        server.Start();
    }

    /// <summary>Waits until a broker is reached, at most for a time; what fails then fails again at the next call, and says why.</summary>
    public void Connect(TimeSpan timeout)
    {
        if (Librdkafka.Metadata(client.Raw, 0, 0, out nint metadata, ClientHandle.Milliseconds(timeout)) == 0) Librdkafka.MetadataDestroy(metadata);
    }

    /// <summary>Takes the transactional id over: whoever else uses it is fenced, its open transaction aborted.</summary>
    /// <exception cref="KafkaFault">It timed out, or isn't allowed.</exception>
    public void InitTransactions(TimeSpan timeout) =>
        Transact("transactions can't be initialised", timeout, Librdkafka.InitTransactions);

    /// <summary>Begins a transaction; sends nothing.</summary>
    /// <exception cref="KafkaFault">One is open, or the producer is fenced.</exception>
    public void BeginTransaction() => Transact("a transaction can't be begun", default, static (raw, _) => Librdkafka.BeginTransaction(raw));

    /// <summary>Sends what waits, and commits the open transaction.</summary>
    /// <exception cref="KafkaFault">It wasn't committed, or nobody knows: retriable only if the same call may be repeated.</exception>
    public void CommitTransaction(TimeSpan timeout) => Transact("a transaction can't be committed", timeout, Librdkafka.CommitTransaction);

    /// <summary>Drops what waits, and aborts the open transaction.</summary>
    /// <exception cref="KafkaFault">It failed; the broker aborts the transaction after its timeout.</exception>
    public void AbortTransaction(TimeSpan timeout) => Transact("a transaction can't be aborted", timeout, Librdkafka.AbortTransaction);

    /// <summary>Waits until all that was produced is written or given up (<see cref="TakeDeliveryError"/>).</summary>
    /// <exception cref="KafkaFault">It timed out.</exception>
    public void Flush(TimeSpan timeout)
    {
        Enter();
        try
        {
            KafkaFault.ThrowIf(Librdkafka.Flush(client.Raw, ClientHandle.Milliseconds(timeout)), "records are still not written");
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Waits until all that was produced since it was asked last is written.</summary>
    /// <exception cref="KafkaFault">A record was given up, or it timed out.</exception>
    public void Deliver(TimeSpan timeout)
    {
        Flush(timeout);
        if (TakeDeliveryError() is { } fault) throw fault;
    }

    /// <summary>Hands one record over for sending; waits while the queue is full.</summary>
    /// <param name="topic">The topic, of this producer.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="key">The key's bytes.</param>
    /// <param name="hasKey">Whether it has a key.</param>
    /// <param name="value">The value's bytes.</param>
    /// <param name="hasValue">Whether it has a value; without, it is a tombstone.</param>
    /// <param name="timestamp">Event time, in milliseconds since 1970.</param>
    /// <param name="headers">The headers.</param>
    /// <exception cref="KafkaFault">It can't be taken: too large, no such partition, no transaction open, or the producer is fenced.</exception>
    public unsafe void Produce(
        NativeTopic topic, int partition, ReadOnlySpan<byte> key, bool hasKey, ReadOnlySpan<byte> value, bool hasValue, long timestamp, RecordHeaders headers)
    {
        RawArgument* arguments = stackalloc RawArgument[ProduceArguments.Count];
        var call = new ProduceArguments(arguments, topic, partition);
        Enter();
        try
        {
            fixed (byte* keyBytes = key, valueBytes = value)
            {
                Send(call.Fill(keyBytes, key.Length, hasKey, valueBytes, value.Length, hasValue, timestamp, headers), ref call, topic);
            }
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Hands every record of a chunk over for sending, to the chunk's partition; waits while the queue is full.</summary>
    /// <inheritdoc cref="Produce(NativeTopic, Chunk, int, int)"/>
    public void Produce(NativeTopic topic, Chunk chunk) => Produce(topic, chunk, chunk.Partition, 0);

    /// <summary>Hands every record of a chunk over for sending; waits while the queue is full.</summary>
    /// <param name="topic">The topic, of this producer.</param>
    /// <param name="chunk">The records; they are copied, and the chunk stays its caller's.</param>
    /// <param name="partition">Their partition.</param>
    /// <param name="routedOver">Over how many partitions those with a key are spread, as Kafka's clients do it by default; 0 leaves them in that one.</param>
    /// <exception cref="KafkaFault">One can't be taken; those before it are.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Produce(NativeTopic topic, Chunk chunk, int partition, int routedOver)
    {
        RawArgument* arguments = stackalloc RawArgument[ProduceArguments.Count];
        var call = new ProduceArguments(arguments, topic, partition);
        Enter();
        try
        {
            // All the reader's spans lie in the chunk's one buffer, which stays where it is as long as one of its bytes is held.
            fixed (byte* pinned = chunk.Encoded)
            {
                var reader = new ChunkReader(chunk);
                while (reader.MoveNext())
                {
                    ReadOnlySpan<byte> key = reader.Key;
                    ReadOnlySpan<byte> value = reader.Value;
                    if (routedOver > 0) call.Partition = reader.HasKey ? Murmur2.Partition(key, routedOver) : partition;
                    nuint count = call.Fill(
                        (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(key)),
                        key.Length,
                        reader.HasKey,
                        (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(value)),
                        value.Length,
                        reader.HasValue,
                        reader.Timestamp,
                        reader.Headers);
                    Send(count, ref call, topic);
                }
            }
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>The topic of that name; asks no broker whether there is one.</summary>
    /// <exception cref="KafkaFault">No topic can have that name.</exception>
    public NativeTopic Topic(string name)
    {
        Enter();
        try
        {
            lock (topics)
            {
                if (topics.TryGetValue(name, out NativeTopic? known)) return known;
                nint raw = Librdkafka.TopicNew(client.Raw, name, 0);
                if (raw == 0) throw KafkaFault.Of(Librdkafka.LastError(), $"topic {name}");
                var topic = new NativeTopic(name, raw);
                topics.Add(name, topic);
                return topic;
            }
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>The error after which the producer can't be used any more; null when there is none.</summary>
    public KafkaFault? Fatal()
    {
        Enter();
        try
        {
            return client.Fatal();
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>The first record since the last call that was given up; null when there is none.</summary>
    public KafkaFault? TakeDeliveryError() => client.Events.TakeDeliveryError();

    /// <summary>Whether a connection to a broker was lost, or a request timed out, since the last call.</summary>
    public bool TakeDisconnects() => client.Events.TakeDisconnects();

    /// <summary>
    /// Drops what wasn't sent and frees the client, as soon as nobody is inside a call any more; threads that wait for room get an <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose()
    {
        if (!client.TryEnter()) return;
        client.Close();
        Librdkafka.QueueYield(mainQueue);
        Exit();
        if (Thread.CurrentThread != server) server.Join(DisposeWait);
    }

    /// <summary>Takes what the client tells until the producer is disposed of and nobody is inside a call, then frees the client.</summary>
    private void Serve()
    {
        int wait = 1;
        while (!client.IsClosing || client.IsBusy)
        {
            // A thread that waits for room takes the room that purging makes: it takes more than one round to let it go.
            if (client.IsClosing) _ = Librdkafka.Purge(client.Raw, Librdkafka.PurgeAll);
            nint told = Librdkafka.QueuePoll(mainQueue, client.IsClosing ? wait = Math.Min(2 * wait, ServeMilliseconds) : ServeMilliseconds);
            if (told != 0) client.Events.Take(told);
        }

        foreach (NativeTopic topic in topics.Values) Librdkafka.TopicDestroy(topic.Raw);
        Librdkafka.QueueDestroy(mainQueue);
        client.Destroy();
    }

    private void Transact(string doing, TimeSpan timeout, Func<nint, int, nint> call)
    {
        Enter();
        try
        {
            nint error = call(client.Raw, ClientHandle.Milliseconds(timeout));
            if (error != 0) throw Explained(KafkaFault.Take(error, doing));
        }
        finally
        {
            Exit();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Send(nuint count, ref ProduceArguments call, NativeTopic topic)
    {
        nint error = Librdkafka.Produce(client.Raw, call.Arguments, count);
        if (error != 0 || client.IsClosing) Refuse(error, ref call, topic);
    }

    private void Refuse(nint error, ref ProduceArguments call, NativeTopic topic)
    {
        ObjectDisposedException.ThrowIf(error == 0, this);
        call.TakeBackHeaders();
        KafkaFault fault = KafkaFault.Take(error, $"a record of {call.Bytes} bytes for topic {topic.Name}, partition {call.Partition}, isn't taken");
        ObjectDisposedException.ThrowIf(client.IsClosing, this);
        throw Explained(fault);
    }

    /// <summary>"Fatal error" says only that there is one, and a transaction that has failed before only that; the client knows which, and why.</summary>
    private KafkaFault Explained(KafkaFault fault) =>
        fault.Code == Confluent.Kafka.ErrorCode.Local_Fatal && client.Fatal() is { } cause
            ? new KafkaFault((int)cause.Code, $"{fault.Message}: {cause.Message}", isFatal: true)
            : client.Events.Cause(fault);

    private void Enter() => ObjectDisposedException.ThrowIf(!client.TryEnter(), this);

    private void Exit() => client.Exit();
}
