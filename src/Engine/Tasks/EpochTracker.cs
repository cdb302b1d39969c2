using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <summary>
/// The barrier that is on its way through a task's graph: which sources have put it in, which sinks have sealed at it, and what they said. A plain
/// class: no actor, no clock.
/// </summary>
internal sealed class EpochTracker(int sources, int sinks)
{
    private readonly List<(int Source, int Partition, Position Position)> moved = [];
    private readonly List<SealedOutput> outputs = [];
    private readonly HashSet<int> sourcesLeft = [];
    private readonly HashSet<int> sinksLeft = [];

    /// <summary>The epoch whose barrier is on its way; null when none is.</summary>
    public Epoch? Open { get; private set; }

    /// <summary>Whether every source has put the barrier in.</summary>
    public bool SourcesAreDone => Open is not null && sourcesLeft.Count == 0;

    /// <summary>Whether every sink has sealed.</summary>
    public bool IsSealed => SourcesAreDone && sinksLeft.Count == 0;

    /// <summary>Where partitions have moved to.</summary>
    public IReadOnlyList<(int Source, int Partition, Position Position)> Moved => moved;

    /// <summary>What sinks have sealed.</summary>
    public IReadOnlyList<SealedOutput> Outputs => outputs;

    /// <summary>The numbers of the sinks that haven't sealed yet, for messages.</summary>
    public IReadOnlyCollection<int> SinksLeft => sinksLeft;

    /// <summary>A barrier is sent.</summary>
    public void Begin(Epoch epoch)
    {
        if (Open is not null) throw new InvalidOperationException($"epoch {epoch} begins to close while {Open} does");
        Open = epoch;
        sourcesLeft.UnionWith(Enumerable.Range(0, sources));
        sinksLeft.UnionWith(Enumerable.Range(0, sinks));
    }

    /// <summary>A source has put the barrier in.</summary>
    public void SourceAt(int source, Epoch epoch, IReadOnlyList<(int Partition, Position Position)> positions)
    {
        Check(epoch, Open == epoch && sourcesLeft.Remove(source), $"source {source}");
        moved.AddRange(positions.Select(entry => (source, entry.Partition, entry.Position)));
    }

    /// <summary>A sink has sealed.</summary>
    public void SinkSealed(int sink, Epoch epoch, SealedOutput? output)
    {
        Check(epoch, Open == epoch && sinksLeft.Remove(sink), $"sink {sink}");
        if (output is not null) outputs.Add(output);
    }

    /// <summary>What was collected is committed; the next barrier may be sent.</summary>
    public void End()
    {
        Open = null;
        moved.Clear();
        outputs.Clear();
    }

    /// <summary>Takes the positions, and leaves the rest to a commit of its own: positions go first.</summary>
    public IReadOnlyList<(int Source, int Partition, Position Position)> TakeMoved()
    {
        (int, int, Position)[] taken = [.. moved];
        moved.Clear();
        return taken;
    }

    private void Check(Epoch epoch, bool expected, string who)
    {
        if (!expected) throw new InvalidOperationException($"{who} reports epoch {epoch}, which it doesn't owe ({Open?.ToString() ?? "none"} is closing)");
    }
}
