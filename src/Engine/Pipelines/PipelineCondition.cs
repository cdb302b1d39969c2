using StreamEngine.Checkpoints;
using StreamEngine.Commits;

namespace StreamEngine.Pipelines;

/// <summary>How a pipeline stands, as its home record and the journal tell it to somebody who looks from outside.</summary>
internal enum PipelineCondition
{
    /// <summary>An engine runs it.</summary>
    Running,

    /// <summary>It ended in order.</summary>
    Stopped,

    /// <summary>Its process ended without stopping it; the next start goes on from its last commit.</summary>
    Interrupted,

    /// <summary>Runs don't start it until it is resumed.</summary>
    Paused,

    /// <summary>It failed, and the journal has the cause.</summary>
    Failed,

    /// <summary>It is being reset, or the reset was interrupted and its next start finishes it.</summary>
    Resetting,

    /// <summary>It is being deleted, or the deletion was interrupted and is finished by doing it again.</summary>
    Deleting,
}

/// <summary>Judges how a pipeline stands.</summary>
internal static class Conditions
{
    /// <summary>How it stands.</summary>
    /// <param name="home">Its home record.</param>
    /// <param name="history">What the journal has of it.</param>
    /// <param name="engineRuns">Whether a process has the data directory open.</param>
    public static PipelineCondition Of(HomeRecord home, PipelineHistory history, bool engineRuns)
    {
        if (home.State == HomeState.Resetting) return PipelineCondition.Resetting;
        if (home.State is HomeState.Deleting or HomeState.Deleted) return PipelineCondition.Deleting;
        bool isUnderWay = home.State is HomeState.Starting or HomeState.Running;
        if (!history.Runs && !(isUnderWay && engineRuns)) return PipelineCondition.Paused;
        if (HasFailed(home, history)) return PipelineCondition.Failed;
        if (!isUnderWay) return PipelineCondition.Stopped;
        return engineRuns ? PipelineCondition.Running : PipelineCondition.Interrupted;
    }

    /// <summary>Whether the failure that the journal has is the last that happened: a start or a reset since then writes the record later.</summary>
    public static bool HasFailed(HomeRecord home, PipelineHistory history) => history.Failure is { } failure && failure.At >= home.Heartbeat;
}
