using BenchmarkDotNet.Attributes;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>Records without types: reading orders of JSON, a condition on them, and writing them. Times are those of one record.</summary>
[MemoryDiagnoser]
public class TransformBenchmarks
{
    private readonly ChunkPool pool = new();
    private readonly ByteWriter writer = new();
    private readonly Row row = new();
    private readonly Expression condition = Expression.Parse("Total > 1000 and Country in ('DE', 'AT')");
    private Chunk orders = null!;

    [GlobalSetup]
    public void Setup() => orders = Orders.Chunk(pool);

    /// <summary>Reads each value.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public int Read()
    {
        int count = 0;
        var reader = new ChunkReader(orders);
        while (reader.MoveNext())
        {
            Record<DataObject, DataObject> record = reader.Record(0, 0, DataSerdes.String, DataSerdes.Json);
            count += record.Value.Shape.Count;
        }

        return count;
    }

    /// <summary>Reads each value, and judges it by a condition.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public int ReadAndTest()
    {
        int count = 0;
        var reader = new ChunkReader(orders);
        while (reader.MoveNext())
        {
            Record<DataObject, DataObject> record = reader.Record(0, 0, DataSerdes.String, DataSerdes.Json);
            row.Load(ref record, needsKey: false);
            if (condition.Test(row)) count++;
        }

        return count;
    }

    /// <summary>Reads each value and writes it again.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public int ReadAndWrite()
    {
        int count = 0;
        var reader = new ChunkReader(orders);
        while (reader.MoveNext())
        {
            Record<DataObject, DataObject> record = reader.Record(0, 0, DataSerdes.String, DataSerdes.Json);
            writer.Clear();
            DataSerdes.Json.Serialize(record.Value, writer);
            count += writer.Length;
        }

        return count;
    }
}
