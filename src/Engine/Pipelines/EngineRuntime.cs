using Akka.Actor;
using Akka.Streams;
using Serilog;
using StreamEngine.Checkpoints;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Planning;
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

    private EngineRuntime(ActorSystem system, IActorRef engine, IReadOnlyList<PipelineStatus> statuses)
    {
        this.system = system;
        this.engine = engine;
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
    }

    /// <summary>Makes the actor system, which takes the longest of a start and needs nothing of the pipelines.</summary>
    public static ActorSystem CreateSystem(JournalSettings journal, string? journalPath, ILogger logger) =>
        ActorSystem.Create("stream-engine", ActorSystemSetup.Of(journal, journalPath, logger));

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
        return new EngineRuntime(system, system.ActorOf(EngineActor.Props(engineSpec, materializer), name), [.. specs.Select(spec => spec.Status)]);
    }

    /// <summary>What a pipeline's actor needs.</summary>
    /// <exception cref="EngineException">It can't be planned.</exception>
    public static PipelineMessages.Spec Spec(Options options, PipelineDefinition pipeline)
    {
        PipelineSettings settings = options.Settings.For(pipeline);
        return new PipelineMessages.Spec
        {
            Plan = Planner.Plan(pipeline, settings.Guarantee, settings.InternalTopics.Partitions),
            Settings = settings,
            Log = options.Log,
            DataFolder = options.DataFolder,
            Clock = options.Clock,
            Logger = options.Logger.ForContext("Pipeline", pipeline.Name.Value),
            Status = new PipelineStatus(pipeline.Name.Value),
            SnapshotAfter = options.Settings.Journal.SnapshotAfter,
            Scope = options.Scope,
        };
    }

    /// <summary>Starts all pipelines; completes when none of them runs any more.</summary>
    /// <exception cref="EngineException">The engine's actor has stopped: its journal can't be read or written.</exception>
    public Task RunAsync(bool follows) => EndAsync(new EngineActor.StartAll(follows));

    /// <summary>Stops all pipelines; completes when none of them runs any more.</summary>
    /// <exception cref="EngineException">The engine's actor has stopped: its journal can't be read or written.</exception>
    public Task StopAsync() => EndAsync(new EngineActor.StopAll());

    /// <summary>Has every task that runs close its epoch and commit it.</summary>
    public void Seal() => system.ActorSelection(engine.Path / "pipeline-*" / "*").Tell(new TaskMessages.SealNow());

    /// <summary>Ends the engine's actors as they are, and leaves the actor system: what is not committed is read again at the next start.</summary>
    public Task AbandonAsync() => engine.GracefulStop(EndWait);

    /// <summary>Takes a checkpoint.</summary>
    public Task<CheckpointEntry> TakeCheckpointAsync() => engine.Ask<CheckpointEntry>(new EngineActor.TakeCheckpoint(), Timeout.InfiniteTimeSpan);

    /// <summary>The checkpoints in the catalogue.</summary>
    public Task<IReadOnlyList<CheckpointEntry>> GetCheckpointsAsync() => engine.Ask<IReadOnlyList<CheckpointEntry>>(new EngineActor.GetCheckpoints(), Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await system.Terminate().WaitAsync(EndWait).ConfigureAwait(false);
        system.Dispose();
    }

    /// <summary>Asks for what is answered when all pipelines have ended. An actor that has stopped answers nobody, so its end is watched too.</summary>
    private async Task EndAsync(object request)
    {
        using var watching = new CancellationTokenSource();
        Task<EngineActor.AllEnded> ended = engine.Ask<EngineActor.AllEnded>(request, Timeout.InfiniteTimeSpan, watching.Token);
        Task first = await Task.WhenAny(ended, engine.WatchAsync(watching.Token)).ConfigureAwait(false);
        bool isGone = first != ended && !ended.IsCompleted;
        await watching.CancelAsync().ConfigureAwait(false);
        if (isGone)
        {
            throw new EngineException(
                ErrorDomain.External,
                "the engine's actor has stopped, and all pipelines with it: its journal can't be read or written; the log file says why",
                "Make room if the disk is full. If the journal is damaged, remove it (engine/journal.db in the data directory): it holds history only, and pipelines go on from their last commits.");
        }

        await ended.ConfigureAwait(false);
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
