using StreamEngine.Diagnostics;

namespace StreamEngine.Settings;

/// <summary>Where the journal lives.</summary>
/// <param name="IsPostgres">Whether it is in a PostgreSQL database; else in a SQLite file of the data directory.</param>
/// <param name="Connection">How to connect to that database.</param>
/// <param name="SnapshotAfter">After how many events a snapshot is taken.</param>
internal sealed record JournalSettings(bool IsPostgres, Secret Connection, int SnapshotAfter)
{
    public static JournalSettings Read(SettingsReader reader)
    {
        bool isPostgres = reader.Choice("kind", new Dictionary<string, bool> { ["sqlite"] = false, ["postgres"] = true });
        int before = reader.Problems.Errors;
        Secret connection = reader.Secret("connection");

        // One that is given and can't be had was said to be so.
        if (isPostgres && connection.IsEmpty && reader.Problems.Errors == before)
        {
            reader.Problems.Add(
                ProblemCodes.Missing,
                reader.PlaceOf("kind"),
                "stream-engine.journal.connection must say how to connect, where journal.kind = postgres",
                "Give a connection string, best from the environment: connection { env = JOURNAL_DB }.");
        }

        return new JournalSettings(isPostgres, connection, reader.Number("snapshot-after", 1, 1_000_000));
    }
}
