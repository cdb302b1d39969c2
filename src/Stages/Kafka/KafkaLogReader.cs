using System.Diagnostics;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.Native;
using StreamEngine.Records;

namespace StreamEngine.Kafka;

/// <summary>
/// Reads committed records of a cluster's topics into chunks. What is fetched and not polled yet lies in the consumer's one queue, which has a bound
/// (<see cref="FetchMemory"/>); a batch of it is taken out at a time and made into one chunk for each of its partitions.
/// </summary>
internal sealed class KafkaLogReader : ILogReader
{
    /// <summary>Records from here on make it dearer to write an offset to each than to begin another chunk.</summary>
    private const int DenseRecordsMax = 256;

    /// <summary>About how much is taken out of the queue at once, and lies in chunks until it is handed out.</summary>
    private const int BatchBytes = 1 << 20;

    /// <summary>What the first record is taken for: the first batch is small.</summary>
    private const int FirstRecordBytes = 16 << 10;

    private static readonly TimeSpan ResizePause = TimeSpan.FromSeconds(10);

    private readonly KafkaCluster cluster;
    private readonly ChunkPool pool;
    private readonly FetchMemory.Share share;
    private readonly Lock consumerGate = new();
    private readonly Dictionary<(string Topic, int Partition), ReadPartition> partitions = [];
    private readonly Dictionary<(nint Topic, int Partition), ReadPartition> byHandle = [];
    private readonly HashSet<string> topics = [];
    private readonly Queue<(ReadPartition Partition, Chunk Chunk)> ready = [];
    private readonly List<ReadPartition> open = [];
    private readonly HeaderWriter headers = new();
    private NativeConsumer consumer;
    private Exception? failure;
    private int batchMax = BatchBytes / FirstRecordBytes;
    private long resizesAt;
    private volatile bool closed;
    private volatile bool mustCheck;

    /// <param name="cluster">The cluster.</param>
    /// <param name="pool">Where the memory of the chunks comes from.</param>
    /// <param name="memory">The memory for what is fetched, of which the reader has a part.</param>
    /// <exception cref="EngineException">The cluster's settings can't be used.</exception>
    public KafkaLogReader(KafkaCluster cluster, ChunkPool pool, FetchMemory memory)
    {
        this.cluster = cluster;
        this.pool = pool;
        share = memory.Open(ClientDefaults.PrefetchMax(cluster.Client));
        try
        {
            consumer = cluster.NewReader(share.Bytes);
        }
        catch
        {
            share.Dispose();
            throw;
        }
    }

    /// <summary>How many records are fetched and not taken.</summary>
    public long Fetched => consumer.Queued;

    public void Assign(TopicInfo topic, int partition, long offset) => Assign(topic, partition, offset, partition);

    /// <summary>Reads a partition too from now on, whose chunks are to have another number than Kafka has for it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition's number on the cluster.</param>
    /// <param name="offset">Where reading begins.</param>
    /// <param name="number">The number its chunks get.</param>
    public void Assign(TopicInfo topic, int partition, long offset, int number)
    {
        // Asked once for each topic: one deleted and made anew has other records at the same offsets.
        if (partition < 0 || partition >= topic.Partitions || topics.Add(topic.Id)) cluster.Check(topic, partition);
        var read = new ReadPartition(topic, partition, offset, number, pool);

        // Below zero are places of another meaning.
        if (offset < 0) throw OutOfRange(read);
        consumer.Assign(topic.Name, partition, offset);
        partitions.Add((topic.Name, partition), read);
    }

    public LogChunk? Poll(TimeSpan wait)
    {
        long begin = Stopwatch.GetTimestamp();
        TimeSpan left = wait;
        while (true)
        {
            if (ready.TryDequeue(out (ReadPartition Partition, Chunk Chunk) next)) return next.Partition.Hand(next.Chunk);

            ObjectDisposedException.ThrowIf(closed, this);

            // What lies before an error is handed out first; the error stays.
            if (failure is not null) throw failure;
            if (Environment.TickCount64 >= resizesAt && share.Bytes is var held && share.Changed() is { } bytes)
            {
                Resize(held, bytes);
                if (failure is not null) throw failure;
            }

            using (NativeBatch batch = consumer.Poll(batchMax, left))
            {
                if (batch.Woken && !closed)
                {
                    if (!mustCheck) return null;
                    mustCheck = false;
                    failure ??= Gone();
                    if (failure is null) return null;
                    continue;
                }

                Take(batch);
            }

            left = wait - Stopwatch.GetElapsedTime(begin);
            if (left <= TimeSpan.Zero && ready.Count == 0 && failure is null) return null;
        }
    }

    public long NextOffset(TopicInfo topic, int partition) =>
        partitions.TryGetValue((topic.Name, partition), out ReadPartition? read) && read.Topic.Id == topic.Id
            ? read.Next
            : throw new TopicException($"partition {partition} of topic {topic.Name} isn't assigned to this reader");

    public void Wake()
    {
        lock (consumerGate) consumer.Wake();
    }

    /// <summary>Topics were deleted: whoever waits for records of one hears it at once, not when the client has noticed. Callable from any thread.</summary>
    public void CheckTopics()
    {
        mustCheck = true;
        Wake();
    }

    /// <summary>The log was closed: whoever waits for records hears it. Callable from any thread.</summary>
    public void Close()
    {
        closed = true;
        Wake();
    }

    public void Dispose()
    {
        foreach ((ReadPartition _, Chunk chunk) in ready) chunk.Release();
        ready.Clear();
        foreach (ReadPartition partition in partitions.Values) partition.Builder.Discard();
        consumer.Dispose();
        share.Dispose();
    }

    /// <summary>Reads on by a client with another share of the memory; what the one before has fetched is fetched again.</summary>
    private void Resize(long held, long bytes)
    {
        try
        {
            foreach (TopicInfo topic in partitions.Values.Select(partition => partition.Topic).DistinctBy(topic => topic.Id)) cluster.Check(topic);
        }
        catch (TopicException e)
        {
            failure = e;
            return;
        }
        catch (EngineException)
        {
            // Without an answer nobody knows whether the topics are still those that were assigned. The client that has found them goes on.
            share.Settle(held);
            resizesAt = Environment.TickCount64 + (long)ResizePause.TotalMilliseconds;
            return;
        }

        NativeConsumer before = consumer, made = cluster.NewReader(bytes);
        lock (consumerGate)
        {
            consumer = made;
            if (before.TakeWake()) made.Wake();
        }

        before.Dispose();
        share.Settle(bytes);
        byHandle.Clear();
        foreach (ReadPartition partition in partitions.Values) made.Assign(partition.Topic.Name, partition.Number, partition.Read);
    }

    /// <summary>Makes chunks of a batch, whose messages come in runs of one partition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(in NativeBatch batch)
    {
        // Told before anything of another topic can be fetched: then nothing of the batch is taken, as it may be of a topic made anew under the old name.
        if (consumer.Events.TakeTopicError() is { } told && Confirmed(told) is { } gone)
        {
            failure = gone;
            return;
        }

        if (batch.Count == 0) return;
        long bytes = batch.Bytes;
        int expected = ExpectedBytes(batch.Count, bytes);
        batchMax = (int)Math.Clamp(BatchBytes * (long)batch.Count / Math.Max(bytes, 1), 1, NativeConsumer.BatchMax);
        ReadPartition? current = null;
        nint topic = 0;
        int partition = -1;
        for (int n = 0; n < batch.Count; n++)
        {
            NativeMessage message = batch[n];
            if (current is null || message.Topic != topic || message.Partition != partition)
            {
                (topic, partition) = (message.Topic, message.Partition);
                current = Find(message);
            }

            if (message.IsRecord) Append(current!, message, expected);
            else if (message.Error == ErrorCode.Local_PartitionEOF && current is not null) current.Read = message.Offset;
            else if (Failure(current, message) is { } found)
            {
                failure ??= found;
                break;
            }
        }

        foreach (ReadPartition filled in open) Ready(filled);
        open.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Append(ReadPartition partition, in NativeMessage message, int expected)
    {
        ChunkBuilder builder = partition.Builder;
        long offset = message.Offset;
        if (builder.Records == 0)
        {
            builder.ExpectedBytes = expected;
            open.Add(partition);
        }
        else if (builder.IsFull || !builder.CanTake(offset) || (builder.Records >= DenseRecordsMax && builder.IsDense && offset != partition.Read))
        {
            Ready(partition);
        }

        builder.Append(
            offset, message.Key, message.HasKey, message.Value, message.HasValue, message.Timestamp, message.Headers(headers));
        partition.Read = offset + 1;
    }

    /// <summary>Puts what a partition has so far where it is handed out from.</summary>
    private void Ready(ReadPartition partition)
    {
        if (partition.Builder.Take() is not { } chunk) return;
        partition.Waiting++;
        ready.Enqueue((partition, chunk));
    }

    /// <summary>How many bytes a batch takes in chunks, if all of it were of one partition.</summary>
    private static int ExpectedBytes(int records, long bytes)
    {
        // Lengths and times take about that much, and headers aren't known before they are read.
        const int recordBytes = 12;
        return (int)Math.Min(bytes + ((records + 8L) * recordBytes), ChunkPool.StandardBytes);
    }

    private ReadPartition? Find(in NativeMessage message)
    {
        if (message.Topic == 0) return null;
        if (byHandle.TryGetValue((message.Topic, message.Partition), out ReadPartition? known)) return known;
        known = partitions.GetValueOrDefault((message.TopicName, message.Partition));
        if (known is not null) byHandle.Add((message.Topic, message.Partition), known);
        return known;
    }

    /// <summary>The exception for what was told of some topic; null when all topics are still those that were assigned, as after a broker that didn't know yet.</summary>
    private Exception? Confirmed(KafkaFault told) => told.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
        ? Failure(cluster.Description, told.Code, told.Message, null)
        : Gone();

    /// <summary>The exception for topics that aren't those any more that were assigned; null when they all are.</summary>
    private Exception? Gone()
    {
        try
        {
            foreach (TopicInfo topic in partitions.Values.Select(partition => partition.Topic).DistinctBy(topic => topic.Id)) cluster.Check(topic);
            return null;
        }
        catch (Exception e) when (e is TopicException or EngineException)
        {
            return e;
        }
    }

    /// <summary>The exception for the error that a message is; null for one that mends itself.</summary>
    private Exception? Failure(ReadPartition? partition, in NativeMessage message) =>
        partition is not null && message.Error is (ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
            ? OutOfRange(partition)
            : Failure(partition is null ? cluster.Description : Name(partition), message.Error, message.ErrorText, partition?.Read);

    /// <summary>The exception for an error; null for one that mends itself.</summary>
    private static Exception? Failure(string where, ErrorCode code, string text, long? offset) => code switch
    {
        // Told of any consumer with a group, whose coordinator reading doesn't need; and of connections, which come back.
        ErrorCode.GroupAuthorizationFailed or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_DestroyBroker or ErrorCode.Local_Resolve or ErrorCode.Local_TimedOut => null,

        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition or ErrorCode.UnknownTopicId =>
            new TopicException($"{where}: a topic was deleted while it was read: {text}"),

        ErrorCode.Local_LogTruncation => new EngineException(
            ErrorDomain.External,
            $"{where}: records that were read are gone from the cluster: {text}",
            "A broker without all records became the leader (unclean.leader.election.enable). What was computed from the lost records stays; to read what there is "
            + "now, reset the pipeline's position in this topic."),

        ErrorCode.Local_BadMsg or ErrorCode.Local_BadCompression or ErrorCode.InvalidMsg => new EngineException(
            ErrorDomain.Data,
            $"{where}: what lies at offset {offset} or behind it is damaged: {text}",
            "Check the brokers' disks; a replica that is whole can be made the leader. Nothing was skipped."),

        ErrorCode.TopicAuthorizationFailed => KafkaErrors.Explain(code, text, $"{where} can't be read: Read isn't granted"),

        _ => KafkaErrors.Explain(code, text, $"{where} can't be read"),
    };

    private string Name(ReadPartition partition) => $"topic {partition.Topic.Name}, partition {partition.Number} of {cluster.Description}";

    private Exception OutOfRange(ReadPartition partition)
    {
        try
        {
            cluster.Check(partition.Topic, partition.Number);
            (long low, long high) = consumer.QueryWatermarks(partition.Topic.Name, partition.Number, KafkaCluster.RequestTimeout);
            return new OffsetOutOfRangeException(partition.Topic.Name, partition.Number, partition.Read, new PartitionRange(low, high, 0));
        }
        catch (KafkaFault fault)
        {
            return cluster.Explain(fault, $"{Name(partition)} can't be read at offset {partition.Read}");
        }
        catch (Exception e) when (e is TopicException or EngineException)
        {
            return e;
        }
    }
}
