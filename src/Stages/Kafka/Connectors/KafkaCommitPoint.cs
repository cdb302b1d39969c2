using StreamEngine.Contracts;

namespace StreamEngine.Kafka.Connectors;

/// <summary>A cluster that topics are written to, with a positions topic of the pipeline's own there. Equal by the cluster's name.</summary>
internal sealed record KafkaCommitPoint : DatabaseCommitPoint
{
    private readonly KafkaAddress address;

    public KafkaCommitPoint(KafkaAddress address)
        : base(ClusterPrefix + address.Name) => this.address = address;

    public override TransactionLimit? LimitOfTransactions() => new(address.TransactionTimeout, $"clusters.{address.Name}.transaction.timeout");

    public override ICommitDatabase Open(string folder, string logId) => new KafkaCommitDatabase(address, logId);

    public bool Equals(KafkaCommitPoint? other) => other is not null && Id == other.Id;

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Id;
}
