using System.Text;
using BenchmarkDotNet.Attributes;
using StreamEngine.Records;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>Choosing a key's partition, by the length of the key.</summary>
[MemoryDiagnoser]
public class KeyBenchmarks
{
    private byte[] key = [];

    /// <summary>How long the key is, in bytes.</summary>
    [Params(8, 16, 64)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup() => key = Encoding.UTF8.GetBytes(new string('k', Bytes));

    [Benchmark]
    public int Murmur2Partition() => Murmur2.Partition(key, 12);
}
