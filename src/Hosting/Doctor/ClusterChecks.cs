using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.Doctor;

/// <summary>Asks the Kafka clusters that are set: whether they answer, let this user in, and allow transactions as long as they are set here. Changes nothing.</summary>
internal static class ClusterChecks
{
    /// <summary>All of it: the cluster that is the log, if one is, then the named ones by their names.</summary>
    public static IEnumerable<Finding> All(EngineSettings settings)
    {
        Task<IEnumerable<Finding>>[] asked =
        [
            .. settings.Log.IsKafka ? [Task.Run(() => Log(settings.Log.Kafka))] : Array.Empty<Task<IEnumerable<Finding>>>(),
            .. settings.Clusters.OrderBy(cluster => cluster.Key, StringComparer.Ordinal).Select(cluster => Task.Run(() => Named(cluster.Key, cluster.Value))),
        ];
        return asked.SelectMany(found => found.GetAwaiter().GetResult());
    }

    /// <summary>What a cluster's limit on transactions means for the log on it.</summary>
    /// <param name="limit">The limit; null when it isn't known.</param>
    /// <param name="timeout">What is set here.</param>
    /// <param name="setting">What sets it.</param>
    public static Finding Transactions(TimeSpan? limit, TimeSpan timeout, string setting = "log.kafka.transaction.timeout") => limit switch
    {
        null => new("Transactions", Health.Warn, "this user may not see transaction.max.timeout.ms of the brokers", $"See that it is not below stream-engine.{setting}, or grant DescribeConfigs on the cluster."),
        { } max when max < timeout => new(
            "Transactions",
            Health.Fail,
            $"the brokers allow transactions of {SettingText.Of(max)}, and {setting} is {SettingText.Of(timeout)}",
            $"Make stream-engine.{setting} shorter, or transaction.max.timeout.ms of the brokers longer."),
        { } max => new("Transactions", Health.Ok, $"may be open for {SettingText.Of(timeout)}; the brokers allow {SettingText.Of(max)}"),
    };

    private static IEnumerable<Finding> Log(KafkaLogSettings kafka)
    {
        Finding reached = Reached("Kafka log", kafka.Client, out ClusterLook? look);
        return look is null ? [reached] : [reached, Transactions(look.TransactionMax, kafka.TransactionTimeout)];
    }

    private static IEnumerable<Finding> Named(string name, NamedCluster cluster)
    {
        Finding reached = Reached($"Cluster {name}", cluster.Client, out ClusterLook? look);

        // Only who writes there minds; a limit that isn't known is no warning to those who read.
        return look?.TransactionMax is not { } max || max >= cluster.TransactionTimeout ? [reached] : [reached, Transactions(max, cluster.TransactionTimeout, $"clusters.{name}.transaction.timeout")];
    }

    private static Finding Reached(string check, IReadOnlyDictionary<string, string> client, out ClusterLook? look)
    {
        try
        {
            look = ClusterLook.At(client);
            return new(check, Health.Ok, $"cluster {look.Id} at {client[KafkaLogSettings.Servers]} answers; {Counted.Of(look.Brokers, "broker")}");
        }
        catch (EngineException e)
        {
            look = null;
            return new(check, Health.Fail, e.Message, e.Remedy);
        }
    }
}
