using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <summary>What the stages of a task's graph tell the task. Callable from any thread; never blocks.</summary>
internal interface ITaskEvents
{
    /// <summary>A source has put a barrier into its stream; these partitions have moved since the barrier before.</summary>
    void SourceAtBarrier(int source, Epoch epoch, IReadOnlyList<(int Partition, Position Position)> moved);

    /// <summary>All partitions of a source have ended.</summary>
    void SourceEnded(int source);

    /// <summary>A sink has sealed an epoch; null when it has nothing to commit.</summary>
    void SinkSealed(int sink, Epoch epoch, SealedOutput? output);

    /// <summary>The open epoch has grown as large as it may: it should end now.</summary>
    void EpochFull();

    /// <summary>A stage failed, and with it the task.</summary>
    void Failed(string stage, Exception error);
}
