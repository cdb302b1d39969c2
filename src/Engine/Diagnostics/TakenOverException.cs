namespace StreamEngine.Diagnostics;

/// <summary>
/// A pipeline's start is over because another start of it, in another process, has taken it. Nothing is lost or wrong: the other goes on from the last commit.
/// A program that runs the pipeline can tell this end from a failure.
/// </summary>
/// <param name="message">Which pipeline, and who holds it now.</param>
public sealed class TakenOverException(string message)
    : EngineException(ErrorDomain.User, message, "It runs there now. Start it here again with --take-over to take it back, or without to stand by.")
{
    /// <summary>That a pipeline was taken over.</summary>
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="holder">Who has it now: process, host and time.</param>
    public static TakenOverException By(string pipeline, string holder) => new($"pipeline {pipeline} was taken over by {holder}");
}
