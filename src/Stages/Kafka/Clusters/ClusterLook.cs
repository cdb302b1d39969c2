using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Kafka.Clusters;

/// <summary>What a cluster says of itself to somebody who only asks: nothing is made or changed, and little patience is had.</summary>
/// <param name="Id">The cluster's id.</param>
/// <param name="Brokers">How many brokers it has.</param>
/// <param name="TransactionMax">The longest time that its brokers let transactions be open; null when this user may not know.</param>
internal sealed record ClusterLook(string Id, int Brokers, TimeSpan? TransactionMax)
{
    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const string MaxTimeout = "transaction.max.timeout.ms";

    /// <summary>Asks a cluster.</summary>
    /// <param name="client">Settings of clients, by librdkafka's names.</param>
    /// <exception cref="EngineException">It can't be reached, or lets this user do nothing.</exception>
    public static ClusterLook At(IReadOnlyDictionary<string, string> client) => Ask(
        client, found => new ClusterLook(found.Id, found.Answer.Nodes.Count, TransactionMaxOf(found.Client, found.Answer.Nodes[0].Id)));

    /// <summary>What this user may do with topics that are there.</summary>
    /// <param name="client">Settings of clients, by librdkafka's names.</param>
    /// <param name="topics">The topics; those that aren't there are left out of the answer.</param>
    /// <exception cref="EngineException">It can't be reached.</exception>
    public static IReadOnlyDictionary<string, (bool Reads, bool Writes)> Rights(IReadOnlyDictionary<string, string> client, IReadOnlyCollection<string> topics) => topics.Count == 0
        ? new Dictionary<string, (bool, bool)>()
        : Ask(client, _ => Described(client, [.. topics]).Where(topic => topic.Error == ErrorCode.NoError).ToDictionary(
            topic => topic.Name,
            topic => topic.Allowed.Count == 0 ? (true, true) : (topic.Allowed.Contains(AclOperation.Read), topic.Allowed.Contains(AclOperation.Write))));

    private static IReadOnlyList<DescribedTopic> Described(IReadOnlyDictionary<string, string> client, string[] topics)
    {
        using var asked = new NativeConsumer(ClientDefaults.Consumer(client), new ClientLog(Serilog.Core.Logger.None, "look"));
        return asked.Describe(topics, Patience, withAllowed: true);
    }

    private static TimeSpan? TransactionMaxOf(IAdminClient admin, int broker)
    {
        var resource = new ConfigResource { Type = ResourceType.Broker, Name = broker.ToString(CultureInfo.InvariantCulture) };
        try
        {
            DescribeConfigsResult config = admin.DescribeConfigsAsync([resource], new DescribeConfigsOptions { RequestTimeout = Patience }).GetAwaiter().GetResult()[0];
            return config.Entries.TryGetValue(MaxTimeout, out ConfigEntryResult? entry) && long.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long ms)
                ? TimeSpan.FromMilliseconds(ms)
                : null;
        }
        catch (DescribeConfigsException)
        {
            // Brokers' configuration is more than a user of topics needs to see.
            return null;
        }
    }

    private static T Ask<T>(IReadOnlyDictionary<string, string> client, Func<ReachedCluster, T> ask)
    {
        string what = $"the Kafka cluster at {client.GetValueOrDefault("bootstrap.servers")}";
        using ReachedCluster found = ReachedCluster.Reach(client, what, new ClientLog(Serilog.Core.Logger.None, "look"), Patience);
        try
        {
            return ask(found);
        }
        catch (KafkaException e)
        {
            throw KafkaErrors.Explain(e, what);
        }
        catch (KafkaFault e)
        {
            throw KafkaErrors.Explain(e, what);
        }
    }
}
