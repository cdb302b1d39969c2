using CsCheck;
using StreamEngine.Commits;
using StreamEngine.Conformance;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Sql;

namespace StreamEngine.Stages.Tests.Sql;

/// <summary>Pipelines into topics and tables that are reset and deleted, and run again.</summary>
public sealed class SqlRemovalTests : IDisposable
{
    private readonly SqlPipeline pipeline = new();

    private string File => Path.Combine(pipeline.Folder, "orders.db");

    public void Dispose() => pipeline.Dispose();

    [Fact]
    public Task A_deleted_pipeline_runs_again_as_it_did_in_a_new_directory() => Check.SampleAsync(
        Gen.Select(Gen.Int[1, 1500], Gen.Int[1, 4], Gen.Int[1, 2]),
        async (orders, tasks, deletions) =>
        {
            using var used = new SqlPipeline();
            used.Feed(orders);
            await RunAsync(used, tasks);
            string[] first = [.. used.Records("copies")], rows = Rows(used);
            for (int n = 0; n < deletions; n++)
            {
                await used.RemoveAsync(Define, StartIntent.Delete, deletesTopics: true);
                Assert.Empty(used.Records("copies"));
                await RunAsync(used, 1 + (tasks % 3));
                Assert.Equal(first.Order(), used.Records("copies").Order());
                Assert.Equal(rows, Rows(used));
            }

            static async Task RunAsync(SqlPipeline used, int tasks)
            {
                PipelineStatus status = await used.RunAsync(Define, $"stream-engine.pipeline.tasks.max = {tasks}");
                Assert.Null(status.Failure);
                Assert.Equal(PipelineState.Completed, status.State);
            }
        },
        iter: PropertyRuns.Of(4),
        threads: 1);

    [Fact]
    public async Task A_pipeline_that_was_deleted_and_is_started_again_stands_above_the_guard_of_its_database()
    {
        pipeline.Feed(10);
        await pipeline.RunAsync(Define);
        await pipeline.RemoveAsync(Define, StartIntent.Delete);
        await pipeline.RunAsync(Define);
        Assert.Equal([3L], SqliteFile.Query(File, "streamengine_guards", "SELECT DISTINCT generation FROM streamengine_guards", reader => reader.GetInt64(0)));
    }

    [Fact]
    public async Task A_reset_to_the_latest_reads_only_what_comes_later_whatever_the_commit_point()
    {
        pipeline.Feed(400);
        await pipeline.RunAsync(Define);

        RemovalPreview preview = await pipeline.RemoveAsync(Define, StartIntent.Reset, "latest");
        Assert.Contains(preview.Acts, act => act is { Kind: RemovalKind.Set, What: "position" });
        Assert.Equal(0, (await pipeline.RunAsync(Define)).Totals.RecordsIn);
        pipeline.Feed(100);
        Assert.Null((await pipeline.RunAsync(Define)).Failure);

        Assert.Equal(500, pipeline.Records("copies").Count);
        Assert.Equal(500, SqliteFile.Query(File, "orders", "SELECT count(*) FROM orders", reader => reader.GetInt64(0)).Single());
    }

    [Fact]
    public async Task A_reset_to_offsets_reads_the_partitions_named_from_there_and_the_others_from_their_beginning()
    {
        pipeline.Feed(400);
        await pipeline.RunAsync(Define);
        string[] all = [.. pipeline.Records("copies")];
        int[] sizes = [.. Enumerable.Range(0, SqlPipeline.Partitions).Select(partition => Enumerable.Range(0, 400).Count(n => n % 37 % SqlPipeline.Partitions == partition))];

        await pipeline.RemoveAsync(Define, StartIntent.Reset, $"orders:0={sizes[0]}, orders:2=7");
        PipelineStatus status = await pipeline.RunAsync(Define);

        Assert.Null(status.Failure);
        Assert.Equal(all.Length + sizes[1] + sizes[2] - 7 + sizes[3], pipeline.Records("copies").Count);
    }

    [Fact]
    public async Task A_reset_to_a_time_is_by_the_times_of_the_records()
    {
        pipeline.Feed(100);
        await pipeline.RunAsync(Define);
        await pipeline.RemoveAsync(Define, StartIntent.Reset, "2999-01-01");
        Assert.Equal(0, (await pipeline.RunAsync(Define)).Totals.RecordsIn);
        await pipeline.RemoveAsync(Define, StartIntent.Reset, "1970-01-01T00:00:00Z");
        await pipeline.RunAsync(Define);
        Assert.Equal(200, pipeline.Records("copies").Count);
    }

    [Fact]
    public async Task Dead_letters_of_a_database_go_with_a_reset_and_its_rows_stay()
    {
        pipeline.Feed(200, poisonEvery: 50);
        static void Table(PipelineBuilder p) => p.From(SqlPipeline.Orders).To(Sqlite.Table<Order>("orders.db", "orders", key: x => x.Number));
        await pipeline.RunAsync(Table, "stream-engine.pipeline.errors.tolerance = all");
        long Count(string table) => SqliteFile.Query(File, table, $"SELECT count(*) FROM {table}", reader => reader.GetInt64(0)).Single();
        Assert.Equal(4, Count("streamengine_dead_letters"));

        await pipeline.RemoveAsync(Table, StartIntent.Reset);

        Assert.Equal((0L, 0L, 196L), (Count("streamengine_dead_letters"), Count("streamengine_positions"), Count("orders")));
    }

    [Theory]
    [InlineData("orders:9=0", "topic orders has 4 partitions, so none of number 9")]
    [InlineData("copies:0=0", "doesn't read topic copies")]
    [InlineData("orders:0=5000", "can't be read from offset 5000: it holds 0 up to")]
    public async Task A_place_that_is_not_there_is_refused_and_nothing_is_changed(string to, string error)
    {
        pipeline.Feed(50);
        await pipeline.RunAsync(Define);
        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => pipeline.RemoveAsync(Define, StartIntent.Reset, to));
        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", refused.Remedy, StringComparison.Ordinal);
        Assert.Equal(0, (await pipeline.RunAsync(Define)).Totals.RecordsIn);
    }

    [Fact]
    public async Task After_a_reset_to_positions_a_plan_that_reads_the_source_elsewhere_is_refused()
    {
        pipeline.Feed(50);
        await pipeline.RunAsync(Define);
        await pipeline.RemoveAsync(Define, StartIntent.Reset, "latest");
        PipelineStatus status = await pipeline.RunAsync(p =>
        {
            KeyedStream<string, Order> orders = p.From(SqlPipeline.Orders, name: "renamed");
            orders.To(StreamEngine.Contracts.Topic.Of<string, Order>("copies"));
        });
        Assert.Contains("would be read again from its beginning", status.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_definition_a_pipeline_in_a_database_is_refused_before_anything_is_changed()
    {
        pipeline.Feed(50);
        await pipeline.RunAsync(Define);
        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => pipeline.RemoveAsync(null, StartIntent.Delete));
        Assert.Contains("its definition is needed to open that", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await pipeline.RunAsync(Define)).Totals.RecordsIn);
    }

    private static string[] Rows(SqlPipeline used) => [.. SqliteFile.Query(
        Path.Combine(used.Folder, "orders.db"), "orders", "SELECT customer, number, total FROM orders ORDER BY number", reader => $"{reader.GetString(0)} {reader.GetInt32(1)} {reader.GetDecimal(2)}")];

    private static void Define(PipelineBuilder p)
    {
        KeyedStream<string, Order> orders = p.From(SqlPipeline.Orders);
        orders.To(StreamEngine.Contracts.Topic.Of<string, Order>("copies", 2));
        orders.To(Sqlite.Table<Order>("orders.db", "orders", key: x => x.Number));
    }
}
