using Microsoft.Data.Sqlite;
using StreamEngine.Diagnostics;

namespace StreamEngine.Sql.SqliteFiles;

/// <summary>Errors of SQLite as ones that say where, what, and what to do.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, Constraint = 19, NotADatabase = 26;

    /// <summary>The folder of a database is missing.</summary>
    public static EngineException NoFolder(string database, string folder) =>
        new(ErrorDomain.User, $"{database}: there is no folder {folder}", "Make the folder, or give another path.");

    /// <summary>An error as one that says where, what, and what to do; itself if it is none of SQLite's.</summary>
    /// <param name="error">The error.</param>
    /// <param name="database">The database.</param>
    /// <param name="doing">What was being done.</param>
    public static Exception Explain(Exception error, string database, string doing)
    {
        if (error is not SqliteException sqlite) return error;
        (ErrorDomain domain, string what, string remedy) = sqlite.SqliteErrorCode switch
        {
            Busy or Locked => (
                ErrorDomain.External,
                $"another process has been writing to it for {SqliteDatabase.BusySeconds} s",
                "It is tried again. Close the program that holds a transaction open in the file."),
            ReadOnly => (ErrorDomain.User, "it can't be written to", "Allow this user to write the file and its folder, where SQLite keeps files beside it."),
            Full => (ErrorDomain.External, "the disk is full", "Make room. It is tried again, from the last commit."),
            CannotOpen => (ErrorDomain.User, "it can't be opened", "Look whether the file is there, and whether this user may read and write it and its folder."),
            NotADatabase => (ErrorDomain.User, "the file is no SQLite database, or an encrypted one", "Give the path of another file, or move this one away."),
            Corrupt => (ErrorDomain.Data, "the file is damaged", "Restore it from a backup, or recover it with the sqlite3 shell (.recover), before anything else is written to it."),
            IoError => (ErrorDomain.External, "the disk reports an error", "Look at the disk and the system's log. It is tried again, from the last commit."),
            Constraint => (ErrorDomain.User, "a constraint of a table doesn't allow it", "Change the constraint, or leave such records out before the sink."),
            _ => (ErrorDomain.External, "SQLite reports an error", "It is tried again, from the last commit. If it stays, look at the file with the sqlite3 shell."),
        };
        return new EngineException(domain, $"{doing}: {database}: {what} ({sqlite.Message})", remedy, sqlite);
    }
}
