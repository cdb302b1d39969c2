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
/// All pipelines of an engine: starts them together, tells each when the topics that it reads get nothing more, stops them, and keeps the catalogue of
/// checkpoints.
/// </summary>
internal sealed class EngineActor : JournalActor<EngineHistory>, IWithTimers
{
    private const int CheckpointsWaitingMax = 4;

    private readonly Spec spec;
    private readonly Dictionary<string, (PipelineMessages.Spec Spec, IActorRef Actor)> pipelines = [];
    private readonly HashSet<string> prepared = [];
    private readonly HashSet<string> standingBy = [];
    private readonly Dictionary<string, PipelineState> states = [];
    private readonly WorkerThread checkpointing = new("checkpoints", waitingMax: CheckpointsWaitingMax);
    private IActorRef? starter;
    private IActorRef? stopper;
    private bool follows;
    private bool released;
    private int checkpointsUnderWay;

    /// <param name="spec">What the engine is made of.</param>
    /// <param name="materializer">Runs graphs.</param>
    public EngineActor(Spec spec, IMaterializer materializer)
        : base($"{spec.Scope}engine", new EngineHistory(), (history, happened) => history.With(happened), spec.SnapshotAfter, spec.Logger)
    {
        this.spec = spec;

        // Each recovers its own history meanwhile.
        foreach (PipelineMessages.Spec pipeline in spec.Pipelines)
        {
            string name = pipeline.Plan.Name.Value;
            IActorRef actor = Context.ActorOf(PipelineActor.Props(pipeline, materializer), $"pipeline-{name}");
            Context.Watch(actor);
            pipelines.Add(name, (pipeline, actor));
        }
    }

    /// <summary>What an engine needs.</summary>
    internal sealed record Spec
    {
        public required IReadOnlyList<PipelineMessages.Spec> Pipelines { get; init; }

        /// <summary>The log, if it is one that checkpoints can be taken of.</summary>
        public required EmbeddedLog? Log { get; init; }

        public required string? CheckpointsPath { get; init; }

        public required CheckpointSettings Checkpoints { get; init; }

        public required int SnapshotAfter { get; init; }

        public required TimeProvider Clock { get; init; }

        public required ILogger Logger { get; init; }

        /// <summary>Comes before the name of its journal.</summary>
        public required string Scope { get; init; }
    }

    /// <summary>Start all pipelines; answered by <see cref="AllEnded"/> when none of them runs any more.</summary>
    internal sealed record StartAll(bool Follows);

    /// <summary>Stop all pipelines; answered by <see cref="AllEnded"/>.</summary>
    internal sealed record StopAll;

    /// <summary>No pipeline runs any more.</summary>
    internal sealed record AllEnded;

    /// <summary>Take a checkpoint now; answered by its entry, or a failure.</summary>
    internal sealed record TakeCheckpoint;

    /// <summary>Which checkpoints there are; answered by a list of entries.</summary>
    internal sealed record GetCheckpoints;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Spec spec, IMaterializer materializer) => ActorProps.Of(() => new EngineActor(spec, materializer));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        Logger.Error(error, "a pipeline's actor failed");
        return Directive.Stop;
    });

    protected override void OnRecovered()
    {
        foreach (PipelineMessages.Spec pipeline in spec.Pipelines.Where(pipeline => !History.Pipelines.Contains(pipeline.Plan.Name.Value)))
        {
            Remember(new PipelineDefined(pipeline.Plan.Name.Value, Words.Of(pipeline.Plan.Guarantee), PlanText.Fingerprint(pipeline.Plan), spec.Clock.GetUtcNow()));
        }

        Reconcile();
        if (spec.Log is not null && spec.Checkpoints.Interval > TimeSpan.Zero) Timers.StartPeriodicTimer(nameof(CheckpointTick), CheckpointTick.Instance, spec.Checkpoints.Interval);
    }

    /// <summary>The catalogue is what is there: a journal that was removed forgets no checkpoint, and one that was removed by hand isn't listed.</summary>
    private void Reconcile()
    {
        if (spec.Log is null || spec.CheckpointsPath is not { } path) return;
        IReadOnlyList<CheckpointEntry> there = CheckpointStore.Entries(path);
        foreach (CheckpointEntry gone in History.Checkpoints.ExceptBy(there.Select(entry => entry.Id), entry => entry.Id).ToArray()) Remember(new CheckpointRemoved(gone.Id, spec.Clock.GetUtcNow()));
        foreach (CheckpointEntry found in there.ExceptBy(History.Checkpoints.Select(entry => entry.Id), entry => entry.Id).ToArray()) Remember(new CheckpointTaken(found));
    }

    protected override void OnMessage(object message)
    {
        switch (message)
        {
            case StartAll start:
                starter = Sender;
                follows = start.Follows;
                foreach ((_, IActorRef actor) in pipelines.Values) actor.Tell(new PipelineMessages.Start(follows));
                Advance();
                break;
            case PipelineMessages.Prepared ready:
                standingBy.Remove(ready.Pipeline);
                prepared.Add(ready.Pipeline);
                if (released) pipelines[ready.Pipeline].Actor.Tell(new PipelineMessages.Run(FinishedTopics()));
                Advance();
                break;
            case PipelineMessages.StandsBy stands:
                standingBy.Add(stands.Pipeline);
                Advance();
                break;
            case PipelineMessages.StateChanged changed:
                states[changed.Pipeline] = changed.State;
                Advance();
                break;
            case StopAll:
                stopper = Sender;
                foreach ((_, IActorRef actor) in pipelines.Values) actor.Tell(new PipelineMessages.Stop());
                Advance();
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case TakeCheckpoint:
                Take(Sender);
                break;
            case CheckpointTick when checkpointsUnderWay == 0:
                Take(ActorRefs.Nobody);
                break;
            case CheckpointDone done:
                OnCheckpoint(done);
                break;
            case GetCheckpoints:
                Sender.Tell(History.Checkpoints);
                break;
        }
    }

    protected override void PostStop()
    {
        checkpointing.Dispose();
        base.PostStop();
    }

    /// <summary>
    /// Lets pipelines run when all of them are ready, stand by or have ended, since what one writes another may read; tells them which topics have ended; says when
    /// all have ended.
    /// </summary>
    private void Advance()
    {
        if (!released && starter is not null && pipelines.All(entry => prepared.Contains(entry.Key) || standingBy.Contains(entry.Key) || StateOf(entry.Key).IsEnd()))
        {
            released = true;
            foreach ((_, IActorRef actor) in pipelines.Values) actor.Tell(new PipelineMessages.Run(FinishedTopics()));
        }
        else if (released && !follows)
        {
            var finished = new PipelineMessages.TopicsFinished(FinishedTopics());
            foreach ((string name, (_, IActorRef actor)) in pipelines)
            {
                if (!StateOf(name).IsEnd()) actor.Tell(finished);
            }
        }

        if (!pipelines.Keys.All(name => StateOf(name).IsEnd())) return;
        starter?.Tell(new AllEnded());
        if (stopper != starter) stopper?.Tell(new AllEnded());
        starter = null;
        stopper = null;
    }

    private PipelineState StateOf(string pipeline) => states.GetValueOrDefault(pipeline, PipelineState.Idle);

    /// <summary>The topics that no pipeline still running here writes. A pipeline that failed or is paused counts as ended.</summary>
    private HashSet<string> FinishedTopics()
    {
        var written = pipelines.Where(entry => !StateOf(entry.Key).IsEnd()).SelectMany(entry => entry.Value.Spec.Plan.TopicsWritten).Select(topic => topic.Name).ToHashSet();
        return [.. pipelines.Values.SelectMany(entry => entry.Spec.Plan.TopicsRead).Where(topic => !written.Contains(topic))];
    }

    private void OnTerminated(IActorRef actor)
    {
        (PipelineMessages.Spec pipeline, _) = pipelines.Values.First(entry => Equals(entry.Actor, actor));
        string name = pipeline.Plan.Name.Value;
        if (StateOf(name).IsEnd()) return;
        states[name] = PipelineState.Failed;
        pipeline.Status.Failure ??= new EngineException(
            ErrorDomain.External,
            $"pipeline {pipeline.Plan.Name}: its actor has stopped; the log file says why",
            "If the journal is damaged, remove it (engine/journal.db in the data directory): it holds history only, and pipelines go on from their last commits.");
        pipeline.Status.State = PipelineState.Failed;
        Advance();
    }

    private void Take(IActorRef asker)
    {
        if (spec.Log is not { } log || spec.CheckpointsPath is not { } path)
        {
            asker.Tell(new Status.Failure(new EngineException(ErrorDomain.User, "checkpoints can be taken of the embedded log only", "Back the log up by its own means.")));
            return;
        }

        if (checkpointsUnderWay == CheckpointsWaitingMax)
        {
            asker.Tell(new Status.Failure(new EngineException(ErrorDomain.User, $"{CheckpointsWaitingMax} checkpoints are being taken already", "Wait for them.")));
            return;
        }

        checkpointsUnderWay++;
        DateTimeOffset now = spec.Clock.GetUtcNow();
        checkpointing.Run(() => CheckpointStore.Take(log, path, now)).PipeTo(
            Self, success: entry => new CheckpointDone(asker, entry, null), failure: error => new CheckpointDone(asker, null, error));
    }

    private void OnCheckpoint(CheckpointDone done)
    {
        checkpointsUnderWay--;
        if (done.Entry is not { } entry)
        {
            Logger.Error(done.Error, "a checkpoint could not be taken: {Error}", done.Error!.Message);
            done.Asker.Tell(new Status.Failure(done.Error));
            return;
        }

        Remember(new CheckpointTaken(entry));
        CheckpointEntry[] old = [.. History.Checkpoints.OrderBy(checkpoint => checkpoint.Id, StringComparer.Ordinal).SkipLast(spec.Checkpoints.Keep)];
        foreach (CheckpointEntry one in old) Remember(new CheckpointRemoved(one.Id, spec.Clock.GetUtcNow()));
        if (old.Length > 0) RemoveFolders(spec.CheckpointsPath!, old);

        Logger.Information("checkpoint {Checkpoint} taken, {Bytes} bytes", entry.Id, entry.Bytes);
        WhenWritten(() => done.Asker.Tell(entry));
    }

    /// <summary>On a thread of the pool, since it is seldom and may take as long as the disk does.</summary>
    private void RemoveFolders(string path, IReadOnlyList<CheckpointEntry> checkpoints) => Task.Run(() =>
    {
        foreach (CheckpointEntry checkpoint in checkpoints)
        {
            try
            {
                CheckpointStore.Remove(path, checkpoint.Id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Logger.Warning(e, "checkpoint {Checkpoint} is no longer kept, and its folder can't be removed: {Error}", checkpoint.Id, e.Message);
            }
        }
    });

    private sealed class CheckpointTick
    {
        public static readonly CheckpointTick Instance = new();
    }

    private sealed record CheckpointDone(IActorRef Asker, CheckpointEntry? Entry, Exception? Error);
}
