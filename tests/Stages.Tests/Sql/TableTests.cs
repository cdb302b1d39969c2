using System.ComponentModel.DataAnnotations.Schema;
using System.Globalization;
using Npgsql;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Sql;

namespace StreamEngine.Stages.Tests.Sql;

public enum Colour
{
    Red,
    DarkGreen,
}

/// <summary>One property of each type that a column can hold.</summary>
public sealed record Everything(
    int Id, bool Flag, byte Small, long Large, float Single, double Double, decimal Money, string Text, string? NoText, DateTime Local, DateTimeOffset Instant,
    DateOnly Day, TimeOnly Time, TimeSpan Span, Guid Guid, byte[] Bytes, Colour Colour, int? None, DateOnly? NoDay)
{
    [NotMapped]
    public object? Unmapped { get; init; }

    [Column("named")]
    public int Renamed { get; init; } = 9;
}

/// <summary>What becomes of types, names and tables that are there already.</summary>
public sealed class TableTests : IDisposable
{
    private const decimal Precise = 1234567890.12345678901234567m;

    private static readonly Everything Sample = new(
        1, true, 255, long.MaxValue, 1.5f, 1e-300, 0.1m, "it's \"größe\" 日本 💾", null, new DateTime(2024, 2, 29, 13, 5, 6, 250), new DateTimeOffset(2024, 2, 29, 13, 5, 6, TimeSpan.FromHours(2)),
        new DateOnly(2024, 2, 29), new TimeOnly(1, 2, 3), new TimeSpan(1, 2, 3, 4), Guid.Parse("0e984725-c51c-4bf4-9960-e1c80e27aba0"), [0, 255], Colour.DarkGreen, null, null);

    private readonly TemporaryFolder folder = new();

    private string File => folder.Combine("t.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_type_is_kept_in_sqlite_as_its_own_functions_understand_it()
    {
        await WriteAsync(Sqlite.Table<Everything>("t.db", "everything", key: x => x.Id), Sample, Sample with { Text = "", Bytes = [], Id = 2 });

        string columns = string.Join(" || '|' || ", "id flag small large single double money text local instant day time span guid hex(bytes) colour named".Split(' '));
        Assert.Equal(
            [
                "1|1|255|9223372036854775807|1.5|1.0e-300|0.1|it's \"größe\" 日本 💾|2024-02-29 13:05:06.25|2024-02-29 11:05:06|2024-02-29|01:02:03|1.02:03:04|" +
                "0e984725-c51c-4bf4-9960-e1c80e27aba0|00FF|DarkGreen|9",
            ],
            Query($"SELECT {columns} FROM everything WHERE id = 1"));
        Assert.Equal(["1|1|2024"], Query("SELECT (no_text IS NULL) || '|' || (none IS NULL AND no_day IS NULL) || '|' || strftime('%Y', local) FROM everything WHERE id = 1"));
        Assert.Equal(["text|0|blob|0"], Query("SELECT typeof(text) || '|' || length(text) || '|' || typeof(bytes) || '|' || length(bytes) FROM everything WHERE id = 2"));
    }

    [Fact]
    public async Task A_decimal_in_a_column_that_is_declared_text_keeps_every_digit()
    {
        await WriteAsync(Sqlite.Table<Exact>("t.db", "t"), new Exact(Precise));
        Assert.Equal(["1234567890.12345678901234567"], Query("SELECT amount FROM t WHERE typeof(amount) = 'text'"));
    }

    [SkippableFact]
    public async Task Every_type_comes_back_from_postgres_as_it_was()
    {
        using var factory = new PostgresSinkFactory();
        await WriteAsync(Postgres.Table<Everything>(factory.ConnectionString, "everything", key: x => x.Id), Sample with { Money = Precise }, Sample with { Text = "", Bytes = [], Id = 2, None = 3 });

        using NpgsqlConnection connection = PostgresServer.Connect(factory.ConnectionString);
        using var command = new NpgsqlCommand(
            "SELECT id, flag, small, large, single, double, money, text, no_text, local, instant, day, time, span, guid, bytes, colour, none, no_day, named FROM everything ORDER BY id", connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        object?[] expected =
        [
            1, true, (short)255, long.MaxValue, 1.5f, 1e-300, Precise, Sample.Text, DBNull.Value, Sample.Local, Sample.Instant.UtcDateTime, Sample.Day.ToDateTime(default), Sample.Time.ToTimeSpan(),
            Sample.Span, Sample.Guid, Sample.Bytes, "DarkGreen", DBNull.Value, DBNull.Value, 9,
        ];
        for (int n = 0; n < expected.Length; n++)
        {
            object actual = reader.GetValue(n) is DateOnly day ? day.ToDateTime(default) : reader.GetValue(n) is TimeOnly time ? time.ToTimeSpan() : reader.GetValue(n);
            Assert.Equal(expected[n], actual);
        }

        Assert.True(reader.Read());
        Assert.Equal(("", 0, 3), (reader.GetString(7), reader.GetFieldValue<byte[]>(15).Length, reader.GetInt32(17)));
    }

    [Theory]
    [InlineData("robert\"; DROP TABLE x; --")]
    [InlineData("größe 💾")]
    [InlineData("select")]
    public async Task Names_are_quoted_whatever_they_are(string name)
    {
        await WriteAsync(Sqlite.Table<int>("t.db", name, key: [name]), 7);
        Assert.Equal(["7"], Query($"SELECT value FROM \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
    }

    [Theory]
    [InlineData("CREATE TABLE t (id INTEGER PRIMARY KEY, amount TEXT, name TEXT)", "column amount as TEXT")]
    [InlineData("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)", "no column amount")]
    [InlineData("CREATE TABLE t (id INTEGER, amount NUMERIC, name TEXT)", "no unique key on id")]
    [InlineData("CREATE TABLE t (id INTEGER PRIMARY KEY, amount NUMERIC, name TEXT, more TEXT NOT NULL)", "has column more, which must be given a value")]
    [InlineData("CREATE TABLE t (id INTEGER PRIMARY KEY, amount NUMERIC, name TEXT AS ('x'))", "computes column name itself")]
    public async Task A_table_of_sqlite_that_does_not_fit_is_refused_when_the_sink_opens(string table, string expected)
    {
        SqliteFile.Execute(File, table);
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => WriteAsync(Sqlite.Table<Small>("t.db", "t", key: x => x.Id), new Small(1, 2, "a")));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("table t of sqlite:t.db", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("CREATE TABLE t (id bigint PRIMARY KEY, amount integer, name text)", "column amount as int4")]
    [InlineData("CREATE TABLE t (id integer, amount numeric, name text); CREATE UNIQUE INDEX ON t (id) WHERE id > 5", "no unique key on id")]
    [InlineData("CREATE TABLE t (id integer PRIMARY KEY, amount numeric, name text, more text NOT NULL)", "has column more, which must be given a value")]
    public async Task A_table_of_postgres_that_does_not_fit_is_refused_when_the_sink_opens(string table, string expected)
    {
        using var factory = new PostgresSinkFactory();
        PostgresServer.Execute(factory.ConnectionString, table);
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => WriteAsync(Postgres.Table<Small>(factory.ConnectionString, "t", key: x => x.Id), new Small(1, 2, "a")));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_table_that_is_there_and_fits_is_written_in_its_schema()
    {
        using var factory = new PostgresSinkFactory();
        PostgresServer.Execute(factory.ConnectionString, "CREATE SCHEMA sales; CREATE TABLE sales.t (more serial, name varchar(9), id bigint UNIQUE, amount numeric(9,2))");
        await WriteAsync(Postgres.Table<Small>(factory.ConnectionString, "sales.t", key: x => x.Id, create: false), new Small(1, 2, "a"), new Small(1, 3.25m, "b"));
        Assert.Equal(["1|3.25|b"], PostgresServer.Query(factory.ConnectionString, "SELECT id, amount, name FROM sales.t"));
    }

    [Fact]
    public async Task A_table_that_is_not_to_be_made_is_missed()
    {
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => WriteAsync(Sqlite.Table<Small>("t.db", "t", create: false), new Small(1, 2, "a")));
        Assert.Contains("doesn't exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_the_table_can_not_hold_is_an_error_of_its_record()
    {
        List<string> refused = await WriteAsync(
            Sqlite.Table<Small>("t.db", "t", key: x => x.Id), new Small(1, 0.1234567890123456m, "a"), new Small(2, 1, "half \ud800"), new Small(3, null, null!), new Small(4, null, "kept"));

        Assert.Equal(["4"], Query("SELECT id FROM t"));
        Assert.Collection(
            refused,
            digits => Assert.Contains("Small.Amount: 0.1234567890123456 has more digits", digits, StringComparison.Ordinal),
            half => Assert.Contains("Small.Name: the text has half of a surrogate pair", half, StringComparison.Ordinal),
            none => Assert.Contains("Small.Name is null", none, StringComparison.Ordinal));
    }

    [Fact]
    public void A_type_that_no_column_can_hold_is_refused_where_the_pipeline_is_defined()
    {
        EngineException error = Assert.Throws<EngineException>(() => Sqlite.Table<Nested>("t.db", "t"));
        Assert.Contains("Nested.Inner is a Small", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<EngineException>(() => Sqlite.Table<Small>("t.db", "t", key: x => x.Name.Length));
        Assert.Contains("does more than name properties", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<EngineException>(() => Sqlite.Table<Small>("t.db", "t", key: ["a", "b"]).For<string>());
        Assert.Contains("1 parts, and 2 key columns", error.Message, StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => Sqlite.Table<Small>("t.db", "t", key: ["a"]).For<NoKey>());
        Assert.Throws<EngineException>(() => Sqlite.Table<Small>("../t.db", "t"));
        Assert.Throws<EngineException>(() => Sqlite.Table<Small>(":memory:", "t"));
        Assert.Throws<EngineException>(() => Sqlite.Table<Small>("t.db", "streamengine_positions"));
    }

    [Fact]
    public void Two_ways_to_write_a_path_are_one_database()
    {
        Assert.Equal(Sqlite.Table<Small>("a/../t.db", "t").For<string>().CommitPoint, Sqlite.Table<Small>("./t.db", "u").For<string>().CommitPoint);
        Assert.Equal(
            Postgres.Table<Small>("Host=db;Database=d;Username=a;Password=x", "t").For<string>().CommitPoint,
            Postgres.Table<Small>("Username=b;Database=d;Host=db;Port=5432", "t").For<string>().CommitPoint);
    }

    [Fact]
    public async Task A_file_that_another_process_writes_is_named_and_may_come_free()
    {
        SqliteFile.Execute(File, "CREATE TABLE x (y)");
        using var other = SqliteFile.Open(File);
        using var held = other.BeginTransaction();
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => WriteAsync(Sqlite.Table<int>("t.db", "t"), 1));
        Assert.True(error.IsTransient);
        Assert.Contains($"sqlite:{File}: another process has been writing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        System.IO.File.WriteAllText(File, string.Concat(Enumerable.Repeat("no database. ", 100)));
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => WriteAsync(Sqlite.Table<int>("t.db", "t"), 1));
        Assert.False(error.IsTransient);
        Assert.Contains("no SQLite database", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OrderId", "order_id")]
    [InlineData("HTTPStatus", "http_status")]
    [InlineData("already_snake", "already_snake")]
    [InlineData("Line2Text", "line2_text")]
    [InlineData("X", "x")]
    public void Names_of_properties_become_snake_case(string property, string column) => Assert.Equal(column, StreamEngine.Sql.Columns.SnakeCase.Of(property));

    public sealed record Small(int Id, decimal? Amount, string Name);

    public sealed record Exact([property: Column(TypeName = "TEXT")] decimal Amount);

    public sealed record Nested(Small Inner);

    private List<string> Query(string sql) => SqliteFile.Query(File, "streamengine_guards", sql, reader => Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);

    /// <summary>Writes values in one epoch of a first task.</summary>
    /// <returns>The reasons of those that were refused.</returns>
    private Task<List<string>> WriteAsync<T>(ValueSinkDefinition<T> definition, params T[] values) =>
        TableRun.WriteAsync(folder.Path, definition, new StreamShape<string, T>(Serdes.String, new SerdeRegistry().For<T>()), values.Select(value => ("1", value)));
}
