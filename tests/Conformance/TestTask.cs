using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>One attempt of a task as a test drives it: it claims its partitions, fills epochs and commits them.</summary>
public sealed class TestTask : IDisposable
{
    private readonly Dictionary<string, ITopicWriter> writers = [];
    private readonly IReadOnlyList<SourcePartitionId> partitions;

    /// <summary>An attempt that has not claimed anything yet.</summary>
    public TestTask(ILog log, TaskClaim claim, TopicInfo deadLetters, IReadOnlyList<SourcePartitionId> partitions)
    {
        this.partitions = partitions;
        Claim = claim;
        Session = log.OpenSession(claim, deadLetters);
    }

    /// <summary>Who it is.</summary>
    public TaskClaim Claim { get; }

    /// <summary>Its session.</summary>
    public ILogSession Session { get; }

    /// <summary>The memory of what it writes.</summary>
    public ChunkPool Pool { get; } = new();

    /// <summary>The epoch it committed last, or found to be.</summary>
    public Epoch Last { get; private set; }

    /// <summary>Where its partitions resume, as it found them.</summary>
    public IReadOnlyList<CommittedPosition> Positions { get; private set; } = [];

    /// <summary>Claims the partitions and reads where they resume.</summary>
    public async Task<TestTask> BeginAsync()
    {
        await Session.ClaimAsync(partitions, CancellationToken.None);
        await Session.CheckStartAsync(CancellationToken.None);
        Positions = await Session.ReadPositionsAsync(partitions, CancellationToken.None);
        Last = Positions.Count == 0 ? Epoch.None : Positions.Max(position => position.Epoch);
        return this;
    }

    /// <summary>Writes records to a partition in the open epoch, as one chunk.</summary>
    public TestTask Write(TopicInfo topic, int partition, params ReadOnlySpan<TestRecord> records)
    {
        if (!writers.TryGetValue(topic.Id, out ITopicWriter? writer)) writers.Add(topic.Id, writer = Session.OpenWriter(topic));
        writer.Write(TestRecord.Chunk(Pool, partition, records));
        return this;
    }

    /// <summary>Closes the open epoch: what was written, and where the partitions resume.</summary>
    /// <param name="at">The place of each partition; all stand at the number of the epoch unless given.</param>
    public EpochCommit Seal(params ReadOnlySpan<(SourcePartitionId Partition, Position Position)> at)
    {
        Epoch epoch = Last.Next();
        var positions = new List<CommittedPosition>();
        foreach ((SourcePartitionId partition, Position position) in at) positions.Add(new CommittedPosition(partition, position, Last));
        if (at.IsEmpty) positions.AddRange(partitions.Select(partition => new CommittedPosition(partition, new Position("source", epoch.ToString()), Last)));
        return new EpochCommit(Claim, epoch, positions) { Outputs = [.. writers.Values.Select(writer => writer.Seal())] };
    }

    /// <summary>Commits an epoch and gives its memory back.</summary>
    public async Task CommitAsync(EpochCommit commit)
    {
        try
        {
            await Session.CommitAsync(commit, CancellationToken.None);
            Last = commit.Epoch;
        }
        finally
        {
            commit.Release();
        }
    }

    /// <summary>Closes the open epoch and commits it.</summary>
    public Task CommitAsync() => CommitAsync(Seal());

    /// <summary>Writes records to a partition and commits them.</summary>
    public Task CommitAsync(TopicInfo topic, int partition, params ReadOnlySpan<TestRecord> records) => Write(topic, partition, records).CommitAsync();

    /// <summary>Drops what is open, and the session.</summary>
    public void Dispose()
    {
        foreach (ITopicWriter writer in writers.Values) writer.Dispose();
        Session.Dispose();
    }
}
