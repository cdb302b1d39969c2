using StreamEngine.Contracts;
using StreamEngine.Log;

namespace StreamEngine.TestKit;

/// <summary>A task's commit point in the log in memory. What a call does is done when it returns; its task only carries the answer.</summary>
internal sealed class MemoryLogSession(InMemoryLog log, TaskClaim claim, TopicInfo deadLetters) : ILogSession
{
    private HeldClaim? held;

    public Task ClaimAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation) =>
        Answer(() => held = log.Claim(claim, partitions), cancellation);

    public Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(IReadOnlyList<SourcePartitionId> partitions, CancellationToken cancellation) =>
        Answer(() => log.Positions(claim.Task, partitions), cancellation);

    public Task CommitAsync(EpochCommit commit, CancellationToken cancellation) => Answer(
        () =>
        {
            log.Commit(commit, held ?? throw new InvalidOperationException($"{claim.Task} commits before it has claimed its partitions"), deadLetters);
            return true;
        },
        cancellation);

    public ITopicWriter OpenWriter(TopicInfo topic) => new BufferedTopicWriter(topic);

    public void Dispose()
    {
    }

    private static Task<T> Answer<T>(Func<T> act, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<T>(cancellation);
        try
        {
            return Task.FromResult(act());
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
