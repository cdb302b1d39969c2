using System.Diagnostics;
using Serilog.Core;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Kafka;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.Native;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Kafka.Native;

/// <summary>That a reader of a cluster's topics keeps what every log promises, where offsets have gaps too.</summary>
public sealed class KafkaLogReaderTests : IDisposable
{
    private readonly ChunkPool pool = new();
    private readonly List<IDisposable> opened = [];

    public void Dispose()
    {
        foreach (IDisposable one in opened) one.Dispose();
    }

    [SkippableFact]
    public void Partitions_are_read_each_in_order_and_nothing_is_left_out_behind_markers_and_aborted_records()
    {
        TopicInfo topic = NewTopic(partitions: 3);
        NativeProducer producer = Producer(topic);
        var written = new List<string>[] { [], [], [] };
        for (int n = 0; n < 40; n++)
        {
            bool commit = n % 4 != 2;
            producer.BeginTransaction();
            for (int partition = 0; partition < 3; partition++)
            {
                TestRecord[] records = [.. Enumerable.Range(0, 1 + (n * n % 97)).Select(m => new TestRecord($"{n}", $"{partition}.{n}.{m}", n + 1, n % 5 == 0 ? "h=1" : ""))];
                producer.Produce(producer.Topic(topic.Name), TestRecord.Chunk(pool, partition, records));
                if (commit) written[partition].AddRange(records.Select(record => record.Value!));
            }

            if (commit) producer.CommitTransaction(NativeClients.Deadline);
            else Abort(producer);
        }

        KafkaLogReader reader = Reader();
        for (int partition = 0; partition < 3; partition++) reader.Assign(topic, partition, 0);
        var read = new List<string>[] { [], [], [] };
        var last = new long[] { -1, -1, -1 };
        ReadUntil(reader, () => read.Sum(list => list.Count) >= written.Sum(list => list.Count), chunk =>
        {
            foreach ((long offset, TestRecord record) in TestRecord.In(chunk.Chunk))
            {
                Assert.True(offset > last[chunk.Chunk.Partition]);
                last[chunk.Chunk.Partition] = offset;
                read[chunk.Chunk.Partition].Add(record.Value!);
                Assert.Equal(int.Parse(record.Key!) % 5 == 0 ? "h=1" : "", record.Headers);
            }

            Assert.Equal(chunk.NextOffset, reader.NextOffset(topic, chunk.Chunk.Partition));
            Assert.True(chunk.NextOffset >= chunk.Chunk.NextOffset);
        });

        Assert.Equal(written, read);
    }

    [SkippableFact]
    public void Reading_goes_on_behind_the_markers_at_the_end_when_nothing_else_comes()
    {
        TopicInfo topic = NewTopic();
        NativeProducer producer = Producer(topic);
        NativeClients.Transaction(producer, topic.Name, TestRecord.Chunk(pool, 0, new TestRecord("a", "1", 1)));
        producer.BeginTransaction();
        producer.Produce(producer.Topic(topic.Name), TestRecord.Chunk(pool, 0, new TestRecord("b", "2", 1)));
        Abort(producer);

        KafkaLogReader reader = Reader();
        reader.Assign(topic, 0, 0);
        Assert.Equal(0, reader.NextOffset(topic, 0));
        var read = new List<string>();
        ReadUntil(reader, () => reader.NextOffset(topic, 0) == 4, chunk => read.AddRange(Values(chunk)));
        Assert.Equal(["1"], read);
    }

    [SkippableFact]
    public void A_position_in_the_middle_is_read_on_from_there()
    {
        TopicInfo topic = NewTopic();
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).Produce(topic.Name, Enumerable.Range(0, 100).Select(n => new KafkaTestRecord(null, $"{n}", 0)));
        KafkaLogReader reader = Reader();
        reader.Assign(topic, 0, 60);
        var read = new List<string>();
        ReadUntil(reader, () => read.Count == 40, chunk => read.AddRange(Values(chunk)));
        Assert.Equal(Enumerable.Range(60, 40).Select(n => $"{n}"), read);
    }

    [SkippableFact]
    public void An_offset_that_is_gone_or_was_never_reached_is_refused_with_what_there_is()
    {
        TopicInfo topic = NewTopic();
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).Produce(topic.Name, Enumerable.Range(0, 5).Select(n => new KafkaTestRecord(null, $"{n}", 0)));
        KafkaLogReader reader = Reader();
        reader.Assign(topic, 0, 6);

        var refused = Assert.Throws<OffsetOutOfRangeException>(() => ReadUntil(reader, () => false, _ => Assert.Fail("a chunk came")));
        Assert.Equal((0, 5), (refused.Range.FirstOffset, refused.Range.NextOffset));
        Assert.Contains(topic.Name, refused.Message, StringComparison.Ordinal);
        Assert.Throws<OffsetOutOfRangeException>(() => reader.Poll(TimeSpan.Zero));
    }

    [SkippableFact]
    public void A_topic_that_is_deleted_ends_its_reader()
    {
        TopicInfo topic = NewTopic();
        KafkaLogReader reader = Reader(("topic.metadata.propagation.max.ms", "100"), ("topic.metadata.refresh.interval.ms", "200"));
        reader.Assign(topic, 0, 0);
        reader.Poll(TimeSpan.FromMilliseconds(100));
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).DeleteTopic(topic.Name);

        var refused = Assert.Throws<TopicException>(() => ReadUntil(reader, () => false, _ => Assert.Fail("a chunk came")));
        Assert.Contains("deleted", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_topic_that_is_made_anew_while_it_is_read_is_not_read_on()
    {
        TopicInfo topic = NewTopic();
        var client = new KafkaTestClient(KafkaServers.Shared.Bootstrap);
        client.Produce(topic.Name, Enumerable.Range(0, 5).Select(n => new KafkaTestRecord(null, $"old {n}", 0)));
        KafkaLogReader reader = Reader();
        reader.Assign(topic, 0, 0);
        var read = new List<string>();
        ReadUntil(reader, () => read.Count == 5, chunk => read.AddRange(Values(chunk)));
        client.DeleteTopic(topic.Name);
        client.CreateTopic(topic.Name);
        client.Produce(topic.Name, Enumerable.Range(0, 20).Select(n => new KafkaTestRecord(null, $"new {n}", 0)));

        Assert.Throws<TopicException>(() => ReadUntil(reader, () => false, chunk => Assert.Fail(string.Join(", ", Values(chunk)))));
    }

    [SkippableFact]
    public void A_topic_that_was_made_anew_is_not_taken_for_the_old_one()
    {
        TopicInfo topic = NewTopic();
        KafkaLogReader reader = Reader();
        Assert.Throws<TopicException>(() => reader.Assign(topic with { Id = "another" }, 0, 0));
    }

    [SkippableFact]
    public void A_partition_that_there_is_not_can_t_be_assigned()
    {
        TopicInfo topic = NewTopic();
        KafkaLogReader reader = Reader();
        Assert.Throws<TopicException>(() => reader.Assign(topic, 1, 0));
        Assert.Throws<TopicException>(() => reader.NextOffset(topic, 1));
    }

    [SkippableFact]
    public void A_wake_ends_the_wait_and_is_not_lost_when_nobody_waits()
    {
        KafkaLogReader reader = Reader();
        reader.Assign(NewTopic(), 0, 0);
        long begin = Stopwatch.GetTimestamp();
        reader.Wake();
        Assert.Null(reader.Poll(NativeClients.Deadline));
        using var waker = new Timer(_ => reader.Wake(), null, 50, Timeout.Infinite);
        Assert.Null(reader.Poll(NativeClients.Deadline));
        Assert.True(Stopwatch.GetElapsedTime(begin) < NativeClients.Deadline / 2);
    }

    [SkippableFact]
    public void All_memory_is_given_back()
    {
        TopicInfo topic = NewTopic(partitions: 2);
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).Produce(topic.Name, Enumerable.Range(0, 5000).Select(n => new KafkaTestRecord(null, $"{n}", n % 2)));
        KafkaLogReader reader = Reader();
        reader.Assign(topic, 0, 0);
        reader.Assign(topic, 1, 0);
        int chunks = 0;
        ReadUntil(reader, () => chunks == 1, _ => chunks++);
        reader.Dispose();
        Assert.Equal(0, pool.Outstanding);
    }

    private static TopicInfo NewTopic(int partitions = 1)
    {
        using var cluster = new KafkaCluster(NativeClients.Settings(null, []), -1, Logger.None);
        return cluster.Find(NativeClients.NewTopic(partitions))!;
    }

    private NativeProducer Producer(TopicInfo topic)
    {
        NativeProducer producer = NativeClients.Producer($"id-{topic.Name}");
        opened.Add(producer);
        producer.InitTransactions(NativeClients.Deadline);
        return producer;
    }

    private KafkaLogReader Reader(params (string Name, string Value)[] more)
    {
        var cluster = new KafkaCluster(NativeClients.Settings(null, more), -1, Logger.None);
        var reader = new KafkaLogReader(cluster, pool, new FetchMemory(KafkaLogOptions.FetchMemoryBytes));
        opened.Add(reader);
        opened.Add(cluster);
        return reader;
    }

    private static void Abort(NativeProducer producer)
    {
        // Flushed first, so that there is something to be aborted.
        producer.Flush(NativeClients.Deadline);
        producer.AbortTransaction(NativeClients.Deadline);
    }

    private static IEnumerable<string> Values(LogChunk chunk) => TestRecord.In(chunk.Chunk).Select(found => found.Record.Value!);

    private static void ReadUntil(KafkaLogReader reader, Func<bool> done, Action<LogChunk> take)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!done())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < NativeClients.Deadline, "what has to be read did not come");
            if (reader.Poll(TimeSpan.FromSeconds(1)) is not { } chunk) continue;
            take(chunk);
            chunk.Chunk.Release();
        }
    }
}
