using StreamEngine.Diagnostics;

namespace StreamEngine.Tasks;

/// <summary>A commit, or another step at a store, failed or wasn't answered: a new attempt goes on from what is committed.</summary>
internal sealed class CommitFailedException(string message, Exception? inner) : EngineException(
    ErrorDomain.External, message, "It is tried again from the last commit. If it stays, look at the store that is named.", inner);
