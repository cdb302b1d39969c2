using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.Native;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Commits;

/// <summary>
/// What a cluster holds of one pipeline: its home record, the states it has, the positions of its tasks; and the transactional id that writes them beside the
/// tasks. Thread-safe; calls wait for the brokers.
/// </summary>
internal sealed class PipelineStore(KafkaCluster cluster, PipelineName pipeline, Func<ILogReader> openReader, KafkaCommitOptions options) : IDisposable
{
    private const int FencedSideBySide = 8;

    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(30);

    private readonly string topicName = OwnTopics.Positions(pipeline);

    /// <summary>Shorter than what waits for it, which would only know that there was no answer.</summary>
    private readonly TimeSpan readTimeout = TimeSpan.FromSeconds(Math.Min(30, options.TransactionTimeout.TotalSeconds * 3 / 4));
    private readonly Lock viewGate = new();
    private readonly Lock writeGate = new();
    private CompactedView? view;
    private NativeProducer? writer;
    private StartId? writerStart;
    private StartId? fencedBy;
    private volatile StartHolder? claimedBy;

    /// <summary>The start that claimed the pipeline last in this process; null when none has.</summary>
    public StartId? ClaimedBy => claimedBy?.Start;

    /// <summary>The record as a committed reader sees it now. Another start's may be on its way.</summary>
    public HomeEntry? ReadHome() => HomeIn(Read(PositionsFormat.HomePartition, isFinal: false));

    /// <summary>
    /// The record as it is when everything that was written before is decided. Behind the fencing of an id it says whether that fencing was this start's to do.
    /// </summary>
    public HomeEntry? ReadHomeFinal() => HomeIn(Read(PositionsFormat.HomePartition, isFinal: true));

    /// <summary>Takes the pipeline's own id over: whoever wrote by it before writes no more.</summary>
    /// <exception cref="EngineException">The record is gone, or the cluster can't be reached.</exception>
    public void Claim(StartId start)
    {
        lock (writeGate)
        {
            TopicInfo? found = cluster.Find(topicName);
            cluster.CheckBatches(found ?? NewTopic());
            DropWriter();
            try
            {
                writer = Take(OwnTopics.TransactionalId(pipeline));
            }
            catch (KafkaFault e)
            {
                throw cluster.Explain(e, $"transactional id {OwnTopics.TransactionalId(pipeline)} on {cluster.Description}");
            }

            writerStart = start;
            claimedBy = new StartHolder(start);
            fencedBy = null;
            if (found is not null && ReadHomeFinal() is null) RefuseWhenLost();
        }
    }

    /// <summary>Writes the record if nobody has since that version; false when somebody has, or this start no longer has the right to.</summary>
    public bool WriteHome(StartId start, ReadOnlySpan<byte> record, long expectedVersion)
    {
        lock (writeGate)
        {
            if (writer is null || writerStart != start) return false;
            if ((ReadHomeFinal()?.Version ?? 0) != expectedVersion) return false;
            return Write(
                (PositionsFormat.HomePartition, PositionsFormat.HomeKey, PositionsFormat.Home(start, expectedVersion + 1, record)),
                (PositionsFormat.HomePartition, PositionsFormat.HeartbeatKey, PositionsFormat.Heartbeat(start, options.Clock.GetUtcNow())));
        }
    }

    /// <summary>Shows that a start lives; false when the record is another's.</summary>
    public bool Beat(StartId start)
    {
        lock (writeGate)
        {
            if (writerStart == start && writer is not null && WriteBeat(start)) return true;

            // Fenced, by whoever only began to take over, or by the brokers: the record decides.
            if (ReadHomeFinal()?.Start != start) return false;
            Claim(start);
            return ReadHomeFinal()?.Start == start && WriteBeat(start);
        }
    }

    /// <summary>Fences every task id below a number, side by side.</summary>
    public void FenceTasks(StartId start, int upTo)
    {
        Exception? failure = null;
        int slot = -1;
        void Fence()
        {
            for (int mine; (mine = Interlocked.Increment(ref slot)) < upTo && Volatile.Read(ref failure) is null;)
            {
                try
                {
                    using NativeProducer producer = Take(OwnTopics.TransactionalId(pipeline, mine));
                    options.AtPoint("fence-step");
                }
                catch (KafkaFault e)
                {
                    Volatile.Write(ref failure, cluster.Explain(e, $"transactional id {OwnTopics.TransactionalId(pipeline, mine)} on {cluster.Description}"));
                }
                catch (Exception e)
                {
                    Volatile.Write(ref failure, e);
                }
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Math.Min(upTo, FencedSideBySide)).Select(n => new Thread(Fence) { IsBackground = true, Name = $"fence {pipeline} {n}" })];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (failure is EngineException known) throw known;
        if (failure is not null) throw new EngineException(ErrorDomain.External, $"tasks of {pipeline} can't be fenced: {failure.Message}", "Start it again.", failure);
        fencedBy = start;
    }

    /// <summary>
    /// All positions, and sealed output that isn't published. Until this process has fenced the tasks of the pipeline, as far as a committed reader comes; from then
    /// on to the end.
    /// </summary>
    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions() => PositionsIn(Read(PositionsFormat.PositionsPartition, fencedBy is not null));

    /// <summary>All positions, to the end; for a task that has fenced its id.</summary>
    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> PositionsFinal() => PositionsIn(Read(PositionsFormat.PositionsPartition, isFinal: true));

    /// <summary>Output that is sealed and not published.</summary>
    public IReadOnlyList<UnpublishedStage> Unpublished() =>
        [.. Read(PositionsFormat.PositionsPartition, fencedBy is not null).Select(entry => (Parts: PositionsFormat.Parts(entry.Key), entry.Value))
            .Where(entry => entry.Parts[0] == "sealed").Select(entry => PositionsFormat.ParseSealed(pipeline, entry.Parts, entry.Value))];

    /// <summary>Notes that sealed output is published.</summary>
    public void NotePublished(UnpublishedStage stage)
    {
        lock (writeGate)
        {
            // By no transaction: it only says what is so, whoever says it, and the id that writes the record may be another host's by now.
            using NativeProducer plain = cluster.NewProducer($"notes of {pipeline}");
            Produce(plain, PositionsFormat.PositionsPartition, PositionsFormat.SealedKey(stage), null);
            Flush(plain);
        }
    }

    /// <summary>The states of the pipeline.</summary>
    public IReadOnlyList<StateDocument> States() =>
        [.. Read(PositionsFormat.HomePartition, fencedBy is not null).Select(entry => (Parts: PositionsFormat.Parts(entry.Key), entry.Value))
            .Where(entry => entry.Parts[0] == "state").Select(entry => PositionsFormat.ParseState(entry.Value))];

    /// <summary>Notes a state, under the start that holds the pipeline.</summary>
    public void WriteState(StateDocument state)
    {
        lock (writeGate)
        {
            if (writer is null || !Write((PositionsFormat.HomePartition, PositionsFormat.StateKey(state.Name), PositionsFormat.State(state)))) throw Lost();
        }
    }

    /// <summary>Removes positions, notes and states, and puts positions there to begin at, in one act.</summary>
    public void Clear(StartId start, IReadOnlyList<BeginPosition> begin)
    {
        lock (writeGate)
        {
            if (ReadHomeFinal()?.Start != start) throw Lost();
            var changes = new List<(int Partition, string Key, byte[]? Value)>();
            foreach ((string key, _) in Read(PositionsFormat.PositionsPartition, isFinal: true)) changes.Add((PositionsFormat.PositionsPartition, key, null));
            foreach (StateDocument state in States()) changes.Add((PositionsFormat.HomePartition, PositionsFormat.StateKey(state.Name), null));
            foreach (BeginPosition position in begin)
            {
                string key = PositionsFormat.PositionKey(position.Subgraph, position.Partition);
                changes.RemoveAll(change => change.Key == key);
                changes.Add((PositionsFormat.PositionsPartition, key, PositionsFormat.Position(position.Position, BeginPosition.Epoch)));
            }

            if (changes.Count > 0 && (writerStart != start || !Write([.. changes]))) throw Lost();
        }
    }

    /// <summary>A producer of a transactional id of the pipeline's, which whoever used it before has lost.</summary>
    /// <exception cref="KafkaFault">The id couldn't be taken, or not in time.</exception>
    public NativeProducer Take(string transactionalId) => Transactions.Take(cluster, transactionalId, options.TransactionTimeout);

    /// <summary>Appends a record to the positions topic.</summary>
    public void Produce(NativeProducer producer, int partition, string key, byte[]? value) => producer.Produce(
        producer.Topic(topicName), partition, Encoding.UTF8.GetBytes(key), true, value, value is not null, options.Clock.GetUtcNow().ToUnixTimeMilliseconds(), default);

    /// <summary>Somebody else's start holds the pipeline, in words.</summary>
    public CommitRefusedException Refused(TaskClaim claim, HomeEntry? home) => CommitRefusedException.NewerStart(claim, home?.Start, $"on {cluster.Description}");

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (writeGate) DropWriter();
        lock (viewGate) view?.Dispose();
    }

    private sealed record StartHolder(StartId Start);

    private static HomeEntry? HomeIn(IReadOnlyList<KeyValuePair<string, byte[]>> entries)
    {
        byte[]? home = null, heartbeat = null;
        foreach ((string key, byte[] value) in entries)
        {
            if (key == PositionsFormat.HomeKey) home = value;
            else if (key == PositionsFormat.HeartbeatKey) heartbeat = value;
        }

        if (home is null) return null;
        HomeEntry entry = PositionsFormat.ParseHome(home);
        (StartId Start, DateTimeOffset At)? beat = heartbeat is null ? null : PositionsFormat.ParseHeartbeat(heartbeat);
        return entry with { Heartbeat = beat is { } last && last.Start == entry.Start ? last.At : DateTimeOffset.MinValue };
    }

    private static IReadOnlyList<(string Subgraph, CommittedPosition Position)> PositionsIn(IReadOnlyList<KeyValuePair<string, byte[]>> entries) =>
        [.. entries.Select(entry => (Parts: PositionsFormat.Parts(entry.Key), entry.Value)).Where(entry => entry.Parts[0] == "position")
            .Select(entry => PositionsFormat.ParsePosition(entry.Parts, entry.Value))];

    private IReadOnlyList<KeyValuePair<string, byte[]>> Read(int partition, bool isFinal)
    {
        CompactedView? known;
        lock (viewGate) known = view;
        if (known is null || !cluster.Holds(known.Topic))
        {
            lock (viewGate)
            {
                if (view == known)
                {
                    if (cluster.Find(topicName) is not { } topic) return [];
                    view?.Dispose();
                    view = new CompactedView(cluster, topic, openReader());
                }

                known = view!;
            }
        }

        return known.Read(partition, isFinal, readTimeout);
    }

    private TopicInfo NewTopic()
    {
        RefuseWhenLost();
        try
        {
            return cluster.Create(topicName, PositionsFormat.Partitions, TopicConfig.Positions());
        }
        catch (TopicException) when (cluster.Find(topicName) is { } made)
        {
            // Another host that starts the same pipeline was quicker.
            return made;
        }
    }

    private bool WriteBeat(StartId start) =>
        Write((PositionsFormat.HomePartition, PositionsFormat.HeartbeatKey, PositionsFormat.Heartbeat(start, options.Clock.GetUtcNow())));

    /// <summary>Writes records in a transaction of the pipeline's own id; false when another has taken that over.</summary>
    private bool Write(params ReadOnlySpan<(int Partition, string Key, byte[]? Value)> records)
    {
        try
        {
            writer!.TakeDisconnects();
            writer.BeginTransaction();
            foreach ((int partition, string key, byte[]? value) in records) Produce(writer, partition, key, value);
            bool repeated = Transactions.Commit(writer, options.TransactionTimeout);
            if (repeated || writer.TakeDisconnects()) DropWriterAndInit();
            return true;
        }
        catch (KafkaFault e)
        {
            DropWriter();
            if (e.IsFenced) return false;
            throw cluster.Explain(e, $"topic {topicName} of {cluster.Description} can't be written");
        }
    }

    /// <summary>A producer whose last commit was repeated, or whose connection broke at it, may have a late request of it arrive in its next transaction.</summary>
    private void DropWriterAndInit()
    {
        StartId? start = writerStart;
        DropWriter();
        NativeProducer made;
        try
        {
            made = Take(OwnTopics.TransactionalId(pipeline));
        }
        catch (KafkaFault)
        {
            // What was written is committed; whoever writes next finds no producer, and begins by claiming.
            return;
        }

        if (ReadHomeFinal()?.Start == start)
        {
            writer = made;
            writerStart = start;
            return;
        }

        made.Dispose();
    }

    private void DropWriter()
    {
        writer?.Dispose();
        writer = null;
        writerStart = null;
    }

    private void Flush(NativeProducer producer)
    {
        try
        {
            producer.Deliver(FlushTimeout);
        }
        catch (KafkaFault e)
        {
            throw cluster.Explain(e, $"topic {topicName} of {cluster.Description} can't be written");
        }
    }

    /// <summary>A pipeline with topics of its own and without a record is one whose positions were lost: it would begin at the beginning and double everything.</summary>
    private void RefuseWhenLost()
    {
        string[] own = [.. OwnTopics.AllButPositions(pipeline, cluster.Names()).Order(StringComparer.Ordinal)];
        if (own.Length == 0) return;
        throw new EngineException(
            ErrorDomain.Data,
            $"pipeline {pipeline} has topics on {cluster.Description} ({string.Join(", ", own)}), and topic {topicName} has no record of it: it was deleted, or made anew",
            $"Where the pipeline had read to is lost with it. To begin at the beginning, which writes everything once more, delete {string.Join(", ", own)} too; or restore {topicName}.");
    }

    private CommitRefusedException Lost() => new(RefusalReason.NewerStart, $"pipeline {pipeline} on {cluster.Description} is held by another start");
}
