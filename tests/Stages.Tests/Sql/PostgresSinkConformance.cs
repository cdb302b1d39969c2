using Npgsql;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Sql;

namespace StreamEngine.Stages.Tests.Sql;

public sealed class PostgresSinkConformance() : SinkConformance(new PostgresSinkFactory());

/// <summary>Tables of a database of the test's own.</summary>
internal sealed class PostgresSinkFactory(Func<string, string, ValueSinkDefinition<SinkValue>> keyed, Func<string, string, ValueSinkDefinition<SinkValue>> appending) : SinkFactory
{
    private readonly Lazy<string> database = new(() => PostgresServer.Shared.CreateDatabase());

    /// <summary>Tables whose columns are the properties of the suite's values.</summary>
    public PostgresSinkFactory()
        : this((database, table) => Postgres.Table<SinkValue>(database, table, key: ["id"]), (database, table) => Postgres.Table<SinkValue>(database, table))
    {
    }

    public override string Folder => "/";

    public string ConnectionString => database.Value;

    public override ValueSinkDefinition<SinkValue> Keyed(string table) => keyed(database.Value, table);

    public override ValueSinkDefinition<SinkValue> Appending(string table) => appending(database.Value, table);

    public override IReadOnlyDictionary<string, SinkValue> ReadKeyed(string table) => Read(
        table, $"SELECT id, name, number, amount, day FROM \"{table}\"", reader => (reader.GetString(0), new SinkValue(
            reader.GetString(1), reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetDecimal(3), reader.GetFieldValue<DateOnly>(4))))
        .ToDictionary();

    public override IReadOnlyDictionary<string, int> CountAppended(string table) =>
        Read(table, $"SELECT name, count(*)::int FROM \"{table}\" GROUP BY name", reader => (reader.GetString(0), reader.GetInt32(1))).ToDictionary();

    public override IReadOnlyList<string> ReadDeadLetters() => Read("streamengine_dead_letters", "SELECT identity FROM streamengine_dead_letters", reader => reader.GetString(0));

    public override void Dispose()
    {
        if (database.IsValueCreated) PostgresServer.Shared.DropDatabase(database.Value);
        base.Dispose();
    }

    private List<T> Read<T>(string table, string sql, Func<NpgsqlDataReader, T> read)
    {
        var rows = new List<T>();
        using NpgsqlConnection connection = PostgresServer.Connect(database.Value);
        using var exists = new NpgsqlCommand("SELECT to_regclass(@name) IS NOT NULL", connection) { Parameters = { new("name", table) } };
        if (!(bool)exists.ExecuteScalar()!) return rows;
        using var command = new NpgsqlCommand(sql, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }
}
