using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>What the log in memory holds of a pipeline. Used under the log's lock.</summary>
internal sealed class MemoryPipeline
{
    private readonly Dictionary<(string Subgraph, SourcePartitionId Partition), CommittedPosition> positions = [];
    private readonly Dictionary<(TaskId Task, StartId Start, Epoch Epoch, string Sink), UnpublishedStage> unpublished = [];
    private readonly SortedDictionary<string, StateInfo> states = new(StringComparer.Ordinal);

    public HomeEntry? Home { get; set; }

    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions() =>
        [.. positions.Select(entry => (entry.Key.Subgraph, entry.Value))];

    public IReadOnlyList<CommittedPosition> Positions(string subgraph, IReadOnlyList<SourcePartitionId> partitions) =>
        [.. partitions.Where(partition => positions.ContainsKey((subgraph, partition))).Select(partition => positions[(subgraph, partition)])];

    public IReadOnlyList<UnpublishedStage> Unpublished() => [.. unpublished.Values];

    public void NotePublished(UnpublishedStage stage) => unpublished.Remove((stage.Task, stage.Start, stage.Epoch, stage.Sink));

    public IReadOnlyList<StateInfo> States() => [.. states.Values];

    public StateInfo? FindState(string name) => states.GetValueOrDefault(name);

    public StateInfo Add(StateInfo state)
    {
        states.Add(state.Spec.Name, state);
        return state;
    }

    /// <summary>Takes positions and sealed stages of an epoch.</summary>
    public void Commit(EpochCommit commit)
    {
        TaskId task = commit.Claim.Task;
        foreach (CommittedPosition position in commit.Positions)
        {
            positions[(task.Subgraph, position.Partition)] = position with { Epoch = commit.Epoch };
        }

        foreach (SealedStage stage in commit.Outputs.OfType<SealedStage>())
        {
            unpublished[(task, commit.Claim.Start, commit.Epoch, stage.Sink)] =
                new UnpublishedStage(task, commit.Claim.Start, commit.Epoch, stage.Sink, stage.Manifest.ToArray());
        }
    }

    /// <summary>Forgets everything but the home record, and takes the positions to begin at.</summary>
    public void Clear(IReadOnlyList<BeginPosition> begin)
    {
        positions.Clear();
        unpublished.Clear();
        states.Clear();
        foreach (BeginPosition position in begin)
        {
            positions[(position.Subgraph, position.Partition)] = new CommittedPosition(position.Partition, position.Position, BeginPosition.Epoch);
        }
    }
}
