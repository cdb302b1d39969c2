using System.Globalization;
using System.Text;
using StreamEngine.Records;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>The records that the benchmarks work on: the same ones every time.</summary>
internal static class Orders
{
    /// <summary>How many are in a chunk: one of usual size.</summary>
    public const int InChunk = 1000;

    private const int Customers = 200;

    private static readonly string[] Countries = ["AT", "CH", "DE", "FR", "IT"];

    /// <summary>How they become bytes.</summary>
    public static ISerde<Order> Serde { get; } = Serdes.Json(OrderJson.Default.Order);

    /// <summary>The n-th.</summary>
    public static Order At(int n) => new(n, Customer(n), Countries[n % Countries.Length], (n % 997) * 1.25, 1 + (n % 7));

    /// <summary>The key of the n-th.</summary>
    public static string Customer(int n) => string.Create(CultureInfo.InvariantCulture, $"customer-{n % Customers:000}");

    /// <summary>A chunk of their totals in cents, by customer.</summary>
    public static Chunk Cents(ChunkPool pool)
    {
        var builder = new ChunkBuilder(pool, 0);
        var value = new ByteWriter();
        for (int n = 0; n < InChunk; n++)
        {
            value.Clear();
            Serdes.Int64.Serialize((long)(At(n).Total * 100), value);
            builder.Append(Encoding.UTF8.GetBytes(Customer(n)), true, value.Written, true, n);
        }

        return builder.Take()!;
    }

    /// <summary>A chunk of them, by customer.</summary>
    public static Chunk Chunk(ChunkPool pool)
    {
        var builder = new ChunkBuilder(pool, 0);
        var value = new ByteWriter();
        for (int n = 0; n < InChunk; n++)
        {
            value.Clear();
            Serde.Serialize(At(n), value);
            builder.Append(Encoding.UTF8.GetBytes(Customer(n)), true, value.Written, true, n);
        }

        return builder.Take()!;
    }
}
