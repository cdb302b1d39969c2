using StreamEngine.Diagnostics;

namespace StreamEngine.Log.Rocks;

/// <summary>RocksDB refused, in its own words, which name the file where one is concerned.</summary>
internal sealed class RocksException(string message) : EngineException(DomainOf(message), message, RemedyOf(message))
{
    /// <summary>Whether RocksDB found its files damaged, rather than busy, full or out of reach.</summary>
    public bool IsCorruption => Is(Message, "Corruption");

    /// <summary>Whether a file that must be there is not.</summary>
    public bool IsMissingFile => Is(Message, "IO error") && Message.Contains("No such file", StringComparison.Ordinal);

    /// <summary>Whether the disk has no room.</summary>
    public bool IsFullDisk => SaysFull(Message);

    private static ErrorDomain DomainOf(string message)
    {
        if (Is(message, "Corruption")) return ErrorDomain.Data;
        if (IsLock(message)) return ErrorDomain.User;
        return Is(message, "IO error") ? ErrorDomain.External : ErrorDomain.Internal;
    }

    private static string RemedyOf(string message)
    {
        if (Is(message, "Corruption")) return LogDamagedException.Restore;
        if (IsLock(message)) return "Stop the process that has it open, or use another folder.";
        return SaysFull(message)
            ? "Free space on that disk and start again: everything that was acknowledged is there."
            : "Look at the disk and at the rights on these files.";
    }

    private static bool SaysFull(string message) => message.Contains("No space left", StringComparison.Ordinal);

    private static bool Is(string message, string kind) => message.StartsWith(kind, StringComparison.Ordinal);

    /// <summary>Whether another process, or another instance in this one, has the database open.</summary>
    private static bool IsLock(string message) => Is(message, "IO error") &&
        (message.Contains("While lock file", StringComparison.Ordinal) || message.Contains("lock hold by current process", StringComparison.Ordinal));
}
