using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using StreamEngine.Diagnostics;
using StreamEngine.Settings;

namespace StreamEngine.Checkpoints;

/// <summary>
/// Looks whether the journal can be opened, before the actor system does: that tries again for ever, and what waits for it waits as long.
/// </summary>
internal static class JournalProbe
{
    /// <summary>Opens the journal, and closes it.</summary>
    /// <param name="journal">Where it is.</param>
    /// <param name="path">Its file, when it is SQLite's.</param>
    /// <exception cref="EngineException">It is damaged, or can't be reached.</exception>
    public static void Check(JournalSettings journal, string path)
    {
        if (journal.IsPostgres) CheckPostgres(journal.Connection.Reveal());
        else CheckSqlite(path);
    }

    private static void CheckSqlite(string path)
    {
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            if (command.ExecuteScalar() is string answer && answer != "ok") throw Unreadable(ErrorDomain.Data, path, answer, WayOut(path), null);
        }
        catch (SqliteException e)
        {
            throw Unreadable(ErrorDomain.Data, path, e.Message, WayOut(path), e);
        }
    }

    private static void CheckPostgres(string text)
    {
        string place = "in PostgreSQL";
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text);
            place = $"in the PostgreSQL database {builder.Database} on {builder.Host}";
            using var connection = new NpgsqlConnection(builder.ToString());
            connection.Open();
        }
        catch (Exception e) when (e is DbException or ArgumentException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw Unreadable(ErrorDomain.External, place, e.Message, "Look at journal.connection, and whether the server is up.", e);
        }
    }

    private static string WayOut(string path) =>
        $"It holds history only: move {path} and the files beside it ({Path.GetFileName(path)}-*) away and start again; pipelines go on from their last commits.";

    private static EngineException Unreadable(ErrorDomain domain, string place, string what, string remedy, Exception? cause) =>
        new(domain, $"the journal {place} can't be opened: {what}", remedy, cause);
}
