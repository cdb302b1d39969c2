using StreamEngine.Diagnostics;
using StreamEngine.Log.Rocks;

namespace StreamEngine.Log;

/// <summary>The files of the log are not what was written: nothing is read from them that can't be trusted.</summary>
internal sealed class LogDamagedException(string message, Exception? inner = null, string? remedy = null)
    : EngineException(ErrorDomain.Data, message, remedy ?? Restore, inner)
{
    /// <summary>What to do about damage that nothing else can mend.</summary>
    public const string Restore =
        "Restore the newest checkpoint, or the data directory from a backup; what the damaged log alone held is lost. Look at the disk before " +
        "it is used again.";

    /// <summary>Says of a damaged file where the log is.</summary>
    public static LogDamagedException At(string path, RocksException error) => new($"the log in {path} is damaged: {error.Message}", error);
}
