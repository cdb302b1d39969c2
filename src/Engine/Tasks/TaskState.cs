namespace StreamEngine.Tasks;

/// <summary>
/// What a task is doing. It goes from top to bottom; from each of them it may go to <see cref="Failed"/>.
/// </summary>
internal enum TaskState
{
    /// <summary>Its connectors open their clients; nothing is claimed yet.</summary>
    Opening,

    /// <summary>It claims its partitions and reads where they resume; older attempts can't commit any more.</summary>
    Claiming,

    /// <summary>Its sinks open, and partitions that were never committed get their first position.</summary>
    Preparing,

    /// <summary>Records flow; epochs are sealed and committed.</summary>
    Running,

    /// <summary>Its sources are held; what has been read is sealed and committed.</summary>
    Draining,

    /// <summary>All it had to read is committed.</summary>
    Finished,

    /// <summary>It was told to stop, and has.</summary>
    Stopped,

    /// <summary>Something failed. Its graph is dead, and nothing of its open epoch will ever be committed by it.</summary>
    Failed,
}
