using System.Runtime.InteropServices;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// A consumer of the library's that is told what to read, and is a member of no group. Used by one thread, which also disposes of it, but for <see cref="Wake"/>; one
/// that reads nothing, and is only asked for offsets and topics, by any: it is freed once nobody is inside a call any more.
/// </summary>
internal sealed unsafe class NativeConsumer : IDisposable
{
    /// <summary>The most messages of a batch.</summary>
    public const int BatchMax = 4096;

    /// <summary>How long disposing waits for the client to be freed before it leaves that to a thread.</summary>
    private static readonly TimeSpan DisposeWait = TimeSpan.FromMilliseconds(200);

    private readonly ClientHandle client;
    private readonly string name;
    private readonly RawMessage** messages;
    private readonly Lock wakeGate = new();
    private nint queue;
    private bool woken;
    private bool reads;

    /// <summary>Makes a consumer; it begins to connect, and doesn't wait for that.</summary>
    /// <param name="config">Its settings, under librdkafka's names (<see cref="ClientDefaults.Consumer"/>).</param>
    /// <param name="log">Where its lines and errors go.</param>
    /// <exception cref="KafkaFault">A setting is unknown, or its value isn't allowed, or settings contradict each other.</exception>
    public NativeConsumer(IReadOnlyDictionary<string, string> config, ClientLog log)
    {
        name = log.Client;
        var settings = new Dictionary<string, string>(config)
        {
            ["enable.partition.eof"] = "true",
            ["enable.auto.commit"] = "false",
            ["enable.auto.offset.store"] = "false",
            ["auto.offset.reset"] = "error",
        };

        // Among these lines is the one that tells that a topic was made anew (ClientEvents).
        if (!settings.TryAdd("debug", "metadata") && !settings["debug"].Contains("metadata", StringComparison.Ordinal)) settings["debug"] += ",metadata";
        client = ClientHandle.Open(Librdkafka.Consumer, settings, log);
        KafkaFault.ThrowIf(Librdkafka.PollSetConsumer(client.Raw), "a consumer's queues can't be joined");
        queue = Librdkafka.ConsumerQueue(client.Raw);
        messages = (RawMessage**)NativeMemory.Alloc(BatchMax, (nuint)sizeof(RawMessage*));
    }

    /// <summary>What the client has told by callbacks.</summary>
    public ClientEvents Events => client.Events;

    /// <summary>How many messages are prefetched and not taken.</summary>
    public long Queued
    {
        get
        {
            Check();
            return Librdkafka.QueueLength(queue);
        }
    }

    /// <summary>Reads a partition too from now on; what is prefetched of others stays. Asks no broker: an offset that can't be read comes as a message.</summary>
    /// <exception cref="KafkaFault">It is assigned already.</exception>
    public void Assign(string topic, int partition, long offset)
    {
        Check();
        reads = true;
        RawPartitionList* list = List(topic, partition, offset);
        nint error = Librdkafka.IncrementalAssign(client.Raw, list);
        Librdkafka.ListDestroy(list);
        KafkaFault.ThrowIf(error, $"topic {topic}, partition {partition}, can't be assigned");
    }

    /// <summary>Stops reading a partition until <see cref="Resume"/>; what is prefetched of it is dropped, and fetched again.</summary>
    /// <exception cref="KafkaFault">It isn't assigned.</exception>
    public void Pause(string topic, int partition) => Each(topic, partition, isPause: true);

    /// <summary>Reads a partition on.</summary>
    /// <exception cref="KafkaFault">It isn't assigned.</exception>
    public void Resume(string topic, int partition) => Each(topic, partition, isPause: false);

    /// <summary>
    /// Takes what is prefetched; waits for the first message, at most <paramref name="wait"/>, and never for more. Ended early by <see cref="Wake"/>. The batch is
    /// disposed of before the next call.
    /// </summary>
    /// <param name="max">The most messages, up to <see cref="BatchMax"/>.</param>
    /// <param name="wait">How long to wait for the first.</param>
    public NativeBatch Poll(int max, TimeSpan wait)
    {
        Check();
        max = Math.Min(max, BatchMax);

        // The call fills the batch or waits its time out, so only its first message is waited for.
        int count = Fill(0, max, 0);
        if (count > 0 || wait <= TimeSpan.Zero) return new NativeBatch(messages, count, false);
        if (TakeWake()) return new NativeBatch(messages, 0, true);
        count = Fill(0, 1, ClientHandle.Milliseconds(wait));
        return count == 0 ? new NativeBatch(messages, 0, TakeWake()) : new NativeBatch(messages, count + Fill(count, max - count, 0), false);
    }

    /// <summary>Ends a wait early; the next one, if nobody waits at the moment. Callable from any thread.</summary>
    public void Wake()
    {
        lock (wakeGate)
        {
            if (queue == 0) return;
            woken = true;
            Librdkafka.QueueYield(queue);
        }
    }

    /// <summary>Whether <see cref="Wake"/> was called since the last look. The library keeps a mark of its own, which may end a later wait too.</summary>
    public bool TakeWake()
    {
        lock (wakeGate)
        {
            bool taken = woken;
            woken = false;
            return taken;
        }
    }

    /// <summary>What a partition holds, asked of its leader: the first offset, and the one behind the last that this consumer may see.</summary>
    /// <exception cref="KafkaFault">No answer in time, no such topic or partition, or not allowed.</exception>
    public (long Low, long High) QueryWatermarks(string topic, int partition, TimeSpan timeout)
    {
        using Asking asking = Ask();
        long low, high;
        KafkaFault.ThrowIf(
            Librdkafka.QueryWatermarks(client.Raw, topic, partition, &low, &high, ClientHandle.Milliseconds(timeout)),
            $"the offsets of topic {topic}, partition {partition}, can't be asked for");
        return (low, high);
    }

    /// <summary>
    /// Asks anew which broker leads which partition, and which is the controller. The library does so by itself for partitions that are read; for others it goes on
    /// asking the broker that it once knew, also when that is gone.
    /// </summary>
    /// <exception cref="KafkaFault">No answer in time.</exception>
    public void FindBrokers(TimeSpan timeout)
    {
        using Asking asking = Ask();
        int code = Librdkafka.Metadata(client.Raw, 1, 0, out nint metadata, ClientHandle.Milliseconds(timeout));
        KafkaFault.ThrowIf(code, "the brokers can't be asked for");
        Librdkafka.MetadataDestroy(metadata);
    }

    /// <summary>The first offset of a record of that time (milliseconds since 1970) or a later one; -1 when there is none.</summary>
    /// <exception cref="KafkaFault">No answer in time, no such topic or partition, or not allowed.</exception>
    public long OffsetForTime(string topic, int partition, long timestamp, TimeSpan timeout)
    {
        using Asking asking = Ask();
        RawPartitionList* list = List(topic, partition, timestamp);
        int code = Librdkafka.OffsetsForTimes(client.Raw, list, ClientHandle.Milliseconds(timeout));
        if (code == 0) code = list->Elements[0].Error;
        long offset = list->Elements[0].Offset;
        Librdkafka.ListDestroy(list);
        KafkaFault.ThrowIf(code, $"the offset of a time can't be asked for in topic {topic}, partition {partition}");
        return offset;
    }

    /// <summary>What the cluster says of topics.</summary>
    /// <param name="names">The topics.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="withAllowed">Whether to ask what this user may do with them.</param>
    /// <exception cref="KafkaFault">No answer in time.</exception>
    public IReadOnlyList<DescribedTopic> Describe(string[] names, TimeSpan timeout, bool withAllowed = false)
    {
        using Asking asking = Ask();
        return DescribedTopic.Ask(client, names, withAllowed, timeout);
    }

    /// <summary>Stores offsets for the consumer group, and doesn't wait; what fails is logged, and told by <see cref="ClientEvents.TakeGroupError"/> if it isn't allowed.</summary>
    public void CommitAsync(IReadOnlyList<(string Topic, int Partition, long Offset)> offsets)
    {
        using Asking asking = Ask();
        RawPartitionList* list = Librdkafka.ListNew(offsets.Count);
        foreach ((string topic, int partition, long offset) in offsets) Librdkafka.ListAdd(list, topic, partition)->Offset = offset;
        int code = Librdkafka.Commit(client.Raw, list, 1);
        Librdkafka.ListDestroy(list);
        if (code != 0) Events.OffsetsNotStored(code);
    }

    /// <summary>Frees the client. What waits for threads of the library's is done behind, should it take long.</summary>
    public void Dispose()
    {
        lock (wakeGate)
        {
            if (queue == 0) return;
            Librdkafka.QueueDestroy(queue);
            queue = 0;
        }

        NativeMemory.Free(messages);
        client.Close();
        var end = new Thread(End) { IsBackground = true, Name = $"kafka consumer {name}, end" };
        end.Start();
        end.Join(DisposeWait);
    }

    private int Fill(int from, int size, int milliseconds)
    {
        if (size == 0) return 0;
        nint count = Librdkafka.ConsumeBatch(queue, milliseconds, messages + from, (nuint)size);
        return count >= 0 ? (int)count : throw KafkaFault.Of(Librdkafka.LastError(), "messages can't be taken from a consumer");
    }

    private void Each(string topic, int partition, bool isPause)
    {
        Check();
        RawPartitionList* list = List(topic, partition, 0);
        int code = isPause ? Librdkafka.Pause(client.Raw, list) : Librdkafka.Resume(client.Raw, list);
        if (code == 0) code = list->Elements[0].Error;
        Librdkafka.ListDestroy(list);
        KafkaFault.ThrowIf(code, $"topic {topic}, partition {partition}, can't be {(isPause ? "paused" : "resumed")}");
    }

    private static RawPartitionList* List(string topic, int partition, long offset)
    {
        RawPartitionList* list = Librdkafka.ListNew(1);
        Librdkafka.ListAdd(list, topic, partition)->Offset = offset;
        return list;
    }

    /// <summary>Frees the client once nobody asks it anything any more.</summary>
    private void End()
    {
        SpinWait.SpinUntil(() => !client.IsBusy);
        client.Destroy();
    }

    /// <summary>Begins to ask something. Where nobody polls, since nothing is read, what the client tells would pile up.</summary>
    private Asking Ask()
    {
        ObjectDisposedException.ThrowIf(!client.TryEnter(), this);
        if (!reads) _ = Librdkafka.Poll(client.Raw, 0);
        return new Asking(client);
    }

    private void Check() => ObjectDisposedException.ThrowIf(queue == 0, this);

    /// <summary>A call that keeps the client.</summary>
    private readonly ref struct Asking(ClientHandle client) : IDisposable
    {
        public void Dispose() => client.Exit();
    }
}
