using Akka.Actor;
using Akka.Streams;
using Serilog;
using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Pipelines;

/// <summary>
/// A pipeline: starts it by the commit protocol, runs its tasks, begins failed ones anew, keeps its internal topics small, and stops it in order. It
/// alone restarts anything, and always whole tasks. What it has to remember goes through the journal.
/// </summary>
/// <remarks>One file for each stretch of its life: Starting, Running, Stopping; and one for what holds it through all of them. The way between states is <see cref="Become(PipelineState)"/>.</remarks>
internal sealed partial class PipelineActor : JournalActor<PipelineHistory>, IWithTimers
{
    private readonly PipelineMessages.Spec spec;
    private readonly IMaterializer materializer;
    private readonly IActorRef engine;
    private readonly WorkerThread worker;
    private readonly Dictionary<string, ICommitDatabase> databases = [];
    private readonly StartFacts facts;
    private readonly PipelineName name;
    private List<SubgraphRun> subgraphs = [];
    private List<InternalTopicKeeper> keepers = [];
    private PipelineState state = PipelineState.Idle;
    private Action<object> behaviour;
    private HomeRecord? home;
    private bool follows;
    private bool recovered;

    /// <param name="spec">What the pipeline is made of.</param>
    /// <param name="materializer">Runs the graphs of its tasks.</param>
    public PipelineActor(PipelineMessages.Spec spec, IMaterializer materializer)
        : base(JournalReader.IdOf(spec.Scope, spec.Plan.Name), new PipelineHistory(), (history, happened) => history.With(happened), spec.SnapshotAfter, spec.Logger)
    {
        this.spec = spec;
        this.materializer = materializer;
        engine = Context.Parent;
        name = spec.Plan.Name;
        worker = new WorkerThread($"pipeline {name}");
        facts = new StartFacts(spec, Database);
        behaviour = OnIdle;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(PipelineMessages.Spec spec, IMaterializer materializer) => ActorProps.Of(() => new PipelineActor(spec, materializer));

    protected override void OnRecovered()
    {
        recovered = true;
        string plan = PlanText.Fingerprint(spec.Plan);
        string guarantee = Words.Of(spec.Plan.Guarantee);
        if (History.Defined is { } defined && defined.Plan == plan && defined.Guarantee == guarantee) return;
        Remember(new PipelineDefined(name.Value, guarantee, plan, Now));
    }

    protected override void OnLost(EngineException why) => spec.Status.Failure ??= why;

    protected override void OnMessage(object message)
    {
        switch (message)
        {
            case RecordWritten written:
                OnRecordWritten(written);
                break;
            case BeatTick:
                OnBeatTick();
                break;
            case BeatDone done:
                OnBeat(done);
                break;
            default:
                behaviour(message);
                break;
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        // A task tells of its failures itself; an exception that reaches its supervisor is a bug in it, and the task is as dead.
        Logger.Error(error, "a task actor failed");
        return Directive.Stop;
    });

    protected override void PostStop()
    {
        worker.Run(() =>
        {
            foreach (ICommitDatabase database in databases.Values) database.Dispose();
        });
        worker.Dispose();
        beats?.Dispose();
        if (!state.IsEnd() && recovered) spec.Status.Note = "its actor has stopped";
        base.PostStop();
    }

    private DateTimeOffset Now => spec.Clock.GetUtcNow();

    private void Become(PipelineState next)
    {
        if (!Transitions.Allows(state, next)) throw new InvalidOperationException($"pipeline {name} can't go from {state} to {next}");
        state = next;
        spec.Status.State = next;
        behaviour = next switch
        {
            PipelineState.Starting => OnStarting,
            PipelineState.Ready => OnReady,
            PipelineState.Running => OnRunning,
            PipelineState.Stopping => OnStopping,
            _ => OnIdle,
        };
        Logger.Debug("pipeline is {State}", next);
        var changed = new PipelineMessages.StateChanged(name.Value, next);

        // Behind an end the process may end.
        if (next.IsEnd()) WhenWritten(() => engine.Tell(changed));
        else engine.Tell(changed);
    }

    // Idle, and after an end.
    private void OnIdle(object message)
    {
        switch (message)
        {
            case PipelineMessages.Start start:
                follows = start.Follows;
                if (!History.Runs)
                {
                    Logger.Warning("pipeline is paused and isn't started; pipelines resume {Pipeline} lets it run again", name.Value);
                    spec.Status.IsPaused = true;
                    spec.Status.Note = "paused";
                    Become(PipelineState.Stopped);
                    break;
                }

                BeginStart();
                break;
            case PipelineMessages.Stop when state == PipelineState.Idle:
                Become(PipelineState.Stopped);
                break;
        }
    }

    private ICommitDatabase Database(string id)
    {
        lock (databases)
        {
            if (databases.TryGetValue(id, out ICommitDatabase? known)) return known;
            DatabaseCommitPoint point = spec.Plan.Subgraphs.Select(subgraph => subgraph.CommitPoint).OfType<DatabaseCommitPoint>().FirstOrDefault(point => point.Id == id)
                ?? throw new EngineException(
                    ErrorDomain.User,
                    $"pipeline {name} used to write to {id}, and its plan no longer names that database",
                    "Its positions there can't be fenced or judged without it: start once more with a sink to it, or reset the pipeline.");
            return databases[id] = point.Open(spec.DataFolder, spec.Log.Id);
        }
    }

    private void Fail(EngineException cause, ILogger? of = null)
    {
        (of ?? Logger).Error(cause, "pipeline failed: {Error}\n  {Remedy}", cause.Message, cause.Remedy);
        ending = false;
        spec.Status.Failure = cause;
        spec.Status.Note = null;
        Remember(new PipelineFailed(cause.Message, cause.Remedy, Now));
        StopTasks();
        Timers.CancelAll();
        Become(PipelineState.Failed);
    }

    private static EngineException Explain(Exception error) => error as EngineException ?? new EngineException(
        error is IOException or TimeoutException ? ErrorDomain.External : ErrorDomain.Internal,
        $"{error.GetType().Name}: {error.Message}",
        "The log file in the data directory has the whole of it. Start again to go on from the last commit.",
        error);

    private void StopTasks()
    {
        foreach (TaskRun task in subgraphs.SelectMany(subgraph => subgraph.Tasks))
        {
            if (task.Actor is { } actor) Context.Stop(actor);
            task.Actor = null;
        }
    }
}
