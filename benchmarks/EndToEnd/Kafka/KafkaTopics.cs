using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>The topics of a comparison.</summary>
internal static class KafkaTopics
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How many partitions a topic has.</summary>
    /// <exception cref="EngineException">There is no such topic.</exception>
    public static int Partitions(string bootstrap, string topic)
    {
        using IAdminClient admin = Open(bootstrap);
        return Partitions(admin, topic) is var partitions and > 0
            ? partitions
            : throw new EngineException(ErrorDomain.User, $"there is no topic {topic} on {bootstrap}", "Load it first, or give the name of another with --in.");
    }

    /// <summary>Makes a topic anew, without what was in it; records of any event time stay in it.</summary>
    public static async Task RecreateAsync(string bootstrap, string topic, int partitions)
    {
        await DeleteAsync(bootstrap, topic);
        using IAdminClient admin = Open(bootstrap);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, Configs = new() { ["retention.ms"] = "-1" } }]);
    }

    /// <summary>Deletes a topic if there is one, and waits until it is gone.</summary>
    public static async Task DeleteAsync(string bootstrap, string topic)
    {
        using IAdminClient admin = Open(bootstrap);
        if (Partitions(admin, topic) == 0) return;
        await admin.DeleteTopicsAsync([topic]);
        if (await Condition.BecomesTrueAsync(() => Task.FromResult(Partitions(admin, topic) == 0), Patience, CancellationToken.None)) return;
        throw new EngineException(ErrorDomain.External, $"topic {topic} is still there {Patience.TotalSeconds:0} s after it was deleted", "See the brokers' logs.");
    }

    /// <summary>How many records a topic has, as far as no transactions have written to it; 0 where there is no such topic.</summary>
    public static async Task<long> RecordsAsync(string bootstrap, string topic) => (await EndsAsync(bootstrap, topic)).Sum();

    /// <summary>The offset behind all that was written to each partition, committed or not; none where there is no such topic.</summary>
    public static async Task<IReadOnlyList<long>> EndsAsync(string bootstrap, string topic)
    {
        using IAdminClient admin = Open(bootstrap);
        int partitions = Partitions(admin, topic);
        if (partitions == 0) return [];
        ListOffsetsResult ends = await admin.ListOffsetsAsync(Enumerable.Range(0, partitions)
            .Select(partition => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, partition), OffsetSpec = OffsetSpec.Latest() }));
        return [.. ends.ResultInfos.OrderBy(end => end.TopicPartitionOffsetError.Partition.Value).Select(end => end.TopicPartitionOffsetError.Offset.Value)];
    }

    /// <summary>Whether brokers answer within a time.</summary>
    public static bool Answers(string bootstrap, TimeSpan within)
    {
        using IAdminClient admin = Open(bootstrap);
        try
        {
            return admin.GetMetadata(within).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private static int Partitions(IAdminClient admin, string topic)
    {
        TopicMetadata? found = admin.GetMetadata(Patience).Topics.Find(other => other.Topic == topic);
        return found is null || found.Error.IsError ? 0 : found.Partitions.Count;
    }

    private static IAdminClient Open(string bootstrap) => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).SetLogHandler((_, _) => { }).Build();
}
