using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Checkpoints;

/// <summary>
/// Reads what the journal has of a pipeline, without the actors that write it: from the tables of Akka.Persistence.Sql, whether an engine runs or not.
/// </summary>
internal static class JournalReader
{
    private const int BusySeconds = 5;

    private const string SnapshotSql =
        "SELECT sequence_number, manifest, snapshot FROM snapshot WHERE persistence_id = @id ORDER BY sequence_number DESC LIMIT 1";

    private const string EventsSql =
        "SELECT sequence_number, manifest, message FROM journal WHERE persistence_id = @id AND sequence_number > @after ORDER BY sequence_number";

    /// <summary>The name under which the journal keeps the history of a pipeline.</summary>
    /// <param name="scope">Comes before the name where several engines share an actor system; empty elsewhere.</param>
    /// <param name="pipeline">The pipeline.</param>
    public static string IdOf(string scope, PipelineName pipeline) => $"{scope}pipeline-{pipeline}";

    /// <summary>What is remembered of a pipeline; an empty history where there is none, or no journal.</summary>
    /// <param name="journal">Where the journal is.</param>
    /// <param name="path">Its file, when it is SQLite's.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <exception cref="EngineException">It can't be read.</exception>
    public static PipelineHistory Read(JournalSettings journal, string path, PipelineName pipeline)
    {
        if (!journal.IsPostgres && !File.Exists(path)) return new PipelineHistory();
        try
        {
            using DbConnection connection = journal.IsPostgres ? new NpgsqlConnection(journal.Connection.Reveal()) : new SqliteConnection(Sqlite(path));
            connection.Open();
            return Read(connection, IdOf("", pipeline));
        }
        catch (Exception e) when (e is DbException or JsonException or InvalidDataException or ArgumentException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new EngineException(
                ErrorDomain.External,
                $"the journal {(journal.IsPostgres ? "in PostgreSQL" : path)} can't be read: {e.Message}",
                "It holds history only, so what the log says is whole without it. Look at its disk or its database.",
                e);
        }
    }

    private static PipelineHistory Read(DbConnection connection, string id)
    {
        var history = new PipelineHistory();
        long after = 0;
        foreach ((long number, JournalEvent happened) in Query(connection, SnapshotSql, ("id", id)))
        {
            history = history.With(happened);
            after = number;
        }

        foreach ((_, JournalEvent happened) in Query(connection, EventsSql, ("id", id), ("after", after))) history = history.With(happened);
        return history;
    }

    private static List<(long Number, JournalEvent Happened)> Query(DbConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        var found = new List<(long, JournalEvent)>();
        using DbDataReader reader = command.ExecuteReader();
        while (reader.Read()) found.Add((Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture), JournalSerializer.Parse((byte[])reader.GetValue(2), reader.GetString(1))));
        return found;
    }

    /// <summary>Not read-only: a journal whose process was killed has to be rolled back by whoever opens it next.</summary>
    private static string Sqlite(string path) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = BusySeconds }.ToString();
}
