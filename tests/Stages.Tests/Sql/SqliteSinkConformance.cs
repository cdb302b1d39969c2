using System.Globalization;
using Microsoft.Data.Sqlite;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Sql;

namespace StreamEngine.Stages.Tests.Sql;

public sealed class SqliteSinkConformance() : SinkConformance(
    new SqliteSinkFactory(table => Sqlite.Table<SinkValue>("test.db", table, key: ["id"]), table => Sqlite.Table<SinkValue>("test.db", table)));

/// <summary>Tables of the SQLite file test.db.</summary>
internal sealed class SqliteSinkFactory(Func<string, ValueSinkDefinition<SinkValue>> keyed, Func<string, ValueSinkDefinition<SinkValue>> appending) : SinkFactory
{
    private readonly TemporaryFolder folder = new();

    public override string Folder => folder.Path;

    public override ValueSinkDefinition<SinkValue> Keyed(string table) => keyed(table);

    public override ValueSinkDefinition<SinkValue> Appending(string table) => appending(table);

    public override IReadOnlyDictionary<string, SinkValue> ReadKeyed(string table) => Read(
        table, $"SELECT id, name, number, amount, day FROM \"{table}\"", reader => (reader.GetString(0), new SinkValue(
            reader.GetString(1), reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetDecimal(3), DateOnly.ParseExact(reader.GetString(4), "yyyy-MM-dd", CultureInfo.InvariantCulture))))
        .ToDictionary();

    public override IReadOnlyDictionary<string, int> CountAppended(string table) =>
        Read(table, $"SELECT name, count(*) FROM \"{table}\" GROUP BY name", reader => (reader.GetString(0), reader.GetInt32(1))).ToDictionary();

    public override IReadOnlyList<string> ReadDeadLetters() => Read("streamengine_dead_letters", "SELECT identity FROM streamengine_dead_letters", reader => reader.GetString(0));

    public override void Dispose()
    {
        folder.Dispose();
        base.Dispose();
    }

    private List<T> Read<T>(string table, string sql, Func<SqliteDataReader, T> read) => SqliteFile.Query(folder.Combine("test.db"), table, sql, read);
}

/// <summary>Looks into a SQLite file from outside.</summary>
internal static class SqliteFile
{
    /// <summary>The rows of a query; none while there is no such table.</summary>
    public static List<T> Query<T>(string path, string table, string sql, Func<SqliteDataReader, T> read)
    {
        using SqliteConnection connection = Open(path);
        using var exists = new SqliteCommand("SELECT count(*) FROM sqlite_schema WHERE name = @name", connection);
        exists.Parameters.AddWithValue("name", table);
        var rows = new List<T>();
        if ((long)exists.ExecuteScalar()! == 0) return rows;
        using var command = new SqliteCommand(sql, connection);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>A connection without a pool.</summary>
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Runs a statement.</summary>
    public static void Execute(string path, string sql)
    {
        using SqliteConnection connection = Open(path);
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
