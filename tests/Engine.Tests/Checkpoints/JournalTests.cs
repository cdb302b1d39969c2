using Microsoft.Data.Sqlite;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Tests.Pipelines;

namespace StreamEngine.Tests.Checkpoints;

/// <summary>The journal in a file and in a database: what it keeps, that it stays small, and that nothing but history is lost with it.</summary>
public sealed class JournalTests : IAsyncDisposable
{
    private readonly EngineFixture engines = new();
    private readonly FakeSystem system = new([.. Enumerable.Range(0, 10).Select(n => $"n{n}")]);

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    [Fact]
    public async Task Snapshots_keep_it_small_however_often_pipelines_start()
    {
        engines.JournalPath = Path.Combine(engines.FolderPath, "journal.db");
        engines.Settings = "stream-engine.journal.snapshot-after = 4";
        for (int start = 0; start < 8; start++) Assert.Equal(PipelineState.Completed, (await engines.RunAsync(Copy()))[0].State);

        Assert.InRange(Rows("journal"), 1, 12);
        Assert.InRange(Rows("snapshot"), 1, 4);
    }

    [Fact]
    public async Task A_failure_is_kept_with_its_cause()
    {
        engines.JournalPath = Path.Combine(engines.FolderPath, "journal.db");
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).Select(value => value == "n7" ? throw new FormatException("no number") : value).To(Topic.Of<string, string>("out"));

        PipelineStatus ended = (await engines.RunAsync(pipeline))[0];

        Assert.Equal(PipelineState.Failed, ended.State);
        List<string> events = Events("pipeline-copy");
        Assert.Contains(events, text => text.StartsWith("task-failed ", StringComparison.Ordinal) && text.Contains("no number", StringComparison.Ordinal));
        Assert.Contains(events, text => text.StartsWith("pipeline-failed ", StringComparison.Ordinal) && text.Contains("no number", StringComparison.Ordinal) && text.Contains("errors.tolerance", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_it_removed_nothing_is_lost_but_history()
    {
        engines.JournalPath = Path.Combine(engines.FolderPath, "journal.db");
        await engines.RunAsync(Copy());
        SqliteConnection.ClearAllPools();
        foreach (string file in Directory.GetFiles(engines.FolderPath, "journal.db*")) File.Delete(file);
        system.Add(0, "n10", "n11");

        PipelineStatus ended = (await engines.RunAsync(Copy()))[0];

        Assert.Equal(PipelineState.Completed, ended.State);
        Assert.Equal(system.Partitions[0], engines.Values("out"));
    }

    [Theory]
    [InlineData("engine")]
    [InlineData("pipeline-copy")]
    public async Task One_that_cannot_be_read_is_an_error_that_says_so_and_what_to_do(string actor)
    {
        engines.JournalPath = Path.Combine(engines.FolderPath, "journal.db");
        await engines.RunAsync(Copy());
        using (SqliteConnection connection = Open())
        {
            using SqliteCommand change = connection.CreateCommand();
            change.CommandText = "UPDATE journal SET manifest = 'of-a-newer-build' WHERE persistence_id = $actor";
            change.Parameters.AddWithValue("$actor", actor);
            Assert.True(change.ExecuteNonQuery() > 0);
        }

        EngineRuntime engine = engines.Create(Copy());
        EngineException? error = null;
        try
        {
            await engine.RunAsync(follows: false).WaitAsync(EngineFixture.Patience);
            error = engine.Statuses[0].Failure;
        }
        catch (EngineException e)
        {
            error = e;
        }

        Assert.Contains("engine/journal.db", error!.Remedy, StringComparison.Ordinal);
        Assert.Contains(engines.Warnings, warning => warning.Contains("'of-a-newer-build'", StringComparison.Ordinal));
        Assert.Equal(system.Partitions[0], engines.Values("out"));
    }

    [SkippableFact]
    public async Task It_lives_in_a_database_when_it_is_set_to()
    {
        PostgresServer server = PostgresServer.Shared;
        string database = server.CreateDatabase();
        try
        {
            engines.Settings = $$"""
                stream-engine.journal { kind = postgres, connection = "{{database}}", snapshot-after = 4 }
                """;
            for (int start = 0; start < 6; start++)
            {
                system.Add(0, $"more {start}");
                Assert.Equal(PipelineState.Completed, (await engines.RunAsync(Copy()))[0].State);
            }

            Assert.Equal(system.Partitions[0], engines.Values("out"));
            Assert.InRange(int.Parse(PostgresServer.Query(database, "SELECT COUNT(*) FROM journal")[0], null), 1, 12);
            Assert.NotEqual("0", PostgresServer.Query(database, "SELECT COUNT(*) FROM snapshot")[0]);
        }
        finally
        {
            server.DropDatabase(database);
        }
    }

    private PipelineBuilder Copy()
    {
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).To(Topic.Of<string, string>("out"));
        return pipeline;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = engines.JournalPath!, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private long Rows(string table)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand count = connection.CreateCommand();
        count.CommandText = $"SELECT COUNT(*) FROM {table}";
        return (long)count.ExecuteScalar()!;
    }

    /// <summary>The events of an actor: manifest and text.</summary>
    private List<string> Events(string id)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT manifest, message FROM journal WHERE persistence_id = $id ORDER BY sequence_number";
        query.Parameters.AddWithValue("$id", id);
        using SqliteDataReader reader = query.ExecuteReader();
        var events = new List<string>();
        while (reader.Read()) events.Add($"{reader.GetString(0)} {System.Text.Encoding.UTF8.GetString((byte[])reader.GetValue(1))}");
        return events;
    }
}
