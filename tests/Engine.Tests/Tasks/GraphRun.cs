using System.Globalization;
using Akka.Streams;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Tasks;
using StreamEngine.Tasks.Stages;
using StreamEngine.Tests.Pipelines;

namespace StreamEngine.Tests.Tasks;

/// <summary>A run of one subgraph's graph, driven by a test in the place of its task: barriers, holds, the end. Closed, it says what was not given back.</summary>
internal sealed class GraphRun : ITaskEvents, IDisposable
{
    private readonly object gate = new();
    private readonly SubgraphPlan plan;
    private readonly TaskEnvironment environment;
    private readonly TaskGraph.Built built;
    private readonly EpochTracker tracker;
    private readonly CancellationTokenSource stopping = new();
    private readonly Dictionary<PlannedStage, SourceFeed> feeds = [];
    private readonly Dictionary<PlannedStage, ISinkWriter> writers = [];
    private readonly Dictionary<long, Dictionary<(int Source, int Partition), long>> positions = [];
    private readonly List<Exception> failures = [];
    private int sourcesEnded;
    private bool closed;

    public GraphRun(SubgraphPlan plan, Func<PlannedStage, FakeSystem> systemOf, Func<PlannedStage, TapSink> tapOf, IMaterializer materializer, long prefetchBytes, ErrorPolicy? errors = null)
    {
        this.plan = plan;
        environment = new TaskEnvironment
        {
            Claim = new TaskClaim(new TaskId(new PipelineName("graph"), plan.Name, 0), StartId.New(), new Generation(1), 1),
            Clock = TimeProvider.System,
            Chunks = Chunks,
            Ledger = Ledger,
            Events = this,
            ErrorsOf = _ => errors ?? ErrorPolicy.Fail,
            Counters = new TaskCounters(),
            Stopping = stopping.Token,
            NameOf = origin => new SourcePartitionId($"s{origin.Source}", origin.Partition.ToString(CultureInfo.InvariantCulture)),
            StateOf = name => throw new NotSupportedException(name),
            StateBytesMax = 1 << 20,
        };
        var partitions = new List<IReadOnlyList<int>>();
        foreach (PlannedStage source in plan.Sources)
        {
            FakeSystem system = systemOf(source);
            ISource client = ((SourceNode)source.Node).Source.Open(new SourceContext(source.Node.Name, ".", null!, TimeProvider.System));
            int number = partitions.Count;
            var feed = new SourceFeed(source.Node.Name, () => client.OpenReader(Chunks, number), prefetchBytes, error => Failed(source.Node.Name, error));
            foreach (SourcePartition partition in client.Partitions()) feed.Assign(partition, client.Begin(partition));
            feed.Finish();
            feeds.Add(source, feed);
            partitions.Add([.. Enumerable.Range(0, system.Partitions.Count)]);
        }

        foreach (PlannedStage sink in plan.Sinks) writers.Add(sink, tapOf(sink).OpenWriter());
        tracker = new EpochTracker(plan.Sources.Count, plan.Sinks.Count);
        built = TaskGraph.Build(plan, environment, feeds, writers, new SinkLimits(long.MaxValue, long.MaxValue));
        for (int n = 0; n < partitions.Count; n++) built.Sources[n].Partitions = partitions[n];
        built.Run(materializer, Akka.Dispatch.Dispatchers.DefaultDispatcherId);
    }

    public ChunkPool Chunks { get; } = new();

    public EpochLedger Ledger { get; } = new();

    public long Epoch { get; private set; }

    public IReadOnlyList<Exception> Failures
    {
        get
        {
            lock (gate) return [.. failures];
        }
    }

    /// <summary>How many chunks and batches are in nobody's hands. Ask when the run is closed.</summary>
    public int Leaked => Chunks.Outstanding + environment.Outstanding.Sum(pool => pool());

    public bool HasEnded => Volatile.Read(ref sourcesEnded) == plan.Sources.Count;

    /// <summary>Sends a barrier through the graph, and waits until every sink has sealed at it.</summary>
    /// <returns>False when the graph has failed instead.</returns>
    public bool Close()
    {
        lock (gate)
        {
            tracker.Begin(new Epoch(++Epoch));
            positions.Add(Epoch, new Dictionary<(int, int), long>(Epoch == 1 ? [] : positions[Epoch - 1]));
        }

        foreach (SourceControl control in built.Sources) control.Tell(new SourceCommand.Close(new Epoch(Epoch)));
        EngineFixture.Await(() => IsSealed || Failures.Count > 0, $"epoch {Epoch} is sealed");
        if (!IsSealed) return false;
        lock (gate) tracker.End();
        foreach (SinkStage sink in built.Sinks) sink.Committed(new Epoch(Epoch));
        return true;
    }

    public void Tell(SourceCommand command)
    {
        foreach (SourceControl control in built.Sources) control.Tell(command);
    }

    /// <summary>Where a partition stood at the barrier of an epoch.</summary>
    public long PositionAt(long epoch, int source, int partition) => epoch == 0 ? 0 : positions[epoch].GetValueOrDefault((source, partition));

    public void Dispose()
    {
        if (closed) return;
        closed = true;
        stopping.Cancel();
        Tell(new SourceCommand.Abort(new InvalidOperationException("the test is over")));
        Assert.True(environment.Life.Wait(EngineFixture.Patience), "the graph stops");
        foreach (SourceFeed feed in feeds.Values) feed.Dispose();
        foreach (ISinkWriter writer in writers.Values) writer.Dispose();
        environment.Handover.Release();
        stopping.Dispose();
    }

    public void SourceAtBarrier(int source, Epoch epoch, IReadOnlyList<(int Partition, Position Position)> moved)
    {
        lock (gate)
        {
            foreach ((int partition, Position position) in moved) positions[epoch.Value][(source, partition)] = long.Parse(position.At, CultureInfo.InvariantCulture);
            tracker.SourceAt(source, epoch, moved);
        }
    }

    public void SourceEnded(int source) => Interlocked.Increment(ref sourcesEnded);

    public void SinkSealed(int sink, Epoch epoch, SealedOutput? output)
    {
        lock (gate) tracker.SinkSealed(sink, epoch, output);
    }

    public void EpochFull()
    {
    }

    public void Failed(string stage, Exception error)
    {
        lock (gate) failures.Add(error);
    }

    private bool IsSealed
    {
        get
        {
            lock (gate) return tracker.IsSealed;
        }
    }
}
