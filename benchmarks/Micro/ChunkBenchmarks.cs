using System.Text;
using BenchmarkDotNet.Attributes;
using StreamEngine.Records;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>Filling chunks and walking over them; times are those of one record.</summary>
[MemoryDiagnoser]
public class ChunkBenchmarks
{
    private readonly ChunkPool pool = new();
    private readonly byte[] key = Encoding.UTF8.GetBytes(Orders.Customer(7));
    private readonly byte[] value = new byte[80];
    private ChunkBuilder builder = null!;
    private Chunk chunk = null!;

    [GlobalSetup]
    public void Setup()
    {
        builder = new ChunkBuilder(pool, 0);
        chunk = Orders.Chunk(pool);
    }

    /// <summary>Key, value and time as bytes; the memory comes from the pool and goes back there.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public void Append()
    {
        for (int n = 0; n < Orders.InChunk; n++) builder.Append(key, true, value, true, n);
        builder.Take()!.Release();
    }

    /// <summary>Finding where keys and values lie, decoding none.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public int Walk()
    {
        int bytes = 0;
        var reader = new ChunkReader(chunk);
        while (reader.MoveNext()) bytes += reader.Key.Length + reader.Value.Length;
        return bytes;
    }
}
