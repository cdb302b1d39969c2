namespace StreamEngine.Conformance.Kafka;

/// <summary>Which requests a proxy does something to, and what.</summary>
/// <param name="Act">What is done.</param>
/// <param name="Apis">To which requests; those of all connections are counted together.</param>
public sealed record ProxyFault(ProxyAct Act, params KafkaApi[] Apis)
{
    /// <summary>The first such request that may be hit, from 1, counted from when the fault is armed.</summary>
    public int First { get; init; } = 1;

    /// <summary>How many are hit.</summary>
    public int Times { get; init; } = 1;

    /// <summary>By how much what is late is late.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How probably each of them is hit.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>What chance begins with: the n-th request of one kind meets the same fate under the same seed.</summary>
    public int Seed { get; init; }
}
