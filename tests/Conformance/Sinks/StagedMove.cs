namespace StreamEngine.Conformance;

/// <summary>What a random schedule does next.</summary>
internal enum StagedAct
{
    /// <summary>Records are written in the open epoch.</summary>
    Write,

    /// <summary>The epoch is sealed if the task runs, and the task led on.</summary>
    Commit,

    /// <summary>As <see cref="Commit"/>, and then a step is done whose reply is lost.</summary>
    LoseReply,

    /// <summary>The attempt dies where it is, and another is begun.</summary>
    Attempt,

    /// <summary>The process dies where it is, and another starts the pipeline.</summary>
    Start,

    /// <summary>A start or an attempt that another has followed goes on from where it was.</summary>
    Wake,
}

/// <summary>A move of a random schedule.</summary>
/// <param name="Act">What is done.</param>
/// <param name="Task">To which task.</param>
/// <param name="Count">How many records, or how many steps it is led before it is left there.</param>
internal sealed record StagedMove(StagedAct Act, int Task, int Count);
