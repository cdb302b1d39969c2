using Confluent.Kafka;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>
/// Puts numbered values of some keys into a topic, some hundred a second, as long as it is there; by a client that has nothing of the engine in
/// it, and that goes on through the death of brokers without a loss or a double (an idempotent producer that never gives up).
/// </summary>
internal sealed class SteadyFeed : IDisposable
{
    private const int Keys = 20;
    private const int PartitionCount = 4;
    private const int EntriesAtOnce = 10;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    private readonly Lock gate = new();
    private readonly IProducer<string, string> producer;
    private readonly string topic;
    private readonly long[] numbers = new long[Keys];
    private readonly Timer timer;
    private int next;
    private long acknowledged;
    private Error? failure;
    private bool ended;

    public SteadyFeed(string bootstrap, string topic)
    {
        this.topic = topic;
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrap,
            EnableIdempotence = true,
            LingerMs = 5,
            MessageTimeoutMs = 0,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        };
        producer = new ProducerBuilder<string, string>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        timer = new Timer(_ => Put(), null, TimeSpan.Zero, Pace);
    }

    /// <summary>How many values are in the topic for sure.</summary>
    public long Acknowledged => Interlocked.Read(ref acknowledged);

    /// <summary>Puts nothing more, and waits until everything is in the topic.</summary>
    /// <returns>How many values each key has had.</returns>
    public IReadOnlyDictionary<string, long> End()
    {
        lock (gate) ended = true;
        producer.Flush(CancellationToken.None);
        Assert.True(failure is null, $"the feed failed: {failure?.Reason}");
        return Enumerable.Range(0, Keys).ToDictionary(KeyOf, key => numbers[key]);
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (gate) ended = true;
        producer.Dispose();
    }

    private static string KeyOf(int key) => $"key{key:00}";

    private void Put()
    {
        lock (gate)
        {
            if (ended) return;
            for (int i = 0; i < EntriesAtOnce; i++, next = (next + 1) % Keys)
            {
                var entry = new Entry(KeyOf(next), ++numbers[next]);
                producer.Produce(new TopicPartition(topic, next % PartitionCount), new Message<string, string> { Key = entry.Key, Value = entry.Json }, report =>
                {
                    if (report.Error.IsError) failure ??= report.Error;
                    else Interlocked.Increment(ref acknowledged);
                });
            }
        }
    }
}
