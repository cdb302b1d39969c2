using BenchmarkDotNet.Attributes;
using StreamEngine.Records;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>JSON of a small record, both ways.</summary>
[MemoryDiagnoser]
public class SerdeBenchmarks
{
    private readonly Order order = Orders.At(7);
    private readonly ByteWriter writer = new();
    private ReadOnlyMemory<byte> encoded;

    [GlobalSetup]
    public void Setup()
    {
        Orders.Serde.Serialize(order, writer);
        encoded = writer.Written.ToArray();
    }

    [Benchmark]
    public int Serialize()
    {
        writer.Clear();
        Orders.Serde.Serialize(order, writer);
        return writer.Length;
    }

    [Benchmark]
    public Order Deserialize() => Orders.Serde.Deserialize(encoded);
}
