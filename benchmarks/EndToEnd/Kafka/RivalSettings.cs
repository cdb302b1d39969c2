namespace StreamEngine.Benchmarks.Kafka;

/// <summary>What the peer is run with too (<c>linger-ms</c> and <c>batch-bytes</c> of its command), so that batches are alike.</summary>
internal static class RivalSettings
{
    public const int LingerMs = 20;
    public const int BatchBytes = 262_144;
}
