using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>What the records of a file belong to.</summary>
/// <typeparam name="T">The type of the records.</typeparam>
/// <param name="Source">The source's number in its subgraph.</param>
/// <param name="Partition">The file's number in the source.</param>
/// <param name="Batches">Where their batches come from.</param>
/// <param name="Clock">Gives records the time at which they are read.</param>
internal sealed record FileTarget<T>(int Source, int Partition, BatchPool<NoKey, T> Batches, TimeProvider Clock)
{
    /// <summary>The time, in milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
