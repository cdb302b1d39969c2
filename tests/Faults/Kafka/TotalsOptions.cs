namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>What a <see cref="TotalsRun"/> does otherwise than most.</summary>
internal sealed record TotalsOptions
{
    /// <summary>Client settings of its hosts besides the address, such as those of TLS.</summary>
    public IReadOnlyDictionary<string, string> Client { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether its hosts have the settings that they are shipped with; otherwise short waits, and restarts without end.</summary>
    public bool IsAsShipped { get; init; }

    /// <summary>Whether the topic between the subgraphs is purged as soon as its reader has committed; otherwise it stays, and is compared too.</summary>
    public bool PurgesEntries { get; init; }
}
