using StreamEngine.Diagnostics;

namespace StreamEngine.Log;

/// <summary>Data was written by a newer build, in a format that this one doesn't know.</summary>
internal sealed class DataVersionException(string what, int version, int known) : EngineException(
    ErrorDomain.Data,
    $"{what} was written by a newer version of StreamEngine: its format is {version}, this build knows formats up to {known}",
    "Use the newer version, or another data directory (--data DIR). Nothing was changed.");
