using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Tasks.Stages;

namespace StreamEngine.Tasks;

/// <summary>
/// What an attempt of a task has open: clients of its sources, writers of its sinks, feeds, its session at the commit point, the memory of its
/// chunks. Clients and writers are opened by connectors, on their threads; everything is closed here.
/// </summary>
internal sealed class TaskResources(TaskMessages.Spec spec, EpochLedger ledger, ITaskEvents events, CancellationToken stopping)
{
    private static readonly TimeSpan GraphStopWait = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(int Source, int Partition), SourcePartitionId> ids = [];
    private readonly Lock gate = new();
    private readonly ChunkPool chunks = new();
    private readonly Dictionary<PlannedStage, ISource> sources = [];
    private readonly Dictionary<PlannedStage, ISinkWriter> writers = [];
    private readonly Dictionary<PlannedStage, SourceFeed> feeds = [];
    private readonly Dictionary<string, (IStagedSink Sink, ISinkWriter Writer)> stagedSinks = [];
    private readonly List<ISinkWriter> flushed = [];
    private readonly List<List<SourcePartition>> partitions = [.. spec.Partitions.Select(list => list.ToList())];
    private readonly List<CommittedPosition> begun = [];
    private readonly HashSet<SealedOutput> sealedOutputs = [];
    private readonly HashSet<int> finishing = [.. Enumerable.Range(0, spec.Finishing.Count).Where(source => spec.Finishing[source])];
    private ICommitPoint? commitPoint;
    private GraphLife? life;
    private Handover? handover;
    private Task? closing;
    private bool disposed;

    /// <summary>The thread for what may block at the commit point and in sources' clients.</summary>
    public WorkerThread Worker { get; } = new($"commits {spec.Claim.Task}");

    /// <summary>When the files of the task are published: the narrowest of its sinks', or what the pipeline is set to.</summary>
    public StageLimits StageLimits { get; } = spec.Subgraph.Sinks.Select(sink => (SinkNode)sink.Node).Where(sink => sink.Sink is IStagedSink)
        .Select(sink => ((IStagedSink)sink.Sink).Limits ?? spec.Settings.ForStage(sink.Name).Staged)
        .DefaultIfEmpty(spec.Settings.Staged)
        .Aggregate((a, b) => new StageLimits(Math.Min(a.Records, b.Records), Math.Min(a.Bytes, b.Bytes), a.Age < b.Age ? a.Age : b.Age));

    /// <summary>Opens a source's client and connects it. Called on the connector's thread.</summary>
    public ISource OpenSource(PlannedStage stage)
    {
        var node = (SourceNode)stage.Node;
        ISource source = node.Source.Open(new SourceContext(node.Name, spec.PipelineFolder, spec.Log, spec.Clock) { Follows = spec.Follows, Logger = spec.Logger });
        try
        {
            source.Connect();
        }
        catch
        {
            source.Dispose();
            throw;
        }

        lock (gate)
        {
            if (!disposed) return sources[stage] = source;
        }

        source.Dispose();
        throw new TaskEndedException(spec.Claim.Task.ToString());
    }

    /// <summary>Opens the session in which the task commits.</summary>
    public TaskStepRunner OpenCommitPoint()
    {
        commitPoint = spec.Database is { } database ? database.OpenSession(spec.Claim) : spec.Log.OpenSession(spec.Claim, spec.DeadLetters, spec.Guarantee);
        SourcePartitionId[] ids = [.. Enumerable.Range(0, partitions.Count).SelectMany(source => partitions[source].Select(partition => IdOf(source, partition)))];
        foreach (PlannedStage stage in spec.Subgraph.Sinks)
        {
            // Output that an older attempt sealed is published before the writers open.
            if (((SinkNode)stage.Node).Sink is IStagedSink sink) stagedSinks[stage.Node.Name] = (sink, null!);
        }

        return new TaskStepRunner(spec.Log, spec.Claim, spec.DataFolder, ids, commitPoint, stagedSinks, flushed, Worker);
    }

    /// <summary>Opens a sink's writer. Called on the connector's thread.</summary>
    public ISinkWriter OpenSink(PlannedStage stage)
    {
        var node = (SinkNode)stage.Node;
        ISinkWriter writer = node.Sink.Open(
            new SinkContext(node.Name, spec.DataFolder, spec.Claim, spec.Log, commitPoint as ILogSession, commitPoint!, spec.Clock));
        lock (gate)
        {
            if (!disposed)
            {
                writers[stage] = writer;
                if (node.Sink is IStagedSink sink) stagedSinks[node.Name] = (sink, writer);
                if (node.Sink.CommitPoint is FlushCommitPoint) flushed.Add(writer);
                return writer;
            }
        }

        writer.Dispose();
        throw new TaskEndedException(spec.Claim.Task.ToString());
    }

    /// <summary>Where partitions begin that were never committed; brings their states up to what is committed. May block, for long.</summary>
    /// <param name="committed">Where the others resume.</param>
    /// <param name="progress">Is told how far the states are, in words.</param>
    /// <exception cref="EngineException">A committed position points into nothing any more, or a state's local copy contradicts what is committed.</exception>
    public IReadOnlyList<CommittedPosition> BeginPartitions(IReadOnlyList<CommittedPosition> committed, Action<string> progress)
    {
        RestoreStates([.. partitions.SelectMany(list => list).Select(partition => partition.Index).Distinct().Order()], progress);
        Dictionary<SourcePartitionId, Position> known = committed.ToDictionary(position => position.Partition, position => position.Position);
        for (int n = 0; n < partitions.Count; n++)
        {
            ISource source = sources[spec.Subgraph.Sources[n]];
            foreach (SourcePartition partition in partitions[n])
            {
                SourcePartitionId id = IdOf(n, partition);
                if (known.TryGetValue(id, out Position? position)) Check(source, partition, position);
                else begun.Add(new CommittedPosition(id, source.Begin(partition), Epoch.None));
            }
        }

        return begun;
    }

    /// <summary>Makes the graph, with its feeds ready to read on from the positions given.</summary>
    public TaskGraph.Built BuildGraph(IReadOnlyList<CommittedPosition> committed)
    {
        Dictionary<SourcePartitionId, Position> positions = committed.Concat(begun).ToDictionary(position => position.Partition, position => position.Position);
        for (int n = 0; n < spec.Subgraph.Sources.Count; n++)
        {
            int number = n;
            PlannedStage stage = spec.Subgraph.Sources[n];
            var feed = new SourceFeed(
                stage.Node.Name, () => sources[stage].OpenReader(chunks, number), spec.Settings.ForStage(stage.Node.Name).PrefetchBytes, error => events.Failed(stage.Node.Name, error));
            foreach (SourcePartition partition in partitions[n]) feed.Assign(partition, positions[IdOf(n, partition)]);
            if (finishing.Contains(n)) feed.Finish();
            feeds[stage] = feed;
        }

        SinkLimits limits = spec.Subgraph.PublishesAfterCommit
            ? new SinkLimits(StageLimits.Records, StageLimits.Bytes)
            : new SinkLimits(long.MaxValue, commitPoint is ILogSession { HoldsEpochs: false } ? long.MaxValue : spec.Settings.CommitBytes);
        TaskEnvironment environment = Environment();
        (life, handover) = (environment.Life, environment.Handover);
        TaskGraph.Built graph = TaskGraph.Build(spec.Subgraph, environment, feeds, writers, limits);
        for (int n = 0; n < graph.Sources.Count; n++) graph.Sources[n].Partitions = [.. partitions[n].Select(partition => partition.Index)];
        return graph;
    }

    /// <summary>
    /// Where a partition resumes that was found while the task runs: where it was committed before it went and came back, else at its beginning. May block.
    /// </summary>
    /// <param name="source">The source that has it.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="progress">Is told how far its states are, in words.</param>
    /// <exception cref="EngineException">Its committed position points into nothing any more.</exception>
    public CommittedPosition FindPosition(int source, SourcePartition partition, Action<string> progress)
    {
        RestoreStates([partition.Index], progress);
        SourcePartitionId id = IdOf(source, partition);
        ISource client = sources[spec.Subgraph.Sources[source]];
        if (commitPoint!.ReadPositionsAsync([id], CancellationToken.None).GetAwaiter().GetResult() is not [CommittedPosition committed])
        {
            return new CommittedPosition(id, client.Begin(partition), Epoch.None);
        }

        Check(client, partition, committed.Position);
        return committed;
    }

    /// <summary>Reads one more partition from now on.</summary>
    public void AddPartition(int source, SourcePartition partition, Position from)
    {
        lock (gate) partitions[source].Add(partition);
        feeds[spec.Subgraph.Sources[source]].Assign(partition, from);
    }

    /// <summary>A sink has sealed an output: its memory is the task's until it is released. Callable from any thread.</summary>
    public void Keep(SealedOutput output)
    {
        lock (gate)
        {
            if (!disposed)
            {
                sealedOutputs.Add(output);
                return;
            }
        }

        output.Release();
    }

    /// <summary>Outputs are committed: gives their memory back.</summary>
    public void Release(IReadOnlyList<SealedOutput> committed)
    {
        lock (gate) sealedOutputs.ExceptWith(committed);
        foreach (SealedOutput output in committed) output.Release();
    }

    /// <summary>Nothing more will come for a source.</summary>
    public void Finish(int source)
    {
        finishing.Add(source);
        if (feeds.TryGetValue(spec.Subgraph.Sources[source], out SourceFeed? feed)) feed.Finish();
    }

    /// <summary>How positions know a partition.</summary>
    public SourcePartitionId IdOf(int source, int partition)
    {
        lock (gate)
        {
            if (ids.TryGetValue((source, partition), out SourcePartitionId known)) return known;

            // All at once: a source may have as many partitions as there are files in a folder.
            foreach (SourcePartition candidate in partitions[source]) ids[(source, candidate.Index)] = IdOf(source, candidate);
            return ids[(source, partition)];
        }
    }

    /// <summary>
    /// Closes everything, on the thread for what may block: a feed's thread may be deep in its source, a writer in its disk. Behind a commit that is
    /// under way. Repeated without harm.
    /// </summary>
    public Task CloseAsync()
    {
        if (closing is not null) return closing;
        closing = Worker.Run(Close);
        Worker.Dispose();
        return closing;
    }

    private void Close()
    {
        bool isDead = life is null || life.Wait(GraphStopWait);
        foreach (SourceFeed feed in feeds.Values) feed.Dispose();
        chunks.Close();
        SealedOutput[] left;
        lock (gate)
        {
            disposed = true;

            // A stage that hangs may still write: its writers are left to it, and what they hold is never committed.
            foreach (ISinkWriter writer in writers.Values.Where(_ => isDead)) writer.Dispose();
            foreach (ISource source in sources.Values) source.Dispose();
            left = [.. sealedOutputs];
        }

        foreach (SealedOutput output in left) output.Release();
        if (isDead) handover?.Release();
        commitPoint?.Dispose();
        if (isDead && chunks.Outstanding > 0) spec.Logger.Warning("{Task} has ended, and {Chunks} of its chunks were not given back", spec.Claim.Task, chunks.Outstanding);
    }

    private void RestoreStates(IReadOnlyList<int> numbers, Action<string> progress)
    {
        if (commitPoint is ILogSession session && spec.Subgraph.States.Count > 0) session.RestoreStates([.. spec.Subgraph.States.Select(stage => spec.States[stage.State.Name])], numbers, progress);
    }

    private static void Check(ISource source, SourcePartition partition, Position position)
    {
        PositionCheck check = source.Check(partition, position);
        if (check.Problem is { } problem) throw new EngineException(ErrorDomain.Data, problem, check.Remedy);
    }

    private SourcePartitionId IdOf(int source, SourcePartition partition) => new(spec.Subgraph.Sources[source].Node.Name, partition.Name);

    private TaskEnvironment Environment() => new()
    {
        Claim = spec.Claim,
        Clock = spec.Clock,
        Chunks = chunks,
        Ledger = ledger,
        Events = events,
        PositionsFirst = spec.Guarantee == Guarantee.AtMostOnce,
        ErrorsOf = stage => spec.Settings.ForStage(stage).Errors,
        Counters = spec.Counters,
        Stopping = stopping,
        NameOf = origin => origin.Source < 0 ? null : IdOf(origin.Source, origin.Partition),
        StateOf = name => (spec.States[name], spec.Log.ReadState(spec.States[name])),
        StateBytesMax = spec.Settings.StateCacheBytes / Math.Max(1, spec.Subgraph.States.Count),
    };
}
