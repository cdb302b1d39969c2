using Confluent.Kafka;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>A committed reader that reads the pipeline's topics all the time while hosts and brokers die, and remembers what it saw in which order.</summary>
internal sealed class CommittedWatch : IDisposable
{
    private const int PartitionCount = 4;

    private readonly Lock gate = new();
    private readonly List<Entry> entries = [];
    private readonly List<Total> totals = [];
    private readonly Dictionary<string, long> counts = [];
    private readonly Thread thread;
    private readonly string? entriesTopic;
    private Exception? failure;
    private long counted;
    private volatile bool ended;

    /// <param name="bootstrap">The cluster.</param>
    /// <param name="entriesTopic">Where values are on their way from one subgraph to the next; null when that is purged and can't be read from its beginning.</param>
    /// <param name="totalsTopic">Where the totals are.</param>
    public CommittedWatch(string bootstrap, string? entriesTopic, string totalsTopic)
    {
        this.entriesTopic = entriesTopic;
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = "watch",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Error,
            IsolationLevel = IsolationLevel.ReadCommitted,
            FetchWaitMaxMs = 20,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        };
        thread = new Thread(() => Read(config, totalsTopic)) { IsBackground = true, Name = "committed watch" };
        thread.Start();
    }

    /// <summary>How many values the totals that were seen account for.</summary>
    public long Counted => Interlocked.Read(ref counted);

    /// <summary>The values that were seen.</summary>
    public IReadOnlyList<Entry> Entries
    {
        get
        {
            lock (gate) return [.. entries];
        }
    }

    /// <summary>The totals that were seen.</summary>
    public IReadOnlyList<Total> Totals
    {
        get
        {
            lock (gate) return [.. totals];
        }
    }

    /// <summary>Fails when it could not read on.</summary>
    public void AssertHealthy() => Assert.True(Volatile.Read(ref failure) is null, $"the reader failed: {failure}");

    public void Dispose()
    {
        ended = true;
        thread.Join();
    }

    private void Read(ConsumerConfig config, string totalsTopic)
    {
        try
        {
            using IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
            consumer.Assign(((string?[])[entriesTopic, totalsTopic]).OfType<string>().SelectMany(topic =>
                Enumerable.Range(0, PartitionCount).Select(partition => new TopicPartitionOffset(topic, partition, 0))));
            while (!ended)
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } result) Take(result.Topic == entriesTopic, result.Message.Value);
            }

            consumer.Close();
        }
        catch (Exception e)
        {
            Volatile.Write(ref failure, e);
        }
    }

    private void Take(bool isEntry, string json)
    {
        lock (gate)
        {
            if (isEntry)
            {
                entries.Add(Entry.Parse(json));
                return;
            }

            Total total = Total.Parse(json);
            totals.Add(total);
            Interlocked.Add(ref counted, total.Count - counts.GetValueOrDefault(total.Key));
            counts[total.Key] = total.Count;
        }
    }
}
