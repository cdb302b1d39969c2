using System.Globalization;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// The settings that the engine's clients begin with; those given by users go over them. Queues are small: what is prefetched and what waits to be sent then stays
/// in the processor's caches, which is faster than more of it, and takes a third of the memory.
/// </summary>
internal static class ClientDefaults
{
    /// <summary>The most that one reader prefetches, in KiB, unless users say otherwise.</summary>
    public const int PrefetchKilobytes = 8192;

    private const string Prefetch = "queued.max.messages.kbytes";

    /// <summary>Settings of any client.</summary>
    /// <param name="cluster">The cluster's address, security and other settings of users.</param>
    public static Dictionary<string, string> Any(IReadOnlyDictionary<string, string> cluster)
    {
        var settings = new Dictionary<string, string>
        {
            // Grows with each attempt that fails. The library makes its first connection after half of it.
            ["reconnect.backoff.ms"] = "20",

            // Requests of a commit are small and follow each other.
            ["socket.nagle.disable"] = "true",
        };
        Add(settings, cluster);
        return settings;
    }

    /// <summary>Settings of a producer.</summary>
    /// <param name="cluster">The cluster's address, security and other settings of users.</param>
    /// <param name="transactionalId">Its transactional id; null makes it idempotent only.</param>
    /// <param name="transactionTimeout">After what time the broker gives an open transaction up; only with a transactional id.</param>
    public static Dictionary<string, string> Producer(
        IReadOnlyDictionary<string, string> cluster, string? transactionalId = null, TimeSpan transactionTimeout = default)
    {
        var settings = new Dictionary<string, string>
        {
            // A commit flushes, so that waiting longer for larger batches delays nothing; outside of transactions it would.
            ["linger.ms"] = transactionalId is null ? "5" : "20",
            ["batch.size"] = "1000000",
            ["batch.num.messages"] = "100000",
            ["queue.buffering.max.messages"] = "50000",
            ["queue.buffering.max.kbytes"] = "65536",

            // With more on their way the library's thread asks its socket tens of thousands of times a second while one is being sent: 8 % of a copy's time.
            ["max.in.flight"] = "1",

            // Also how long the library waits before it asks again while the broker still finishes the transaction before.
            ["retry.backoff.ms"] = "10",
        };
        Add(settings, Any(cluster));
        settings["enable.idempotence"] = "true";
        settings["acks"] = "all";
        if (transactionalId is null) return settings;
        settings["transactional.id"] = transactionalId;
        settings["transaction.timeout.ms"] = transactionTimeout.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        return settings;
    }

    /// <summary>The most that one reader of a cluster prefetches, in bytes.</summary>
    /// <param name="cluster">The cluster's address, security and other settings of users.</param>
    public static long PrefetchMax(IReadOnlyDictionary<string, string> cluster) =>
        1024L * (int.TryParse(cluster.GetValueOrDefault(Prefetch), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : PrefetchKilobytes);

    /// <summary>Settings of a consumer that prefetches no more than it is given.</summary>
    /// <param name="cluster">The cluster's address, security and other settings of users.</param>
    /// <param name="prefetchBytes">How much it prefetches.</param>
    public static Dictionary<string, string> Reader(IReadOnlyDictionary<string, string> cluster, long prefetchBytes)
    {
        Dictionary<string, string> settings = Consumer(cluster);
        settings[Prefetch] = Math.Max(1, prefetchBytes / 1024).ToString(CultureInfo.InvariantCulture);
        return settings;
    }

    /// <summary>Settings of a consumer.</summary>
    /// <param name="cluster">The cluster's address, security and other settings of users.</param>
    /// <param name="committed">Whether it sees committed records only.</param>
    /// <param name="group">The consumer group it may store offsets for; it is never a member.</param>
    public static Dictionary<string, string> Consumer(IReadOnlyDictionary<string, string> cluster, bool committed = true, string group = "streamengine")
    {
        var settings = new Dictionary<string, string>
        {
            [Prefetch] = PrefetchKilobytes.ToString(CultureInfo.InvariantCulture),
            ["queued.min.messages"] = "500000",
            ["fetch.message.max.bytes"] = "300000",
            ["fetch.queue.backoff.ms"] = "20",
            ["fetch.wait.max.ms"] = "100",

            // What was damaged on its way or on a disk is refused rather than processed; it costs 10 ns a record.
            ["check.crcs"] = "true",
        };
        Add(settings, Any(cluster));
        settings["isolation.level"] = committed ? "read_committed" : "read_uncommitted";
        settings["group.id"] = group;
        return settings;
    }

    private static void Add(Dictionary<string, string> settings, IReadOnlyDictionary<string, string> more)
    {
        foreach ((string name, string value) in more) settings[name] = value;
    }
}
