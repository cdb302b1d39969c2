using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using StreamEngine.Files;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>CSV records to values, split and bound by the constructor of their type; times are those of one record.</summary>
[MemoryDiagnoser]
public class CsvBenchmarks
{
    private readonly TypedCsvFormat<Order> format = new(CsvOptions.Default);
    private readonly List<ReadOnlyMemory<byte>> lines = [];
    private RecordDecoder<Order> decoder = null!;
    private ReadOnlyMemory<byte> block;

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder("\n");
        for (int n = 0; n < Orders.InChunk; n++)
        {
            Order order = Orders.At(n);
            text.Append(CultureInfo.InvariantCulture, $"{order.Id},{order.Customer},{order.Country},{order.Total},{order.Lines}\n");
        }

        block = Encoding.UTF8.GetBytes(text.ToString());
        decoder = format.CreateDecoder("orders.csv", "id,customer,country,total,lines"u8);
        for (int at = 1; at < block.Length;)
        {
            format.Split(block.Span[at..], isLast: true, out RecordExtent extent, out _);
            lines.Add(block.Slice(at, extent.ContentLength));
            at += extent.Length;
        }
    }

    [GlobalCleanup]
    public void Cleanup() => decoder.Dispose();

    /// <summary>Finds the ends of records.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public int Split()
    {
        int records = 0;
        for (int at = 1; at < block.Length; records++)
        {
            format.Split(block.Span[at..], isLast: true, out RecordExtent extent, out _);
            at += extent.Length;
        }

        return records;
    }

    /// <summary>Makes a value of each.</summary>
    [Benchmark(OperationsPerInvoke = Orders.InChunk)]
    public int Decode()
    {
        int sum = 0;
        decoder.Open(block);
        foreach (ReadOnlyMemory<byte> line in lines) sum += decoder.Next(line).Lines;
        return sum;
    }
}
