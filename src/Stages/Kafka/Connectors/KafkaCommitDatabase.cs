using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Connectors;

/// <summary>
/// A cluster beside the engine's log that tasks commit on: a guard in place of the home record says which start may, and the transactional ids of older ones are fenced
/// before the positions there are read.
/// </summary>
/// <param name="address">The cluster.</param>
/// <param name="logId">The engine's log, which the guard belongs to.</param>
internal sealed class KafkaCommitDatabase(KafkaAddress address, string logId) : ICommitDatabase
{
    private const string DeadLetters = "dead-letters";

    private readonly KafkaLog log = address.Open(Serilog.Core.Logger.None, TimeProvider.System);
    private TopicInfo? deadLetters;

    public Task RaiseGuardAsync(PipelineName pipeline, IReadOnlyList<string> subgraphs, StartId start, Generation generation, int tasks, CancellationToken cancellation) =>
        Run(() => RaiseGuard(pipeline, start, generation, tasks), cancellation);

    public Task ClearAsync(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin, CancellationToken cancellation) =>
        Run(() => Clear(pipeline, start, begin), cancellation);

    public async Task<IReadOnlyList<CommittedPosition>> ReadPositionsAsync(PipelineName pipeline, string subgraph, CancellationToken cancellation)
    {
        IReadOnlyList<CommittedPosition> found = [];
        await Run(() => found = [.. log.Positions(pipeline).Where(held => held.Subgraph == subgraph).Select(held => held.Position)], cancellation).ConfigureAwait(false);
        return found;
    }

    public ICommitPoint OpenSession(TaskClaim claim) =>
        log.OpenSession(claim, deadLetters ?? throw new InvalidOperationException($"{claim.Task} commits on {address} before its guard was raised"));

    public void Dispose() => log.Dispose();

    private void RaiseGuard(PipelineName pipeline, StartId start, Generation generation, int tasks)
    {
        if (log.Id == logId)
        {
            throw new EngineException(
                ErrorDomain.User,
                $"pipeline {pipeline} writes to {address} as to a cluster beside the engine's log, and that is where its log is",
                "Write the topic as one of the log: connector = topic, or Topic.Of in code. It is committed with the positions there then.");
        }

        // Looked at before anything is taken: claiming would fence whoever has it by right.
        ClusterGuard.CheckRises(log.ReadHome(pipeline), pipeline, start, generation, logId, address.ToString());
        log.ClaimHome(pipeline, start);
        HomeEntry? home = log.ReadHome(pipeline);
        ClusterGuard.CheckRises(home, pipeline, start, generation, logId, address.ToString());
        if (!log.WriteHome(pipeline, start, new ClusterGuard(logId, generation.Value).ToBytes(), home?.Version ?? 0))
        {
            ClusterGuard.CheckRises(log.ReadHome(pipeline), pipeline, start, generation, logId, address.ToString());
            throw new EngineException(ErrorDomain.External, $"another start of pipeline {pipeline} came in between on {address}", "The start is tried again, and one of them stands by then.");
        }

        log.FenceTasks(pipeline, start, tasks);
        deadLetters = FindOrCreate(pipeline);
    }

    private void Clear(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin)
    {
        if (log.ReadHome(pipeline) is not { } home || home.Start != start)
        {
            throw new CommitRefusedException(RefusalReason.NewerStart, $"pipeline {pipeline} on {address} isn't held by start {start.Short}");
        }

        log.Clear(pipeline, start, begin);
        deadLetters = FindOrCreate(pipeline);
    }

    private TopicInfo FindOrCreate(PipelineName pipeline)
    {
        string name = $"{Clusters.OwnTopics.PrefixOf(pipeline)}{DeadLetters}";
        if (log.Find(name) is { } there) return there;
        try
        {
            return log.Create(new TopicSpec(name));
        }
        catch (TopicException) when (log.Find(name) is not null)
        {
            // Another start of the pipeline was quicker.
            return log.Find(name)!;
        }
    }

    /// <summary>Calls wait for brokers, on a thread that nobody else waits for.</summary>
    private static Task Run(Action act, CancellationToken cancellation) =>
        Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(cancellation);
}
