using System.Diagnostics;
using Confluent.Kafka;
using StreamEngine.Conformance.Kafka;

namespace StreamEngine.Stages.Tests.Kafka.Servers;

/// <summary>That what a proxy does to requests and replies is what a client of a real broker then meets.</summary>
public sealed class KafkaProxyTests(ProxiedBroker broker) : IClassFixture<ProxiedBroker>, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly string topic = $"proxied-{Guid.NewGuid():N}";

    private KafkaProxy Proxy => broker.Proxy;

    /// <summary>What stands in the topic, heard past the proxy.</summary>
    private IEnumerable<string?> Committed => Direct.ReadCommitted(topic).Select(record => record.Value);

    private KafkaTestClient Direct => new(Proxy.Servers.Bootstrap);

    public void Dispose()
    {
        if (broker.IsStarted) Proxy.Heal();
    }

    [SkippableFact]
    public void A_lost_reply_to_EndTxn_is_asked_for_again_and_the_transaction_stands_once()
    {
        Direct.CreateTopic(topic);
        using IProducer<Null, string> producer = Transactional();
        int before = Proxy.Requests(KafkaApi.EndTxn), replied = Proxy.Replies(KafkaApi.EndTxn);
        using ArmedFault fault = Proxy.Arm(new ProxyFault(ProxyAct.LoseReply, KafkaApi.EndTxn));
        Write(producer, "1");
        Assert.Equal(1, fault.Hits);

        // Asked once more, or oftener as long as the broker answers that it is still at it.
        int requests = Proxy.Requests(KafkaApi.EndTxn) - before;
        Assert.InRange(requests, 2, int.MaxValue);
        Assert.Equal(requests - 1, Proxy.Replies(KafkaApi.EndTxn) - replied);
        Assert.Equal(["1"], Committed);
    }

    [SkippableFact]
    public void The_request_that_is_named_is_hit_and_no_other()
    {
        Direct.CreateTopic(topic);
        using IProducer<Null, string> producer = Transactional();
        using ArmedFault fault = Proxy.Arm(new ProxyFault(ProxyAct.CutRequest, KafkaApi.EndTxn) { First = 2 });
        int before = Proxy.Requests(KafkaApi.EndTxn);
        Write(producer, "1");
        Assert.Equal((0, before + 1), (fault.Hits, Proxy.Requests(KafkaApi.EndTxn)));
        Write(producer, "2");
        Assert.Equal((1, before + 3), (fault.Hits, Proxy.Requests(KafkaApi.EndTxn)));
        Write(producer, "3");
        Assert.Equal((1, before + 4), (fault.Hits, Proxy.Requests(KafkaApi.EndTxn)));
        Assert.Equal(["1", "2", "3"], Committed);
    }

    [SkippableFact]
    public void A_request_that_is_cut_has_not_been_applied_and_one_whose_reply_is_lost_has()
    {
        Direct.CreateTopic(topic);

        // Nothing is sent twice: what stands in the topic shows what has reached the broker.
        using IProducer<Null, string> producer = Plain(config => (config.EnableIdempotence, config.MessageSendMaxRetries) = (false, 0));
        Send(producer, "1");
        using ArmedFault cut = Proxy.Arm(new ProxyFault(ProxyAct.CutRequest, KafkaApi.Produce));
        Assert.ThrowsAny<KafkaException>(() => Send(producer, "2"));
        using ArmedFault lost = Proxy.Arm(new ProxyFault(ProxyAct.LoseReply, KafkaApi.Produce));
        Assert.ThrowsAny<KafkaException>(() => Send(producer, "3"));
        Send(producer, "4");
        Assert.Equal((1, 1), (cut.Hits, lost.Hits));
        Assert.Equal(["1", "3", "4"], Committed);
    }

    [SkippableFact]
    public void Every_request_and_every_reply_is_counted()
    {
        Direct.CreateTopic(topic);
        using IProducer<Null, string> producer = Plain();
        Send(producer, "first");
        int requests = Proxy.Requests(KafkaApi.Produce), replies = Proxy.Replies(KafkaApi.Produce);
        for (int n = 0; n < 100; n++) Send(producer, $"{n}");
        Assert.Equal((requests + 100, replies + 100), (Proxy.Requests(KafkaApi.Produce), Proxy.Replies(KafkaApi.Produce)));
    }

    [SkippableTheory]
    [InlineData(ProxyAct.DelayRequest)]
    [InlineData(ProxyAct.DelayReply)]
    public void A_request_or_a_reply_that_is_delayed_arrives_late(ProxyAct act)
    {
        Direct.CreateTopic(topic);
        using IProducer<Null, string> producer = Plain();
        Send(producer, "1");
        using ArmedFault fault = Proxy.Arm(new ProxyFault(act, KafkaApi.Produce) { Delay = TimeSpan.FromSeconds(1) });
        var waited = Stopwatch.StartNew();
        Send(producer, "2");
        Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(0.9), Deadline);
        Assert.Equal(1, fault.Hits);
        Assert.Equal(["1", "2"], Committed);
    }

    [SkippableFact]
    public void A_request_that_is_held_reaches_the_broker_when_its_client_has_given_up()
    {
        Direct.CreateTopic(topic);
        using (IProducer<Null, string> producer = Plain(config => (config.EnableIdempotence, config.MessageTimeoutMs, config.MessageSendMaxRetries) = (false, 2_000, 0)))
        {
            // The topic's leader is known and connected: what is held is the request itself.
            Send(producer, "1");
            int before = Proxy.Requests(KafkaApi.Produce);
            Proxy.Hold();
            Task<DeliveryResult<Null, string>> sent = producer.ProduceAsync(topic, new Message<Null, string> { Value = "late" });
            Assert.True(SpinWait.SpinUntil(() => Proxy.Requests(KafkaApi.Produce) == before + 1, Deadline));
            Assert.ThrowsAny<KafkaException>(() => sent.GetAwaiter().GetResult());
        }

        Assert.Equal(["1"], Committed);
        Proxy.LetGo();
        Assert.True(SpinWait.SpinUntil(() => Committed.Count() == 2, Deadline));
        Assert.Equal(["1", "late"], Committed);
    }

    [SkippableFact]
    public void What_has_happened_can_be_waited_for()
    {
        Direct.CreateTopic(topic);
        using IProducer<Null, string> producer = Plain();
        using ArmedFault fault = Proxy.Arm(new ProxyFault(ProxyAct.LoseReply, KafkaApi.Produce) { Times = 2 });
        Task<DeliveryResult<Null, string>> sent = producer.ProduceAsync(topic, new Message<Null, string> { Value = "1" });
        fault.AwaitHits(2);
        sent.GetAwaiter().GetResult();
        Assert.Equal(["1"], Committed);
    }

    [SkippableFact]
    public async Task Nothing_passes_while_it_is_held()
    {
        Direct.CreateTopic(topic);
        using IProducer<Null, string> producer = Plain();
        Send(producer, "1");
        int replies = Proxy.Replies(KafkaApi.Produce);
        Proxy.Hold();
        Task<DeliveryResult<Null, string>> sent = producer.ProduceAsync(topic, new Message<Null, string> { Value = "2" });
        Assert.False(sent.Wait(TimeSpan.FromSeconds(1)));
        Assert.Equal(["1"], Committed);
        Assert.Equal(replies, Proxy.Replies(KafkaApi.Produce));
        Proxy.LetGo();
        await sent.WaitAsync(Deadline);
        Assert.Equal(["1", "2"], Committed);
    }

    [SkippableFact]
    public void Replies_lost_at_random_leave_every_transaction_whole_and_single()
    {
        Direct.CreateTopic(topic);
        using IProducer<Null, string> producer = Transactional();
        Write(producer, "first");
        using ArmedFault fault = Proxy.Arm(new ProxyFault(ProxyAct.LoseReply, KafkaApi.Produce, KafkaApi.AddPartitionsToTxn, KafkaApi.EndTxn)
        {
            Times = int.MaxValue,
            Probability = 0.2,
            Seed = 7,
        });
        for (int n = 0; n < 20; n++) Write(producer, $"{n}");
        Assert.InRange(fault.Hits, 1, 60);
        Assert.Equal(["first", .. Enumerable.Range(0, 20).Select(n => $"{n}")], Committed);
    }

    [Fact]
    public void The_same_seed_means_the_same_requests()
    {
        static string Chosen(int seed)
        {
            using var fault = new ArmedFault(new ProxyFault(ProxyAct.LoseReply, KafkaApi.Produce, KafkaApi.EndTxn) { Times = int.MaxValue, Probability = 0.3, Seed = seed });
            return string.Concat(Enumerable.Range(0, 200).Select(n => fault.Chooses(n % 3 == 0 ? KafkaApi.EndTxn : KafkaApi.Produce) ? '1' : '0'));
        }

        Assert.Equal(Chosen(1), Chosen(1));
        Assert.NotEqual(Chosen(1), Chosen(2));
        Assert.InRange(Chosen(1).Count(chosen => chosen == '1'), 30, 90);
    }

    private IProducer<Null, string> Transactional()
    {
        IProducer<Null, string> producer = Plain(config => config.TransactionalId = topic);
        producer.InitTransactions(Deadline);
        return producer;
    }

    private IProducer<Null, string> Plain(Action<ProducerConfig>? adjust = null)
    {
        var config = new ProducerConfig { BootstrapServers = Proxy.Bootstrap, EnableIdempotence = true, LingerMs = 0, ReconnectBackoffMs = 10, ReconnectBackoffMaxMs = 50, RetryBackoffMs = 10 };
        adjust?.Invoke(config);
        return new ProducerBuilder<Null, string>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
    }

    private void Write(IProducer<Null, string> producer, string value)
    {
        producer.BeginTransaction();
        producer.Produce(topic, new Message<Null, string> { Value = value });
        producer.CommitTransaction(Deadline);
    }

    private void Send(IProducer<Null, string> producer, string value) =>
        producer.ProduceAsync(topic, new Message<Null, string> { Value = value }).GetAwaiter().GetResult();
}
