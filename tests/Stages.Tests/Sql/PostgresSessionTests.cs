using Npgsql;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Sql;

namespace StreamEngine.Stages.Tests.Sql;

/// <summary>Sessions that are lost, held or refused at a PostgreSQL server.</summary>
public sealed class PostgresSessionTests : IDisposable
{
    private static readonly PipelineName Pipeline = new("pipeline");
    private readonly PostgresSinkFactory factory = new();
    private readonly List<IDisposable> opened = [];

    public void Dispose()
    {
        foreach (IDisposable one in opened) one.Dispose();
        factory.Dispose();
    }

    [SkippableFact]
    public async Task A_session_that_is_killed_in_the_middle_of_its_commit_writes_nothing_and_the_next_attempt_goes_on()
    {
        ICommitDatabase database = Open();
        SinkTask task = await BeginAsync(database, 1);
        await task.Write(Keyed, ("a", Value("kept"))).CommitAsync();
        using NpgsqlConnection blocker = PostgresServer.Connect(factory.ConnectionString);
        using NpgsqlTransaction held = Hold(blocker);
        Task commit = task.Write(Keyed, ("a", Value("lost"))).CommitAsync();
        AwaitWaiting();

        Assert.Single(PostgresServer.Query(factory.ConnectionString, $"SELECT pg_terminate_backend(pid) FROM ({Waiting}) AS waiting"));

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => commit);
        Assert.True(error.IsTransient);
        held.Rollback();
        await Assert.ThrowsAsync<EngineException>(() => task.CommitAsync());
        Assert.Equal("kept", factory.ReadKeyed("totals")["a"].Name);
        SinkTask next = await Task(database, task.Claim with { Attempt = 2 }).BeginAsync();
        Assert.Equal(new Epoch(1), next.Last);
        await next.Write(Keyed, ("a", Value("again"))).CommitAsync();
        Assert.Equal("again", factory.ReadKeyed("totals")["a"].Name);
    }

    [SkippableFact]
    public async Task A_newer_start_ends_a_session_that_hangs_in_its_commit_and_nothing_of_it_is_written()
    {
        ICommitDatabase database = Open();
        SinkTask task = await BeginAsync(database, 1);
        await task.Write(Keyed, ("a", Value("kept"))).CommitAsync();
        using NpgsqlConnection blocker = PostgresServer.Connect(factory.ConnectionString);
        using NpgsqlTransaction held = Hold(blocker);
        Task commit = task.Write(Keyed, ("a", Value("lost"))).CommitAsync();
        AwaitWaiting();

        SinkTask next = await BeginAsync(database, 2);

        await Assert.ThrowsAsync<EngineException>(() => commit);
        held.Rollback();
        Assert.Equal(("kept", new Epoch(1)), (factory.ReadKeyed("totals")["a"].Name, next.Last));
    }

    [SkippableFact]
    public async Task A_password_that_is_wrong_is_said_and_not_shown()
    {
        var builder = new NpgsqlConnectionStringBuilder(factory.ConnectionString) { Password = "canary-7291" };
        EngineException error = await RaiseAsync(builder.ToString());
        Skip.If(error is null, "this server asks for no password");

        Assert.False(error.IsTransient);
        Assert.Contains("refuses the login", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
        ValueSinkDefinition<SinkValue> sink = Postgres.Table<SinkValue>(builder.ToString(), "t");
        Assert.DoesNotContain("canary", $"{sink.For<string>().Target} {sink.For<string>().CommitPoint} {sink.For<string>().CommitPoint.Id}", StringComparison.Ordinal);
        EngineException unreadable = Assert.Throws<EngineException>(() => Postgres.Table<SinkValue>("Host=db;Password canary-7291", "t"));
        Assert.DoesNotContain("canary", unreadable.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_database_that_is_missing_is_named_and_a_server_that_is_down_may_come_back()
    {
        EngineException missing = await RaiseAsync(new NpgsqlConnectionStringBuilder(factory.ConnectionString) { Database = "nowhere" }.ToString());
        Assert.False(missing.IsTransient);
        Assert.Contains("/nowhere: there is no such database", missing.Message, StringComparison.Ordinal);

        EngineException down = await RaiseAsync("Host=127.0.0.1;Port=1;Username=u;Password=p");
        Assert.True(down.IsTransient);
        Assert.Contains("postgres://127.0.0.1:1/u", down.Message, StringComparison.Ordinal);
    }

    private const string Waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'streamengine'";

    private SinkDefinition<string, SinkValue> Keyed => field ??= factory.Keyed("totals").For<string>();

    private static SinkValue Value(string name) => new(name, 1, null, default);

    private static async Task<EngineException> RaiseAsync(string connectionString)
    {
        var point = (DatabaseCommitPoint)Postgres.Table<SinkValue>(connectionString, "t").For<string>().CommitPoint;
        using ICommitDatabase database = point.Open("/", "log");
        return (await Xunit.Record.ExceptionAsync(() => database.RaiseGuardAsync(Pipeline, ["copy"], StartId.New(), new Generation(1), 1, default)) as EngineException)!;
    }

    private ICommitDatabase Open()
    {
        ICommitDatabase database = ((DatabaseCommitPoint)Keyed.CommitPoint).Open("/", "log");
        opened.Add(database);
        return database;
    }

    private async Task<SinkTask> BeginAsync(ICommitDatabase database, long generation)
    {
        var claim = new TaskClaim(new TaskId(Pipeline, "copy", 0), StartId.New(), new Generation(generation), 1);
        await database.RaiseGuardAsync(Pipeline, ["copy"], claim.Start, claim.Generation, 1, default);
        return await Task(database, claim).BeginAsync();
    }

    private SinkTask Task(ICommitDatabase database, TaskClaim claim)
    {
        var task = new SinkTask(database, claim, "/", new SourcePartitionId("input", "0"));
        opened.Add(task);
        return task;
    }

    /// <summary>Another user's transaction that keeps a commit from writing its rows.</summary>
    private static NpgsqlTransaction Hold(NpgsqlConnection connection)
    {
        NpgsqlTransaction transaction = connection.BeginTransaction();
        using var command = new NpgsqlCommand("SELECT * FROM totals FOR UPDATE", connection, transaction);
        command.ExecuteNonQuery();
        return transaction;
    }

    private void AwaitWaiting() =>
        Assert.True(SpinWait.SpinUntil(() => PostgresServer.Query(factory.ConnectionString, Waiting).Count == 1, TimeSpan.FromSeconds(30)), "the commit waits for the row");
}
