using Akka.Actor;
using Akka.Streams;
using Serilog;
using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Settings;
using StreamEngine.Tasks;

namespace StreamEngine.Pipelines;

/// <summary>
/// An engine in this process: the actor system, the journal and the pipelines over a log. Starts and stops once.
/// </summary>
internal sealed class EngineRuntime : IAsyncDisposable
{
    private static readonly TimeSpan EndWait = TimeSpan.FromSeconds(10);

    private readonly ActorSystem system;
    private readonly IActorRef engine;
    private readonly ILogger logger;

    private EngineRuntime(ActorSystem system, IActorRef engine, IReadOnlyList<PipelineStatus> statuses, ILogger logger)
    {
        this.system = system;
        this.engine = engine;
        this.logger = logger;
        Statuses = statuses;
    }

    /// <summary>How the pipelines are doing.</summary>
    public IReadOnlyList<PipelineStatus> Statuses { get; }

    /// <summary>What an engine is made of.</summary>
    public sealed record Options
    {
        public required EngineSettings Settings { get; init; }

        public required ILog Log { get; init; }

        /// <summary>The folder that sinks' relative paths count from.</summary>
        public required string DataFolder { get; init; }

        /// <summary>The file of the journal; null keeps it in memory.</summary>
        public required string? JournalPath { get; init; }

        public string? CheckpointsPath { get; init; }

        public TimeProvider Clock { get; init; } = TimeProvider.System;

        public ILogger Logger { get; init; } = Serilog.Core.Logger.None;

        /// <summary>Comes before the names of the engine's journals, where several engines share an actor system; empty where one has it to itself.</summary>
        public string Scope { get; init; } = "";

        /// <summary>Which process the engine is: what tells its starts from those of others on the same log.</summary>
        public ProcessIdentity Identity { get; init; } = ProcessIdentity.Current;

        /// <summary>Whether pipelines are taken from another process that runs them, instead of standing by until that one is gone.</summary>
        public bool TakeOver { get; init; }
    }

    /// <summary>Makes the actor system, which takes the longest of a start and needs nothing of the pipelines.</summary>
    /// <exception cref="EngineException">The journal can't be opened.</exception>
    /// <param name="journal">Where the journal lives.</param>
    /// <param name="journalPath">Its file; null keeps it in memory.</param>
    /// <param name="logger">Where its lines go.</param>
    /// <param name="akka">What the user has Akka set to, as HOCON.</param>
    public static ActorSystem CreateSystem(JournalSettings journal, string? journalPath, ILogger logger, string akka = "")
    {
        if (journal.IsPostgres || journalPath is not null) JournalProbe.Check(journal, journalPath ?? "");
        return ActorSystem.Create("stream-engine", ActorSystemSetup.Of(journal, journalPath, logger, akka));
    }

    /// <summary>Writes into the journal whether a pipeline is to run, while no engine does.</summary>
    /// <returns>Whether that is another state than before.</returns>
    /// <exception cref="EngineException">The journal can't be read or written.</exception>
    public static async Task<bool> SetDesiredAsync(JournalSettings journal, string? journalPath, PipelineName pipeline, bool runs)
    {
        ActorSystem system = CreateSystem(journal, journalPath, Serilog.Core.Logger.None);
        try
        {
            return await DesiredState.SetAsync(system, journal, pipeline, runs).ConfigureAwait(false);
        }
        finally
        {
            await system.Terminate().ConfigureAwait(false);
        }
    }

    /// <summary>Plans pipelines, and makes their engine; nothing is started yet.</summary>
    /// <exception cref="EngineException">A pipeline can't be planned.</exception>
    public static EngineRuntime Create(Options options, ActorSystem system, IReadOnlyList<PipelineDefinition> pipelines)
    {
        List<PipelineMessages.Spec> specs = [.. pipelines.Select(pipeline => Spec(options, pipeline))];
        CheckCycles(specs);
        ActorMaterializer materializer = system.Materializer();
        var engineSpec = new EngineActor.Spec
        {
            Pipelines = specs,
            Log = options.Log as EmbeddedLog,
            CheckpointsPath = options.CheckpointsPath,
            Checkpoints = options.Settings.Checkpoints,
            SnapshotAfter = options.Settings.Journal.SnapshotAfter,
            Clock = options.Clock,
            Logger = options.Logger,
            Scope = options.Scope,
        };

        // An actor's name is free again only some time after it has stopped, so engines that share a system get any.
        string? name = options.Scope.Length == 0 ? "engine" : null;
        return new EngineRuntime(system, system.ActorOf(EngineActor.Props(engineSpec, materializer), name), [.. specs.Select(spec => spec.Status)], options.Logger);
    }

    /// <summary>What a pipeline's actor needs.</summary>
    /// <exception cref="EngineException">It can't be planned.</exception>
    public static PipelineMessages.Spec Spec(Options options, PipelineDefinition pipeline)
    {
        (PipelinePlan plan, PipelineSettings settings) = options.Settings.Plan(pipeline);
        CheckEpochLength(plan, settings, options.Log.TransactionTimeout is { } timeout ? new TransactionLimit(timeout, "log.kafka.transaction.timeout") : null);
        return new PipelineMessages.Spec
        {
            Plan = plan,
            Settings = settings,
            Log = options.Log,
            DataFolder = options.DataFolder,
            Clock = options.Clock,
            Logger = options.Logger.ForContext("Pipeline", pipeline.Name.Value),
            Status = new PipelineStatus(pipeline.Name.Value) { DeadLetters = PlanText.DeadLetters(plan) },
            SnapshotAfter = options.Settings.Journal.SnapshotAfter,
            Scope = options.Scope,
            Identity = options.Identity,
            TakeOver = options.TakeOver,
        };
    }

    /// <summary>An epoch that is filled into an open transaction has to be committed before that times out, or none ever is.</summary>
    private static void CheckEpochLength(PipelinePlan plan, PipelineSettings settings, TransactionLimit? limit)
    {
        if (limit is null) return;
        foreach (SubgraphPlan subgraph in plan.Subgraphs.Where(subgraph => subgraph.CommitPoint is LogCommitPoint))
        {
            PipelineSettings own = settings.ForSubgraph(subgraph.Name);
            if (own.CommitInterval + own.DrainTimeout < limit.Timeout) continue;
            throw new EngineException(
                ErrorDomain.User,
                $"pipeline {plan.Name}, subgraph {subgraph.Name}: an epoch may take commit.interval ({SettingText.Of(own.CommitInterval)}) and drain.timeout ({SettingText.Of(own.DrainTimeout)}), " +
                $"and its transaction is aborted after {SettingText.Of(limit.Timeout)}",
                $"Lower commit.interval or drain.timeout, or raise stream-engine.{limit.Setting}, which the cluster's transaction.max.timeout.ms bounds.");
        }
    }

    /// <summary>Starts all pipelines; completes when none of them runs any more.</summary>
    /// <exception cref="EngineException">The engine itself ended before that.</exception>
    public Task RunAsync(bool follows) => AskAsync<EngineActor.AllEnded>(new EngineActor.StartAll(follows));

    /// <summary>Stops all pipelines; completes when none of them runs any more.</summary>
    /// <exception cref="EngineException">The engine itself ended before that.</exception>
    public Task StopAsync() => AskAsync<EngineActor.AllEnded>(new EngineActor.StopAll());

    /// <summary>Has every task that runs close its epoch and commit it.</summary>
    public void Seal() => system.ActorSelection(engine.Path / "pipeline-*" / "*").Tell(new TaskMessages.SealNow());

    /// <summary>Ends the engine's actors as they are, and leaves the actor system: what is not committed is read again at the next start.</summary>
    public Task AbandonAsync() => engine.GracefulStop(EndWait);

    /// <summary>Takes a checkpoint.</summary>
    public Task<CheckpointEntry> TakeCheckpointAsync() => AskAsync<CheckpointEntry>(new EngineActor.TakeCheckpoint());

    /// <summary>The checkpoints in the catalogue.</summary>
    public Task<IReadOnlyList<CheckpointEntry>> GetCheckpointsAsync() => AskAsync<IReadOnlyList<CheckpointEntry>>(new EngineActor.GetCheckpoints());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await system.Terminate().WaitAsync(EndWait).ConfigureAwait(false);
            system.Dispose();
        }
        catch (TimeoutException)
        {
            // Its pipeline has said that it didn't stop; what it holds is refused whatever it does from now on.
            logger.Warning("a stage hangs and is left behind");
        }
    }

    /// <summary>Asks the engine's actor, which may have stopped: whoever waits for it learns that.</summary>
    private async Task<T> AskAsync<T>(object question)
    {
        using var answered = new CancellationTokenSource();
        Task<T> answer = engine.Ask<T>(question, Timeout.InfiniteTimeSpan, answered.Token);
        Task<bool> stopped = engine.WatchAsync(answered.Token);
        Task first = await Task.WhenAny(answer, stopped).ConfigureAwait(false);
        if (first != answer && !answer.IsCompleted)
        {
            await answered.CancelAsync().ConfigureAwait(false);
            throw new EngineException(
                ErrorDomain.External,
                "the engine's actor has stopped, as it does without its journal; the log file says why",
                "If the journal can't be read or written, mend its disk or database, or remove it (engine/journal.db in the data directory): it holds history only, and pipelines go on from their last commits.");
        }

        T result = await answer.ConfigureAwait(false);
        await answered.CancelAsync().ConfigureAwait(false);
        return result;
    }

    /// <summary>A cycle between pipelines never ends, and none of them could be given its place in the order.</summary>
    private static void CheckCycles(IReadOnlyList<PipelineMessages.Spec> specs)
    {
        Dictionary<string, string[]> follows = specs.ToDictionary(
            spec => spec.Plan.Name.Value,
            spec => specs.Where(other => other.Plan.TopicsRead.Intersect(spec.Plan.TopicsWritten.Select(topic => topic.Name)).Any()).Select(other => other.Plan.Name.Value).ToArray());
        foreach (string start in follows.Keys)
        {
            var path = new List<string> { start };
            if (!Leads(start, start, follows, path)) continue;
            throw new EngineException(
                ErrorDomain.User,
                $"pipelines feed each other in a circle: {string.Join(" -> ", path)}",
                "Break the circle: one of them must not write a topic that leads back to it.");
        }
    }

    private static bool Leads(string from, string to, Dictionary<string, string[]> follows, List<string> path)
    {
        foreach (string next in follows[from])
        {
            if (next != to && path.Contains(next)) continue;
            path.Add(next);
            if (next == to || Leads(next, to, follows, path)) return true;
            path.RemoveAt(path.Count - 1);
        }

        return false;
    }
}
