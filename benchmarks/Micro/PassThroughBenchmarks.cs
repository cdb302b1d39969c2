using System.Text;
using BenchmarkDotNet.Attributes;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Tasks;
using StreamEngine.Topics;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>A topic written to a topic as it is: the segment's loop from a chunk to the chunks of the sink's partitions. Times are those of one record.</summary>
[MemoryDiagnoser]
public class PassThroughBenchmarks
{
    private const int Partitions = 4;
    private const int InChunk = 1000;

    private readonly ChunkPool pool = new();
    private readonly List<Chunk> chunks = [];
    private readonly Freed output = new();
    private ISegmentHead head = null!;

    [GlobalSetup]
    public void Setup()
    {
        for (int partition = 0; partition < Partitions; partition++) chunks.Add(Payments(partition));
        var pipeline = new PipelineBuilder("micro");
        pipeline.From(Topic.Of<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>("in")).To(Topic.Of<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>("out"));
        StageNode source = pipeline.Build(".").Stages[0];
        var shape = (StreamShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>)source.Output!;
        var context = new StageContext(Environment(), source);
        var encoder = new TopicEncoder<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(
            Topic.Of<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>("out"), shape, output, context, output);
        head = new SegmentHead<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(encoder, shape, context);
    }

    /// <summary>Records whose keys lie where they lay before, as they do from a topic of as many partitions.</summary>
    [Benchmark(OperationsPerInvoke = Partitions * InChunk)]
    public long TopicToTopic()
    {
        foreach (Chunk chunk in chunks) head.Process(chunk);
        return output.Records;
    }

    /// <summary>A chunk of payments of about 100 bytes whose keys belong in a partition.</summary>
    private Chunk Payments(int partition)
    {
        var builder = new ChunkBuilder(pool, partition);
        var random = new Random(partition);
        while (builder.Records < InChunk)
        {
            int user = random.Next(100_000);
            byte[] key = Encoding.UTF8.GetBytes($"k{user}");
            if (Murmur2.Partition(key, Partitions) != partition) continue;
            byte[] value = Encoding.UTF8.GetBytes($$"""{"id":{{user * 7}},"user":{{user}},"amount":{{user / 3}},"at":1700000000007,"note":"{{new string('x', 30)}}"}""");
            builder.Append(key, true, value, true, 1_700_000_000_000 + builder.Records);
        }

        return builder.Take()!;
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

    /// <summary>A writer as that of the embedded log is: it takes chunks of one partition.</summary>
    private sealed class Freed : IElementOutput, ITopicSinkWriter
    {
        public TopicInfo Topic { get; } = new("out", 1, new TopicSpec("out", Partitions));

        public bool Routes => false;

        public bool Blocks => false;

        public long Records { get; private set; }

        public void Emit(Element element)
        {
            Records += element.Records;
            element.Release();
        }

        public void Write(Element element) => throw new NotSupportedException();

        public SealedOutput? Seal(Epoch epoch) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
