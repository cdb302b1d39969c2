using System.Buffers.Text;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Benchmarks;

/// <summary>Fills a topic with records of about 110 bytes, whose keys are drawn uniformly from 100,000.</summary>
internal static class TopicFeed
{
    public const int Keys = 100_000;
    public const int ValueBytes = 100;
    private const int RecordsInChunk = 1000;
    private const int ChunksInCommit = 4;

    /// <summary>Appends records by durable commits of four chunks, each made while the one before is committed.</summary>
    public static async Task FillAsync(EmbeddedLog log, TopicInfo topic, long records, int seed = 1)
    {
        var pipeline = new PipelineName($"feed-{topic.Number}");
        var start = StartId.New();
        log.WriteHome(pipeline, start, "{}"u8.ToArray(), 0);
        var claim = new TaskClaim(new TaskId(pipeline, "feed", 0), start, new Generation(1), 1);
        using ILogSession session = log.OpenSession(claim, topic);
        await session.ClaimAsync([], CancellationToken.None);
        using ITopicWriter writer = session.OpenWriter(topic);
        var pool = new ChunkPool();
        ChunkBuilder[] builders = [.. Enumerable.Range(0, topic.Partitions).Select(partition => new ChunkBuilder(pool, partition))];
        var random = new Random(seed);
        Epoch epoch = Epoch.None;
        Task committing = Task.CompletedTask;
        EpochCommit? before = null;
        long done = 0;
        while (done < records)
        {
            for (int chunk = 0; chunk < ChunksInCommit && done < records; chunk++)
            {
                ChunkBuilder builder = builders[(int)(done / RecordsInChunk % builders.Length)];
                long count = Math.Min(RecordsInChunk, records - done);
                Build(builder, random, done, count);
                writer.Write(builder.Take()!);
                done += count;
            }

            SealedOutput output = writer.Seal();
            await committing;
            before?.Release();
            epoch = epoch.Next();
            before = new EpochCommit(claim, epoch, []) { Outputs = [output] };
            committing = session.CommitAsync(before, CancellationToken.None);
        }

        await committing;
        before?.Release();
    }

    private static void Build(ChunkBuilder builder, Random random, long from, long count)
    {
        Span<byte> key = stackalloc byte[16];
        Span<byte> value = stackalloc byte[ValueBytes];
        value.Fill((byte)'v');
        for (long i = 0; i < count; i++)
        {
            // The value begins with the key and its length, so that it can be keyed by its value too.
            key[0] = (byte)'k';
            Utf8Formatter.TryFormat(random.Next(Keys), key[1..], out int digits);
            ReadOnlySpan<byte> text = key[..(digits + 1)];
            value[0] = (byte)text.Length;
            text.CopyTo(value[1..]);
            builder.Append(text, true, value, true, from + i);
        }
    }
}
