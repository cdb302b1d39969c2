using BenchmarkDotNet.Attributes;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>
/// A segment's loop over a chunk: <c>Where</c> and <c>Select</c>, and a last link that only counts. Times are those of one record.
/// </summary>
[MemoryDiagnoser]
public class OperatorBenchmarks
{
    private readonly ChunkPool pool = new();
    private readonly Counter<double> counter = new();
    private Chunk cents = null!;
    private Chunk orders = null!;
    private ISegmentHead overCents = null!;
    private ISegmentHead overOrders = null!;

    [GlobalSetup]
    public void Setup()
    {
        cents = Orders.Cents(pool);
        orders = Orders.Chunk(pool);
        overCents = Head<long>(stream => stream.Where(total => total > 0).Select(total => total / 100.0));
        overOrders = Head<Order>(stream => stream.Where(order => order.Total > 0).Select(order => order.Total));
    }

    /// <summary>Over numbers: what the loop and its links cost by themselves.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public long WhereAndSelect()
    {
        overCents.Process(cents);
        return counter.Records;
    }

    /// <summary>Over JSON, which is decoded once for both.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public long WhereAndSelectOfJson()
    {
        overOrders.Process(orders);
        return counter.Records;
    }

    /// <summary>The links of a pipeline over a topic, between a head and the counter.</summary>
    private SegmentHead<string, TValue> Head<TValue>(Func<KeyedStream<string, TValue>, KeyedStream<string, double>> verbs)
    {
        var pipeline = new PipelineBuilder("micro", new SerdeRegistry().Use(Orders.Serde));
        verbs(pipeline.From(Topic.Of<string, TValue>("in"))).To(Topic.Of<string, double>("out"));
        IReadOnlyList<StageNode> stages = pipeline.Build(".").Stages;
        TaskEnvironment task = Environment();
        Receiver link = counter;
        foreach (OperatorNode node in stages.OfType<OperatorNode>().Reverse()) link = node.Create(new StageContext(task, node), link);
        return new SegmentHead<string, TValue>((Receiver<string, TValue>)link, (StreamShape<string, TValue>)stages[0].Output!, new StageContext(task, stages[0]));
    }

    private TaskEnvironment Environment() => new()
    {
        Claim = new TaskClaim(new TaskId(new PipelineName("micro"), "micro", 0), StartId.New(), new Generation(1), 1),
        Clock = TimeProvider.System,
        Chunks = pool,
        Ledger = new EpochLedger(),
        Events = null!,
        ErrorsOf = _ => ErrorPolicy.Fail,
        Counters = new TaskCounters(),
        Stopping = CancellationToken.None,
        NameOf = _ => null,
        StateOf = name => throw new NotSupportedException(name),
        StateBytesMax = 0,
    };

    private sealed class Counter<TValue> : Receiver<string, TValue>
    {
        public long Records { get; private set; }

        public override void OnBarrier(Epoch epoch)
        {
        }

        public override void Receive(ref Record<string, TValue> record) => Records++;
    }
}
