namespace StreamEngine.Contracts.Catalogue;

/// <summary>A Kafka cluster that the settings name, for sources and sinks.</summary>
/// <param name="Client">What its clients are set to, by librdkafka's names, checked by the allow-list; secrets are in it in clear.</param>
/// <param name="TransactionTimeout">After how long it gives up a transaction that nobody ended.</param>
public sealed record NamedCluster(IReadOnlyDictionary<string, string> Client, TimeSpan TransactionTimeout);
