using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>
/// What every sink promises whose tasks commit in its database (<see cref="DatabaseCommitPoint"/>), one file for each concern. A connector passes
/// it by a class that names its factory.
/// </summary>
public abstract partial class SinkConformance(SinkFactory factory) : IDisposable
{
    private const string Log = "log-1";

    /// <summary>The most tasks that a test runs beside each other.</summary>
    private const int Tasks = 3;

    private static readonly PipelineName Pipeline = new("pipeline");
    private readonly List<IDisposable> opened = [];
    private ICommitDatabase? database;

    /// <summary>The sink to the table that most tests write.</summary>
    protected SinkDefinition<string, SinkValue> Keyed => field ??= factory.Keyed("totals").For<string>();

    /// <summary>The database under test.</summary>
    protected ICommitDatabase Database => database ??= OpenDatabase(Log);

    /// <summary>The rows of the table that most tests write, as others see them.</summary>
    protected IReadOnlyDictionary<string, SinkValue> Rows => factory.ReadKeyed("totals");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable one in opened) one.Dispose();
        factory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A client of the database under test, of an engine with that log.</summary>
    protected ICommitDatabase OpenDatabase(string logId)
    {
        ICommitDatabase client = ((DatabaseCommitPoint)Keyed.CommitPoint).Open(factory.Folder, logId);
        opened.Add(client);
        return client;
    }

    /// <summary>Starts the pipeline: the guard names a new start.</summary>
    protected async Task<TaskClaim> StartAsync(long generation = 1)
    {
        var start = StartId.New();
        await Database.RaiseGuardAsync(Pipeline, ["copy"], start, new Generation(generation), Tasks, CancellationToken.None);
        return new TaskClaim(new TaskId(Pipeline, "copy", 0), start, new Generation(generation), 1);
    }

    /// <summary>An attempt that has not claimed anything, with a source partition of its task's own.</summary>
    protected SinkTask NewTask(TaskClaim claim, params SourcePartitionId[] partitions)
    {
        var task = new SinkTask(Database, claim, factory.Folder, partitions.Length > 0 ? partitions : [new SourcePartitionId("input", $"{claim.Task.Number}")]);
        opened.Add(task);
        return task;
    }

    /// <summary>An attempt that holds its claim.</summary>
    protected Task<SinkTask> TaskAsync(TaskClaim claim, params SourcePartitionId[] partitions) => NewTask(claim, partitions).BeginAsync();

    /// <summary>The claim of another task of the start.</summary>
    protected static TaskClaim Other(TaskClaim claim, int number) => claim with { Task = claim.Task with { Number = number }, Slot = number };

    /// <summary>A value that says where it comes from.</summary>
    protected static SinkValue Value(string name, int number = 1) => new(name, number, 12.5m * number, new DateOnly(2024, 2, 29));

    /// <summary>Checks that a claim or a commit is refused, and why.</summary>
    protected static async Task<string> Refused(RefusalReason reason, Func<Task> act)
    {
        CommitRefusedException refused = await Assert.ThrowsAsync<CommitRefusedException>(act);
        Assert.Equal(reason, refused.Reason);
        return refused.Message;
    }

    private async Task<string?> PositionAsync() =>
        (await Database.ReadPositionsAsync(Pipeline, "copy", CancellationToken.None)).SingleOrDefault(position => position.Partition.Partition == "0")?.Position.At;
}
