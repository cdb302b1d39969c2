namespace StreamEngine.Pipelines;

/// <summary>What a pipeline is doing. Legal ways from one to another stand in <see cref="Transitions"/>.</summary>
internal enum PipelineState
{
    /// <summary>Known, and not started.</summary>
    Idle,

    /// <summary>It claims its home record, fences, and checks its plan and positions.</summary>
    Starting,

    /// <summary>Nobody else can commit for it any more, its topics are there; it waits for the other pipelines to be as far.</summary>
    Ready,

    /// <summary>Its tasks run; some of them may be waiting to be begun anew.</summary>
    Running,

    /// <summary>Its tasks commit what they have read, and stop.</summary>
    Stopping,

    /// <summary>It was stopped in order.</summary>
    Stopped,

    /// <summary>All there was to read is committed.</summary>
    Completed,

    /// <summary>It failed, and is not started anew by itself; the cause is kept.</summary>
    Failed,
}

/// <summary>The legal transitions between states of a pipeline.</summary>
internal static class Transitions
{
    private static readonly Dictionary<PipelineState, PipelineState[]> Legal = new()
    {
        [PipelineState.Idle] = [PipelineState.Starting, PipelineState.Stopped],
        [PipelineState.Starting] = [PipelineState.Ready, PipelineState.Failed, PipelineState.Stopped],
        [PipelineState.Ready] = [PipelineState.Running, PipelineState.Failed, PipelineState.Stopped],
        [PipelineState.Running] = [PipelineState.Stopping, PipelineState.Completed, PipelineState.Failed],
        [PipelineState.Stopping] = [PipelineState.Stopped, PipelineState.Completed, PipelineState.Failed],
        [PipelineState.Stopped] = [PipelineState.Starting],
        [PipelineState.Completed] = [PipelineState.Starting, PipelineState.Stopped],
        [PipelineState.Failed] = [PipelineState.Starting, PipelineState.Stopped],
    };

    /// <summary>Whether a pipeline may go from one state to the other.</summary>
    public static bool Allows(PipelineState from, PipelineState to) => Legal[from].Contains(to);

    /// <summary>Whether a pipeline in this state has ended: nothing more comes from it in this run.</summary>
    public static bool IsEnd(this PipelineState state) => state is PipelineState.Stopped or PipelineState.Completed or PipelineState.Failed;
}
