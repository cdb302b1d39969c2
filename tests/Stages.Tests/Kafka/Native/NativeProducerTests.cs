using Confluent.Kafka;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Kafka.Native;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Kafka.Native;

/// <summary>That what is produced from chunks arrives as it is, in transactions or not at all, and that a producer's end waits for nobody.</summary>
public sealed class NativeProducerTests
{
    private static readonly TestRecord[] Kinds =
    [
        new("key", "value", 1),
        new("key", null, 1_700_000_000_000),
        new(null, "value", 3),
        new(null, null, 4),
        new("", "", 5),
        new("with", "headers", 6, "a=1;b;a=2;empty="),
        new("without", "headers", 7),
        new("before 1970", "value", -5),
        new("large", new string('x', 300_000), 8),
    ];

    private readonly ChunkPool pool = new();

    [SkippableFact]
    public void Records_of_every_kind_arrive_as_they_were_in_the_chunk()
    {
        string topic = NativeClients.NewTopic(partitions: 2);
        using NativeProducer producer = NativeClients.Producer($"id-{topic}");
        producer.InitTransactions(NativeClients.Deadline);
        NativeClients.Transaction(producer, topic, TestRecord.Chunk(pool, 1, Kinds));

        using NativeConsumer consumer = NativeClients.Consumer();
        consumer.Assign(topic, 1, 0);
        (List<(long Offset, TestRecord Record)> read, long end) = NativeClients.ReadToEnd(consumer);

        Assert.Equal(Kinds, read.Select(found => found.Record));
        Assert.Equal(Enumerable.Range(0, Kinds.Length).Select(n => (long)n), read.Select(found => found.Offset));
        Assert.Equal(Kinds.Length + 1, end);
        Assert.Equal(
            Kinds.Select(record => (record.Key, record.Value)),
            new KafkaTestClient(KafkaServers.Shared.Bootstrap).ReadCommitted(topic).Select(record => (record.Key, record.Value)));
    }

    [SkippableFact]
    public void Records_of_several_partitions_arrive_where_other_clients_expect_their_keys()
    {
        string topic = NativeClients.NewTopic(partitions: 4), other = NativeClients.NewTopic(partitions: 4);
        using NativeProducer producer = NativeClients.Producer();
        TestRecord[] records = [.. Enumerable.Range(0, 100).Select(n => new TestRecord(n % 5 == 4 ? null : $"key {n}", $"value {n}", n + 1))];
        producer.Produce(producer.Topic(topic), TestRecord.Chunk(pool, 3, records), partition: 2, routedOver: 4);
        producer.Flush(NativeClients.Deadline);

        TestRecord[] keyed = [.. records.Where(record => record.Key is not null)];
        new KafkaTools(KafkaServers.Shared.Bootstrap).Produce(other, [.. keyed.Select(record => $"{record.Key}\t{record.Value}")]);

        var client = new KafkaTestClient(KafkaServers.Shared.Bootstrap);
        ILookup<bool, KafkaTestRecord> read = client.ReadCommitted(topic).ToLookup(record => record.Key is not null);
        Assert.Equal(keyed.Length, read[true].Count());
        Assert.Equal(
            client.ReadCommitted(other).Select(record => (record.Partition, record.Offset, record.Key, record.Value)).Order(),
            read[true].Select(record => (record.Partition, record.Key, record.Value, record.Offset))
                .GroupBy(record => record.Partition)
                .SelectMany(records => records.OrderBy(record => record.Offset).Select((record, n) => (record.Partition, (long)n, record.Key, record.Value)))
                .Order());
        Assert.All(read[false], record => Assert.Equal(2, record.Partition));
        Assert.Equal(records.Length - keyed.Length, read[false].Count());
    }

    [SkippableFact]
    public void Single_records_arrive_as_they_were()
    {
        string topic = NativeClients.NewTopic();
        using NativeProducer producer = NativeClients.Producer();
        foreach ((long _, TestRecord record) in TestRecord.In(TestRecord.Chunk(pool, 0, Kinds)))
        {
            byte[] key = System.Text.Encoding.Latin1.GetBytes(record.Key ?? ""), value = System.Text.Encoding.Latin1.GetBytes(record.Value ?? "");
            producer.Produce(
                producer.Topic(topic), 0, key, record.Key is not null, value, record.Value is not null, record.Timestamp, TestRecord.HeadersOf(record.Headers));
        }

        producer.Flush(NativeClients.Deadline);

        Assert.Null(producer.TakeDeliveryError());
        using NativeConsumer consumer = NativeClients.Consumer();
        consumer.Assign(topic, 0, 0);
        Assert.Equal(Kinds, NativeClients.ReadToEnd(consumer).Records.Select(found => found.Record));
    }

    [SkippableFact]
    public void The_time_0_which_the_library_can_not_carry_becomes_1_and_not_now()
    {
        string topic = NativeClients.NewTopic();
        using NativeProducer producer = NativeClients.Producer();
        producer.Produce(producer.Topic(topic), TestRecord.Chunk(pool, 0, new TestRecord("k", "v", 0)));
        producer.Flush(NativeClients.Deadline);

        using NativeConsumer consumer = NativeClients.Consumer();
        consumer.Assign(topic, 0, 0);
        Assert.Equal(1, Assert.Single(NativeClients.ReadToEnd(consumer).Records).Record.Timestamp);
    }

    [SkippableFact]
    public void What_is_aborted_is_seen_by_no_committed_reader_and_the_next_transaction_is()
    {
        string topic = NativeClients.NewTopic();
        using NativeProducer producer = NativeClients.Producer($"id-{topic}");
        producer.InitTransactions(NativeClients.Deadline);
        NativeClients.Transaction(producer, topic, TestRecord.Chunk(pool, 0, new TestRecord("aborted", "", 1)), commit: false);
        NativeClients.Transaction(producer, topic, TestRecord.Chunk(pool, 0, new TestRecord("committed", "", 1)));

        using NativeConsumer consumer = NativeClients.Consumer();
        consumer.Assign(topic, 0, 0);
        (List<(long Offset, TestRecord Record)> read, long end) = NativeClients.ReadToEnd(consumer);

        // Each transaction ends with a marker, which has an offset too.
        Assert.Equal((2, "committed"), (Assert.Single(read).Offset, read[0].Record.Key));
        Assert.Equal(4, end);
    }

    [SkippableFact]
    public void A_producer_whose_transactional_id_was_taken_over_hears_that_it_is_fenced()
    {
        string topic = NativeClients.NewTopic();
        using NativeProducer first = NativeClients.Producer($"id-{topic}");
        first.InitTransactions(NativeClients.Deadline);
        first.BeginTransaction();
        first.Produce(first.Topic(topic), TestRecord.Chunk(pool, 0, new TestRecord("first", "", 1)));
        first.Flush(NativeClients.Deadline);

        using NativeProducer second = NativeClients.Producer($"id-{topic}");
        second.InitTransactions(NativeClients.Deadline);
        var fault = Assert.Throws<KafkaFault>(() => first.CommitTransaction(NativeClients.Deadline));

        Assert.True(fault.IsFenced && fault.IsFatal, $"{fault.Code}: {fault.Message}");
        Assert.True(first.Fatal() is { IsFenced: true });
        Assert.Null(second.Fatal());
        Assert.Empty(new KafkaTestClient(KafkaServers.Shared.Bootstrap).ReadCommitted(topic));
    }

    [SkippableFact]
    public void A_record_that_the_broker_finds_too_large_is_told_once_as_a_delivery_error()
    {
        string topic = NativeClients.NewTopic(configs: new Dictionary<string, string> { ["max.message.bytes"] = "1000" });
        using NativeProducer producer = NativeClients.Producer();
        producer.Produce(producer.Topic(topic), TestRecord.Chunk(pool, 0, new TestRecord("k", new string('x', 5000), 1)));
        producer.Flush(NativeClients.Deadline);

        KafkaFault? fault = producer.TakeDeliveryError();
        Assert.Equal(ErrorCode.MsgSizeTooLarge, fault?.Code);
        Assert.Contains(topic, fault!.Message, StringComparison.Ordinal);
        Assert.Null(producer.TakeDeliveryError());
    }

    [SkippableFact]
    public void A_record_produced_outside_of_a_transaction_is_refused()
    {
        string topic = NativeClients.NewTopic();
        using NativeProducer producer = NativeClients.Producer($"id-{topic}");
        producer.InitTransactions(NativeClients.Deadline);

        var fault = Assert.Throws<KafkaFault>(() => producer.Produce(
            producer.Topic(topic), TestRecord.Chunk(pool, 0, new TestRecord("k", "v", 1, "header=1"))));
        Assert.Equal(ErrorCode.Local_State, fault.Code);
    }

    [Fact]
    public void A_thread_that_waits_for_room_is_let_go_when_the_producer_is_disposed_of()
    {
        // Nobody listens at that address, so that the queue of one record is full from the first on.
        NativeProducer producer = NativeClients.Producer(null, "127.0.0.1:1", ("queue.buffering.max.messages", "1"));
        NativeTopic topic = producer.Topic("t");
        Chunk chunk = TestRecord.Chunk(pool, 0, new TestRecord("1", "", 1), new TestRecord("2", "", 1), new TestRecord("3", "", 1));
        using var began = new ManualResetEventSlim();
        Exception? thrown = null;
        var writer = new Thread(() =>
        {
            began.Set();
            try
            {
                while (true) producer.Produce(topic, chunk);
            }
            catch (Exception e)
            {
                thrown = e;
            }
        });
        writer.Start();
        began.Wait();
        producer.Dispose();

        Assert.True(writer.Join(NativeClients.Deadline));
        Assert.IsType<ObjectDisposedException>(thrown);
        Assert.Throws<ObjectDisposedException>(() => producer.Topic("t"));
    }

    [Fact]
    public void Lost_connections_are_told_once()
    {
        using NativeProducer producer = NativeClients.Producer(null, "127.0.0.1:1");
        Assert.True(SpinWait.SpinUntil(producer.TakeDisconnects, NativeClients.Deadline));
    }

    [Theory]
    [InlineData("no.such.setting", "x", "no.such.setting")]
    [InlineData("linger.ms", "soon", "linger.ms")]
    [InlineData("message.timeout.ms", "90000", "transaction.timeout.ms")]
    public void A_setting_that_is_wrong_is_refused_by_its_name(string name, string value, string named)
    {
        var fault = Assert.Throws<KafkaFault>(() => NativeClients.Producer("id", "127.0.0.1:1", (name, value)));
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }
}
