using System.Diagnostics;
using Serilog.Core;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Kafka;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Kafka.Native;

/// <summary>That readers fetch no more than their share of one memory, and read on without a gap when it changes.</summary>
public sealed class KafkaLogReaderTests_Memory : IDisposable
{
    private const int Megabyte = 1 << 20;

    private readonly ChunkPool pool = new();
    private readonly string topic = NativeClients.NewTopic();
    private readonly KafkaCluster cluster = new(NativeClients.Settings(null, []), -1, Logger.None);
    private readonly List<KafkaLogReader> open = [];

    public void Dispose()
    {
        foreach (KafkaLogReader reader in open) reader.Dispose();
        cluster.Dispose();
    }

    [SkippableFact]
    public void Eight_readers_fetch_what_one_memory_holds_and_no_more()
    {
        const int readers = 8, valueBytes = 10_000, records = 1_200;
        const long share = 2 * Megabyte;
        var value = new string('x', valueBytes);
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).Produce(topic, Enumerable.Range(0, records).Select(_ => new KafkaTestRecord(null, value, 0)));
        TopicInfo info = cluster.Find(topic)!;
        var memory = new FetchMemory(readers * share);
        for (int n = 0; n < readers; n++) Open(memory, info);

        // The first were opened when there were fewer, and follow when they are asked for records.
        for (int round = 0; round < 2; round++)
        {
            foreach (KafkaLogReader reader in open) Take(reader.Poll(TimeSpan.Zero));
        }

        Assert.Equal(readers * share, memory.HeldBytes);
        Until(() => open.All(reader => reader.Fetched * valueBytes >= share), "the readers don't fetch their shares");

        // From here on nothing can be fetched, so what comes now is what lay there: in queues, one fetch more, and a batch that was taken out.
        cluster.Purge(topic, 0, records);
        long fetched = open.Sum(Rest) * valueBytes;
        Assert.InRange(fetched, readers * share, readers * (share + share + Megabyte));
    }

    [SkippableFact]
    public void A_reader_whose_share_changes_reads_on_where_it_was()
    {
        const int records = 40_000;
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).Produce(topic, Enumerable.Range(0, records).Select(n => new KafkaTestRecord(null, $"{n}", 0)));
        TopicInfo info = cluster.Find(topic)!;
        var memory = new FetchMemory(4 * Megabyte);
        KafkaLogReader reader = Open(memory, info);
        var held = new HashSet<long> { memory.HeldBytes };
        var read = new List<string>();
        for (int chunks = 0; read.Count < records;)
        {
            LogChunk? chunk = null;
            Until(() => (chunk = reader.Poll(TimeSpan.FromMilliseconds(200))) is not null, $"nothing comes behind record {read.Count}");
            read.AddRange(TestRecord.In(chunk!.Value.Chunk).Select(found => found.Record.Value!));
            Assert.Equal(read.Count, reader.NextOffset(info, 0));
            chunk.Value.Chunk.Release();

            // Another comes, and goes again.
            if (chunks++ % 4 == 1) Open(memory, info);
            if (chunks % 4 == 3)
            {
                held.Add(memory.HeldBytes);
                open[1].Dispose();
                open.RemoveAt(1);
            }
        }

        Assert.Equal(Enumerable.Range(0, records).Select(n => $"{n}"), read);
        Assert.Contains(2 * 2 * Megabyte, held);
    }

    [SkippableFact]
    public void A_topic_made_anew_is_not_read_by_a_reader_whose_share_changes()
    {
        var client = new KafkaTestClient(KafkaServers.Shared.Bootstrap);
        client.Produce(topic, [new KafkaTestRecord(null, "old", 0)]);
        TopicInfo info = cluster.Find(topic)!;
        var memory = new FetchMemory(4 * Megabyte);
        KafkaLogReader reader = Open(memory, info);
        Until(() => Take(reader.Poll(TimeSpan.FromMilliseconds(200))) == 1, "the record doesn't come");

        cluster.Delete(topic);
        client.CreateTopic(topic);
        client.Produce(topic, [new KafkaTestRecord(null, "new", 0), new KafkaTestRecord(null, "new", 0)]);
        memory.Limit(Megabyte);
        Assert.Throws<TopicException>(() => Until(() => Take(reader.Poll(TimeSpan.FromMilliseconds(200))) > 0, "neither a record nor an error comes"));
    }

    private KafkaLogReader Open(FetchMemory memory, TopicInfo info)
    {
        var reader = new KafkaLogReader(cluster, pool, memory);
        open.Add(reader);
        reader.Assign(info, 0, 0);
        return reader;
    }

    /// <summary>How many records come until the reader is told that what it wants is gone.</summary>
    private static long Rest(KafkaLogReader reader)
    {
        long records = 0;
        try
        {
            Until(
                () =>
                {
                    records += Take(reader.Poll(TimeSpan.FromMilliseconds(200)));
                    return false;
                },
                "the end of what is there isn't told");
        }
        catch (OffsetOutOfRangeException)
        {
            return records;
        }

        return -1;
    }

    private static int Take(LogChunk? chunk)
    {
        if (chunk is not { } read) return 0;
        int records = read.Chunk.Records;
        read.Chunk.Release();
        return records;
    }

    private static void Until(Func<bool> done, string otherwise)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!done()) Assert.True(Stopwatch.GetElapsedTime(begin) < NativeClients.Deadline, otherwise);
    }
}
