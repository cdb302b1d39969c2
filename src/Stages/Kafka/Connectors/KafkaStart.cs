using StreamEngine.Contracts;

namespace StreamEngine.Kafka.Connectors;

/// <summary>Where reading begins that was never read by this stage.</summary>
/// <param name="Place">The place, in partitions without an offset.</param>
internal sealed record KafkaStart(StartPlace Place)
{
    /// <summary>Offsets by the partitions' numbers; for those that aren't named the place holds.</summary>
    public IReadOnlyDictionary<int, long>? Offsets { get; init; }
}
