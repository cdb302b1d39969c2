using Npgsql;
using StreamEngine.Conformance;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Sql;

namespace StreamEngine.Stages.Tests.Sql;

/// <summary>Whole pipelines into tables, stopped and started again.</summary>
public sealed class SqlPipelineTests : IDisposable
{
    private readonly SqlPipeline pipeline = new();

    public void Dispose() => pipeline.Dispose();

    [Fact]
    public async Task Each_order_is_in_a_table_of_sqlite_once_though_the_pipeline_is_stopped_and_goes_on_with_other_tasks()
    {
        string file = Path.Combine(pipeline.Folder, "orders.db");
        long Count() => File.Exists(file) ? SqliteFile.Query(file, "orders", "SELECT count(*) FROM orders", reader => reader.GetInt64(0)).SingleOrDefault() : 0;
        pipeline.Feed(20_000);

        await pipeline.RunAsync(Define, Settings(tasks: 1), async engine =>
        {
            Await(engine, () => Count() > 0, "rows arrive");
            await engine.StopAsync();
        });
        pipeline.Feed(5_000);
        PipelineStatus status = await pipeline.RunAsync(Define, Settings(tasks: 3));

        Assert.Null(status.Failure);
        Assert.Equal(PipelineState.Completed, status.State);
        Check(
            SqliteFile.Query(file, "orders", "SELECT customer, number, total FROM orders", reader => new Order(reader.GetString(0), reader.GetInt32(1), reader.GetDecimal(2))),
            SqliteFile.Query(file, "last_orders", "SELECT id, number, total FROM last_orders", reader => new Order(reader.GetString(0), reader.GetInt32(1), reader.GetDecimal(2))));

        void Define(PipelineBuilder p)
        {
            KeyedStream<string, Order> orders = p.From(SqlPipeline.Orders);
            orders.To(Sqlite.Table<Order>("orders.db", "orders"));
            orders.To(Sqlite.Table<Order>("orders.db", "last_orders", key: ["id"]));
        }
    }

    [SkippableFact]
    public async Task Each_order_is_in_a_table_of_postgres_once_though_sessions_are_killed_and_the_pipeline_is_stopped()
    {
        string database = PostgresServer.Shared.CreateDatabase();
        try
        {
            pipeline.Feed(20_000);
            PostgresServer.Execute(database, "CREATE TABLE last_orders (id text PRIMARY KEY, customer text NOT NULL, number integer NOT NULL, total numeric NOT NULL)");
            await pipeline.RunAsync(Define, Settings(tasks: 2), async engine =>
            {
                // Two times both tasks are killed in the middle of a commit, while this transaction keeps them from its last rows.
                using NpgsqlConnection blocker = PostgresServer.Connect(database);
                using NpgsqlTransaction held = blocker.BeginTransaction();
                using var command = new NpgsqlCommand("LOCK TABLE last_orders IN EXCLUSIVE MODE", blocker, held);
                command.ExecuteNonQuery();
                var killed = new HashSet<string>();
                while (killed.Count < 4)
                {
                    List<string> waiting = [];
                    Await(engine, () => (waiting = [.. PostgresServer.Query(database, Waiting).Except(killed)]).Count > 0, "tasks wait in their commits");
                    foreach (string session in waiting) PostgresServer.Execute(database, $"SELECT pg_terminate_backend({session})");
                    killed.UnionWith(waiting);
                }

                held.Rollback();
                Await(engine, () => PostgresServer.Query(database, "SELECT 1 FROM last_orders").Count > 0, "the tasks go on");
                await engine.StopAsync();
            });
            pipeline.Feed(5_000);

            PipelineStatus status = await pipeline.RunAsync(Define, Settings(tasks: 4));

            Assert.Null(status.Failure);
            Check(Read(database, "SELECT customer, number, total FROM orders"), Read(database, "SELECT id, number, total FROM last_orders"));
        }
        finally
        {
            PostgresServer.Shared.DropDatabase(database);
        }

        void Define(PipelineBuilder p)
        {
            KeyedStream<string, Order> orders = p.From(SqlPipeline.Orders);
            orders.To(Postgres.Table<Order>(database, "orders"));
            orders.To(Postgres.Table<Order>(database, "last_orders", key: ["id"]));
        }
    }

    [Fact]
    public async Task What_can_not_be_read_is_in_the_table_of_dead_letters_and_the_rest_in_the_table()
    {
        pipeline.Feed(1_000, poisonEvery: 100);

        PipelineStatus status = await pipeline.RunAsync(
            p => p.From(SqlPipeline.Orders).To(Sqlite.Table<Order>("orders.db", "orders", key: x => x.Number)), "stream-engine.pipeline.errors.tolerance = all");

        Assert.Null(status.Failure);
        string file = Path.Combine(pipeline.Folder, "orders.db");
        Assert.Equal(
            Enumerable.Range(0, 1_000).Where(n => n % 100 != 0), SqliteFile.Query(file, "orders", "SELECT number FROM orders ORDER BY number", reader => reader.GetInt32(0)));
        Assert.Equal(
            Enumerable.Repeat("no order", 10),
            SqliteFile.Query(file, "streamengine_dead_letters", "SELECT CAST(value AS text) FROM streamengine_dead_letters", reader => reader.GetString(0)));
    }

    [Fact]
    public async Task A_folder_that_is_missing_fails_the_start_with_its_name()
    {
        pipeline.Feed(1);

        PipelineStatus status = await pipeline.RunAsync(p => p.From(SqlPipeline.Orders).To(Sqlite.Table<Order>("missing/orders.db", "orders")));

        Assert.Contains(Path.Combine(pipeline.Folder, "missing"), status.Failure!.Message, StringComparison.Ordinal);
    }

    private const string Waiting =
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'streamengine'";

    private static void Await(EngineRuntime engine, Func<bool> condition, string what)
    {
        bool came = SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60));
        PipelineStatus status = Assert.Single(engine.Statuses);
        Assert.True(came, $"not within a minute: {what}; the pipeline is {status.State}, {status.Note}, {status.Failure?.Message}");
    }


    private static string Settings(int tasks) =>
        $$"""
        stream-engine.pipeline { tasks.max = {{tasks}}, commit.interval = 1ms, commit.bytes = 64KiB }
        """;

    private void Check(List<Order> appended, List<Order> last)
    {
        Assert.Equal(Enumerable.Range(0, pipeline.Fed).Select(SqlPipeline.OrderOf), appended.OrderBy(order => order.Number));
        Assert.Equal(
            Enumerable.Range(0, pipeline.Fed).Select(SqlPipeline.OrderOf).GroupBy(order => order.Customer).Select(group => group.Last()).OrderBy(order => order.Number),
            last.OrderBy(order => order.Number));
    }

    private static List<Order> Read(string database, string sql)
    {
        using NpgsqlConnection connection = PostgresServer.Connect(database);
        using var command = new NpgsqlCommand(sql, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        var orders = new List<Order>();
        while (reader.Read()) orders.Add(new Order(reader.GetString(0), reader.GetInt32(1), reader.GetDecimal(2)));
        return orders;
    }
}
