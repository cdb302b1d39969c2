using System.Diagnostics;
using Confluent.Kafka;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Stages.Tests.Kafka.Native;

/// <summary>That a consumer reads what it is told to, says where partitions end, and can always be woken.</summary>
public sealed class NativeConsumerTests
{
    [SkippableFact]
    public void Assigning_a_partition_keeps_what_is_prefetched_of_others()
    {
        string topic = NativeClients.NewTopic(partitions: 2);
        var client = new KafkaTestClient(KafkaServers.Shared.Bootstrap);
        client.Produce(topic, Enumerable.Range(0, 1000).Select(n => new KafkaTestRecord(null, $"{n}", n % 2)));
        using NativeConsumer consumer = NativeClients.Consumer();
        consumer.Assign(topic, 0, 0);

        var offsets = new Dictionary<int, List<long>> { [0] = [], [1] = [] };
        bool both = false;
        long begin = Stopwatch.GetTimestamp();
        while (offsets.Values.Sum(list => list.Count) < 1000)
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < NativeClients.Deadline);
            using (NativeBatch batch = consumer.Poll(7, TimeSpan.FromSeconds(1)))
            {
                for (int n = 0; n < batch.Count; n++)
                {
                    if (batch[n].IsRecord) offsets[batch[n].Partition].Add(batch[n].Offset);
                }
            }

            if (both || offsets[0].Count == 0) continue;
            consumer.Assign(topic, 1, 0);
            both = true;
        }

        Assert.All(offsets.Values, list => Assert.Equal(Enumerable.Range(0, 500).Select(n => (long)n), list));
    }

    [SkippableFact]
    public void An_offset_behind_the_end_comes_as_an_error_of_its_partition()
    {
        string topic = NativeClients.NewTopic();
        using NativeConsumer consumer = NativeClients.Consumer();
        consumer.Assign(topic, 0, 10);

        NativeBatch batch = default;
        Assert.True(SpinUntilPolled(consumer, ref batch));
        Assert.Equal(ErrorCode.Local_AutoOffsetReset, batch[0].Error);
        Assert.Equal(0, batch[0].Partition);
        batch.Dispose();
    }

    [SkippableFact]
    public void A_wake_ends_the_wait_it_finds_and_the_next_one_if_there_is_none()
    {
        using NativeConsumer consumer = NativeClients.Consumer();
        consumer.Assign(NativeClients.NewTopic(), 0, 0);
        NativeClients.ReadToEnd(consumer);

        long begin = Stopwatch.GetTimestamp();
        consumer.Wake();
        consumer.Poll(1, NativeClients.Deadline).Dispose();
        using var waker = new Timer(_ => consumer.Wake(), null, 50, Timeout.Infinite);
        consumer.Poll(1, NativeClients.Deadline).Dispose();
        consumer.Poll(1, TimeSpan.FromMilliseconds(1)).Dispose();
        Assert.True(Stopwatch.GetElapsedTime(begin) < NativeClients.Deadline / 2);
    }

    [SkippableFact]
    public void Watermarks_are_those_that_the_reader_may_see()
    {
        string topic = NativeClients.NewTopic();
        using NativeProducer producer = NativeClients.Producer($"id-{topic}");
        producer.InitTransactions(NativeClients.Deadline);
        producer.BeginTransaction();
        producer.Produce(producer.Topic(topic), 0, "k"u8, true, "v"u8, true, 1, default);
        producer.Flush(NativeClients.Deadline);

        using NativeConsumer committed = NativeClients.Consumer(), all = NativeClients.Consumer(committed: false);
        Assert.Equal((0, 0), committed.QueryWatermarks(topic, 0, NativeClients.Deadline));
        Assert.Equal((0, 1), all.QueryWatermarks(topic, 0, NativeClients.Deadline));
        producer.CommitTransaction(NativeClients.Deadline);
        Assert.True(SpinWait.SpinUntil(() => committed.QueryWatermarks(topic, 0, NativeClients.Deadline) == (0, 2), NativeClients.Deadline));
    }

    [SkippableFact]
    public void The_offset_of_a_time_is_that_of_the_first_record_not_before_it()
    {
        string topic = NativeClients.NewTopic();
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).Produce(
            topic, new[] { 100, 200, 300 }.Select(time => new KafkaTestRecord(null, "", 0, DateTimeOffset.FromUnixTimeMilliseconds(time))));
        using NativeConsumer consumer = NativeClients.Consumer();

        Assert.Equal(
            [0L, 1, 1, 2, -1],
            new long[] { 1, 101, 200, 201, 301 }.Select(time => consumer.OffsetForTime(topic, 0, time, NativeClients.Deadline)));
    }

    [SkippableFact]
    public void A_paused_partition_brings_nothing_and_goes_on_where_it_stopped()
    {
        string topic = NativeClients.NewTopic();
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).Produce(topic, Enumerable.Range(0, 100).Select(n => new KafkaTestRecord(null, $"{n}", 0)));
        using NativeConsumer consumer = NativeClients.Consumer();
        consumer.Assign(topic, 0, 0);
        NativeBatch first = default;
        Assert.True(SpinUntilPolled(consumer, ref first));
        first.Dispose();

        consumer.Pause(topic, 0);
        using (NativeBatch paused = consumer.Poll(100, TimeSpan.FromMilliseconds(300))) Assert.Equal(0, paused.Count);
        consumer.Resume(topic, 0);

        Assert.Equal(Enumerable.Range(1, 99).Select(n => (long)n), NativeClients.ReadToEnd(consumer).Records.Select(found => found.Offset));
    }

    [SkippableFact]
    public void Offsets_stored_for_the_group_are_seen_by_others()
    {
        string topic = NativeClients.NewTopic();
        using NativeConsumer consumer = NativeClients.Consumer();
        consumer.CommitAsync([(topic, 0, 42)]);

        using IConsumer<Ignore, Ignore> other = new ConsumerBuilder<Ignore, Ignore>(
            new ConsumerConfig { BootstrapServers = KafkaServers.Shared.Bootstrap, GroupId = "streamengine" }).Build();
        Assert.True(SpinWait.SpinUntil(
            () => other.Committed([new TopicPartition(topic, 0)], NativeClients.Deadline)[0].Offset == 42, NativeClients.Deadline));
    }

    /// <summary>Takes one message.</summary>
    private static bool SpinUntilPolled(NativeConsumer consumer, ref NativeBatch batch)
    {
        batch = consumer.Poll(1, NativeClients.Deadline);
        return batch.Count == 1;
    }
}
