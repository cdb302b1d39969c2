using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Tests.Pipelines;

/// <summary>A database that pipelines commit in as far as its fence, where a test makes it fail or hang; no task ever gets behind that.</summary>
internal sealed class FakeDatabase
{
    /// <summary>Is called when its guard is raised; what it throws keeps that from being done.</summary>
    public Action? OnRaise { get; set; }

    /// <summary>A table of it as a sink.</summary>
    public SinkDefinition<string, string> AsSink() => new Definition(this);

    private sealed record Point(FakeDatabase Database) : DatabaseCommitPoint("fake:database")
    {
        public override ICommitDatabase Open(string folder, string logId) => new Client(Database);
    }

    private sealed class Definition(FakeDatabase database) : SinkDefinition<string, string>
    {
        public override string Connector => "fake-database";

        public override string Target => "table";

        public override string Slug => "table";

        public override CommitPoint CommitPoint => new Point(database);

        public override ISinkWriter Open(SinkContext context) => throw new NotSupportedException();

        public override Receiver<string, string> CreateEncoder(
            StreamShape<string, string> shape, ISinkWriter writer, IStageContext context, IElementOutput output) => new BatchCollector<string, string>(context, output);
    }

    private sealed class Client(FakeDatabase database) : ICommitDatabase
    {
        public Task RaiseGuardAsync(PipelineName pipeline, IReadOnlyList<string> subgraphs, StartId start, Generation generation, int tasks, CancellationToken cancellation)
        {
            database.OnRaise?.Invoke();
            return Task.CompletedTask;
        }

        public Task ClearAsync(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin, CancellationToken cancellation) => Task.CompletedTask;

        public Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(PipelineName pipeline, string subgraph, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<CommittedPosition>>([]);

        public ICommitPoint OpenSession(TaskClaim claim) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
