using System.Collections.Immutable;

namespace StreamEngine.Commits;

/// <summary>How a start ended.</summary>
internal abstract record StartResult
{
    /// <summary>The tasks may start, but for those of databases that couldn't be reached.</summary>
    public sealed record Started(HomeRecord Record, ImmutableArray<string> HeldBack) : StartResult;

    /// <summary>What was to be removed is removed.</summary>
    public sealed record Removed : StartResult;

    /// <summary>The plan doesn't fit what is there.</summary>
    public sealed record Refused(string Message) : StartResult;

    /// <summary>Another start holds the pipeline.</summary>
    /// <param name="Message">Who holds it, or why a store refuses this start.</param>
    /// <param name="By">Its record, where that is known.</param>
    public sealed record TakenOver(string Message, HomeRecord? By = null) : StartResult;

    /// <summary>A step failed; a start anew may go through.</summary>
    public sealed record Failed(string Step, Exception? Cause) : StartResult;
}
