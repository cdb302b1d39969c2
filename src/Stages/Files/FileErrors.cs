using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>Says of errors of the file system which file they are about and what to do.</summary>
internal static class FileErrors
{
    /// <summary>The error with its place and a remedy; what has them already stays.</summary>
    public static Exception Explain(string path, Exception error) => error switch
    {
        EngineException => error,
        FileNotFoundException or DirectoryNotFoundException => new EngineException(
            ErrorDomain.User, $"{path} doesn't exist", "Put the file there, or mend the path: relative ones count from the pipeline's folder.", error),
        UnauthorizedAccessException => new EngineException(
            ErrorDomain.User, $"{path} can't be read: {error.Message}", $"Give the user {Environment.UserName} the right to read it and to enter its folders.", error),
        InvalidDataException => new EngineException(
            ErrorDomain.User,
            $"{path}: the compressed data is damaged: {error.Message}",
            "What comes before the damage is read. Put an undamaged copy in its place, with the same content up to there, and start again.",
            error),
        IOException => new EngineException(ErrorDomain.External, $"{path} can't be read: {error.Message}", "Look at the disk or the network it is on.", error),
        _ => error,
    };

    /// <summary>The file is not the one, or no longer the whole one, that a position points into.</summary>
    public static FileChangedException Changed(string path, string what) => new($"{path} {what}");
}

/// <summary>A file is not the one, or no longer the whole one, that a position points into. In a folder that is watched it is a new file then.</summary>
/// <param name="message">Which file, and what is wrong with it.</param>
internal sealed class FileChangedException(string message) : EngineException(
    ErrorDomain.User,
    message,
    "Put the file back as it was, under its name; files may grow at their end only. Or reset the pipeline to read what is there now from its beginning.");
