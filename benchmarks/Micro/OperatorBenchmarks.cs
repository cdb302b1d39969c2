using BenchmarkDotNet.Attributes;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>
/// A segment's loop over a chunk: <c>Where</c> and <c>Select</c>, and a last link that only counts. Times are those of one record; what values cost
/// to decode is <see cref="SerdeBenchmarks"/>' figure.
/// </summary>
[MemoryDiagnoser]
public class OperatorBenchmarks
{
    private readonly ChunkPool pool = new();
    private Chunk chunk = null!;
    private ISegmentHead byKey = null!;
    private ISegmentHead byValue = null!;
    private Counter<double> counter = null!;

    [GlobalSetup]
    public void Setup()
    {
        chunk = Orders.Chunk(pool);
        counter = new Counter<double>();
        byKey = Head(stream => stream.Where((customer, _) => customer.Length > 0).Select((_, _) => 1.0));
        byValue = Head(stream => stream.Where(order => order.Total > 0).Select(order => order.Total));
    }

    /// <summary>Functions that look at keys only: no value is decoded.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public long WhereAndSelectByKey()
    {
        byKey.Process(chunk);
        return counter.Records;
    }

    /// <summary>Functions that look at values, which are JSON.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public long WhereAndSelectByValue()
    {
        byValue.Process(chunk);
        return counter.Records;
    }

    /// <summary>The links of a pipeline over a topic, between a head and the counter.</summary>
    private SegmentHead<string, Order> Head(Func<KeyedStream<string, Order>, KeyedStream<string, double>> verbs)
    {
        var pipeline = new PipelineBuilder("micro", new SerdeRegistry().Use(Orders.Serde));
        verbs(pipeline.From(Topic.Of<string, Order>("orders"))).To(Topic.Of<string, double>("totals"));
        IReadOnlyList<StageNode> stages = pipeline.Build(".").Stages;
        TaskEnvironment task = Environment();
        Receiver link = counter;
        foreach (OperatorNode node in stages.OfType<OperatorNode>().Reverse()) link = node.Create(new StageContext(task, node), link);
        return new SegmentHead<string, Order>((Receiver<string, Order>)link, (StreamShape<string, Order>)stages[0].Output!, new StageContext(task, stages[0]));
    }

    private TaskEnvironment Environment() => new()
    {
        Claim = new TaskClaim(new TaskId(new PipelineName("micro"), "micro", 0), StartId.New(), new Generation(1), 1),
        Clock = TimeProvider.System,
        Chunks = pool,
        Ledger = new EpochLedger(),
        Events = null!,
        Errors = ErrorPolicy.Fail,
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
