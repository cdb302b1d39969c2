using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Pipelines;

/// <summary>
/// Removes what the log and the databases hold of a pipeline that doesn't run: positions, states, internal topics, dead letters. By the steps of a start,
/// so that who comes second finishes what was interrupted.
/// </summary>
internal static class PipelineRemoval
{
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Removes it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="folder">The data directory.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="intent"><see cref="StartIntent.Reset"/>, or <see cref="StartIntent.Delete"/> for its home record too.</param>
    /// <param name="plan">Its plan, which databases are opened by; not needed for a pipeline that commits in none.</param>
    /// <exception cref="EngineException">It was never started here, another start came in between, or a store can't be reached.</exception>
    public static async Task RunAsync(ILog log, string folder, PipelineName pipeline, StartIntent intent, PipelinePlan? plan)
    {
        if (log.ReadHome(pipeline) is null)
        {
            throw new EngineException(
                ErrorDomain.User, $"{log.Description} holds no pipeline {pipeline}", log.Homes() is { Count: > 0 } homes ? $"It holds {string.Join(", ", homes)}." : "No pipeline was ever started there.");
        }

        var databases = new Dictionary<string, ICommitDatabase>();
        ICommitDatabase Database(string id) => databases.TryGetValue(id, out ICommitDatabase? open) ? open : databases[id] = PointOf(id).Open(folder, log.Id);
        DatabaseCommitPoint PointOf(string id) => plan?.Subgraphs.Select(subgraph => subgraph.CommitPoint).OfType<DatabaseCommitPoint>().FirstOrDefault(point => point.Id == id)
            ?? throw new EngineException(
                ErrorDomain.User, $"pipeline {pipeline} commits in {id}, and its definition is needed to open that", "Say where it is defined: --pipelines PATH.");
        using var worker = new WorkerThread($"removal of {pipeline}");
        var runner = new StartStepRunner(
            log,
            pipeline,
            folder,
            new Dictionary<string, IStagedSink>(),
            Database,
            (store, seen) => [.. (seen?.Plan?.Subgraphs ?? []).Where(subgraph => subgraph.Store == store).Select(subgraph => subgraph.Name).Distinct()],
            _ => null,
            worker);
        try
        {
            await RunAsync(runner, intent).ConfigureAwait(false);
        }
        finally
        {
            foreach (ICommitDatabase database in databases.Values) database.Dispose();
        }
    }

    private static async Task RunAsync(StartStepRunner runner, StartIntent intent)
    {
        var start = new StartProtocol
        {
            Intent = intent,
            Wanted = new HomeRecord
            {
                Start = StartId.New(),
                Generation = Generation.None,
                State = HomeState.Resetting,
                Host = Environment.MachineName,
                Process = Environment.ProcessId,
                Heartbeat = DateTimeOffset.UtcNow,
            },
        };
        while (start.Result is null)
        {
            CrashPoints.Pass(CrashPoints.Reset);
            start = start.Apply(await runner.RunAsync(start.Next!, StepTimeout).ConfigureAwait(false));
        }

        switch (start.Result)
        {
            case StartResult.Removed:
                return;
            case StartResult.TakenOver taken:
                throw new EngineException(ErrorDomain.User, taken.Message, "Nothing is lost: stop it there first, then do this again.");
            case StartResult.Failed { Cause: EngineException cause }:
                throw cause;
            case StartResult.Failed failed:
                throw new EngineException(ErrorDomain.External, $"the step {failed.Step} failed: {failed.Cause?.Message}", "Do it again: it goes on where it stopped.", failed.Cause);
            default:
                throw new InvalidOperationException($"a removal can't end with {start.Result}");
        }
    }
}
