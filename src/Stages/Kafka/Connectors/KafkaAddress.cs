using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Kafka;

/// <summary>
/// A Kafka cluster beside the engine's log, under a name: positions and plans know it by that name, so it stays when its brokers' addresses change, and two clusters
/// need two names.
/// </summary>
public sealed class KafkaAddress
{
    /// <summary>How long transactions may be open unless it is said.</summary>
    internal static readonly TimeSpan DefaultTransactionTimeout = TimeSpan.FromSeconds(60);

    private KafkaAddress(string name, IReadOnlyDictionary<string, string> client, TimeSpan transactionTimeout)
    {
        Name = name;
        Client = client;
        TransactionTimeout = transactionTimeout;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>After how long the cluster gives up a transaction that nobody ended; longer than the epochs of whatever writes there, and at most what its brokers allow.</summary>
    public TimeSpan TransactionTimeout { get; }

    /// <summary>What clients of it are set to; secrets are in it in clear.</summary>
    internal IReadOnlyDictionary<string, string> Client { get; }

    /// <summary>A cluster.</summary>
    /// <param name="name">Its name: letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="configure">Sets its clients, by librdkafka's names: <c>client["bootstrap.servers"] = "localhost:9092"</c>. Only those are taken that the engine passes on.</param>
    /// <exception cref="EngineException">The name can't be one, or a setting isn't passed on.</exception>
    public static KafkaAddress Of(string name, Action<IDictionary<string, string>> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var client = new Dictionary<string, string>(StringComparer.Ordinal);
        configure(client);
        return Of(name, client);
    }

    /// <summary>A cluster.</summary>
    /// <param name="name">Its name: letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="client">What its clients are set to, by librdkafka's names.</param>
    /// <exception cref="EngineException">The name can't be one, or a setting isn't passed on.</exception>
    public static KafkaAddress Of(string name, IReadOnlyDictionary<string, string> client)
    {
        if (!NameRule.IsValid(name))
        {
            throw new EngineException(
                ErrorDomain.User, $"'{name}' can't name a cluster", $"Use letters, digits, - and _, a letter or digit first, at most {NameRule.LengthMax} of them.");
        }

        KafkaClientKeys.Check(client, $"the client of cluster {name}");
        return new KafkaAddress(name, client, DefaultTransactionTimeout);
    }

    /// <summary>The same cluster, with another time for transactions: 60 seconds unless said.</summary>
    /// <param name="timeout">After how long it gives up a transaction that nobody ended.</param>
    public KafkaAddress WithTransactionTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.FromSeconds(1));
        return new KafkaAddress(Name, Client, timeout);
    }

    /// <inheritdoc/>
    public override string ToString() => $"cluster {Name}";

    /// <summary>A client of the cluster; its user owns it. Asks nothing yet.</summary>
    internal KafkaLog Open(Serilog.ILogger logger, TimeProvider clock) => KafkaLog.Open(new KafkaLogOptions { Client = Client, TransactionTimeout = TransactionTimeout, Logger = logger, Clock = clock });
}
