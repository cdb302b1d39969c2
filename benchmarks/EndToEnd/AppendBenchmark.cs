using System.Buffers.Binary;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

namespace StreamEngine.Benchmarks;

/// <summary>Appending to the embedded log, against raw, synced puts of the same chunks through the same binding; ABBA.</summary>
internal static class AppendBenchmark
{
    private const int ChunksInCommit = 4;
    private const int RecordsInChunk = 1000;

    public static async Task RunAsync(ResultTable results, int repeats, long records)
    {
        var raw = new List<double>();
        var log = new List<double>();
        byte[] chunk = OneChunk();
        Raw(chunk, records / 4);
        await LogAsync(records / 4);
        for (int i = 0; i < repeats; i++)
        {
            if (i % 2 == 0) raw.Add(Raw(chunk, records));
            log.Add((await LogAsync(records)).Rate);
            if (i % 2 != 0) raw.Add(Raw(chunk, records));
        }

        double rawRate = results.Add("append: raw synced puts of chunks", "records/s", raw, "4 chunks of 1,000 records of 110 B a write");
        double logRate = results.Add("append: embedded log", "records/s", log, "the same, through a session, durable, chunks built on the way");
        results.Add("append: log / raw", "ratio", [logRate / rawRate], "of the medians; aim: at least 0.70");
    }

    /// <summary>Records a second of appending to the log, and a second of CPU.</summary>
    public static async Task<(double Rate, double PerCore)> LogAsync(long records)
    {
        using var folder = new BenchmarkFolder();
        using EmbeddedLog log = EmbeddedLog.Open(Path.Combine(folder.Path, "log"));
        TopicInfo topic = log.Create(new TopicSpec("in", 4));
        var usage = new Usage();
        await TopicFeed.FillAsync(log, topic, records);
        return (records / usage.Seconds, records / usage.CpuSeconds);
    }

    private static double Raw(byte[] chunk, long records)
    {
        using var folder = new BenchmarkFolder();
        using RocksDatabase db = RocksDatabase.Open(folder.Path, LogLayout.Families, new RocksMemory(32 << 20, 64 << 20));
        byte[] key = new byte[16];
        var usage = new Usage();
        using RocksBatch batch = db.NewBatch();
        for (long done = 0; done < records; done += ChunksInCommit * RecordsInChunk)
        {
            batch.Clear();
            for (int i = 0; i < ChunksInCommit; i++)
            {
                BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(4), done + (i * RecordsInChunk));
                batch.Put(LogLayout.Chunks, key, chunk);
            }

            db.Write(batch);
        }

        return records / usage.Seconds;
    }

    private static byte[] OneChunk()
    {
        var builder = new ChunkBuilder(new ChunkPool(), 0);
        byte[] value = new byte[TopicFeed.ValueBytes];
        for (int i = 0; i < RecordsInChunk; i++) builder.Append("k12345"u8, true, value, true, i);
        Chunk chunk = builder.Take()!;
        byte[] bytes = chunk.Encoded.ToArray();
        chunk.Release();
        return bytes;
    }
}

/// <summary>A folder of a run's own, gone at its end.</summary>
internal sealed class BenchmarkFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("streamengine-benchmark-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
