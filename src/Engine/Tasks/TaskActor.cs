using Akka.Actor;
using Akka.Streams;
using Serilog;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Tasks.Stages;

namespace StreamEngine.Tasks;

/// <summary>
/// One attempt of a task: opens its connectors, claims and reads its positions, runs its graph, and drives its epochs through seal and commit.
/// It never restarts itself: when something fails it says so, and the pipeline begins a new attempt.
/// </summary>
/// <remarks>The states are those of <see cref="TaskState"/>, one behaviour each; the way from one to the next is <see cref="Become(TaskState)"/>.
/// Its start, its epochs and its messages have files of their own.</remarks>
internal sealed partial class TaskActor : ReceiveActor, IWithTimers
{
    /// <summary>The dispatcher of a task's graph: a thread of its own, so that a stage which hangs in its user's code hangs nobody else.</summary>
    public const string GraphDispatcher = "stream-engine.task-dispatcher";

    private const string CloseTimer = "close";
    private const string DrainTimer = "drain";

    private readonly TaskMessages.Spec spec;
    private readonly IActorRef pipeline;
    private readonly IMaterializer materializer;
    private readonly ILogger logger;
    private readonly TaskResources resources;
    private readonly CancellationTokenSource stopping = new();
    private readonly EpochLedger ledger = new();
    private readonly Dictionary<SourcePartitionId, Epoch> rowEpochs = [];
    private TaskProtocol protocol;
    private TaskStepRunner? runner;
    private TaskGraph.Built? graph;
    private EpochTracker? tracker;
    private EpochCommit? committing;
    private Epoch barrierEpoch;
    private Epoch commitEpoch;
    private long takenAtBarrier;
    private long recordsOut;
    private DateTimeOffset closedAt;
    private bool closeSoon;
    private bool isStopping;
    private bool outputFollows;
    private bool isHeld;
    private bool isFinding;
    private readonly HashSet<int> sourcesEnded = [];
    private readonly HashSet<string> connectorsLeft = [];
    private readonly Queue<TaskMessages.AddPartition> added = [];
    private TaskState state;

    /// <param name="spec">What the task is made of.</param>
    /// <param name="materializer">Runs graphs.</param>
    public TaskActor(TaskMessages.Spec spec, IMaterializer materializer)
    {
        this.spec = spec;
        this.materializer = materializer;
        pipeline = Context.Parent;
        logger = spec.Logger.ForContext("Subgraph", spec.Claim.Task.Subgraph).ForContext("Task", spec.Claim.Task.Number).ForContext("Attempt", spec.Claim.Attempt);
        resources = new TaskResources(spec, ledger, new SelfEvents(Self, output => resources!.Keep(output)), stopping.Token);
        protocol = TaskProtocol.Begin(
            spec.Claim, spec.Subgraph.PublishesAfterCommit, spec.Subgraph.CommitPoint is FlushCommitPoint ? CommitOrder.OutputFirst : CommitOrder.Together);
        Become(TaskState.Opening);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The epoch that is filling or being committed; null before the graph runs.</summary>
    private Epoch? OpenEpoch => graph is null ? null : committing?.Epoch ?? commitEpoch.Next();

    private ILogger Log => OpenEpoch is { } epoch ? logger.ForContext("Epoch", epoch.Value) : logger;

    /// <summary>How many records the sources have taken in this attempt.</summary>
    private long Taken => graph!.Sources.Sum(source => source.Taken);

    /// <summary>Whether every source has come to its end.</summary>
    private bool AllEnded => sourcesEnded.Count == spec.Subgraph.Sources.Count;

    private bool PositionsFirst => spec.Guarantee == Guarantee.AtMostOnce;

    public static Props Props(TaskMessages.Spec spec, IMaterializer materializer) => ActorProps.Of(() => new TaskActor(spec, materializer));

    protected override void PreStart()
    {
        foreach (PlannedStage source in spec.Subgraph.Sources) Connect(source.Node.Name, () => resources.OpenSource(source));
    }

    protected override void PostStop()
    {
        // By whatever way the actor ends, its graph must not go on.
        stopping.Cancel();
        if (graph is not null) TellSources(new SourceCommand.Abort(new TaskEndedException(spec.Claim.Task.ToString())));
        resources.CloseAsync().ContinueWith(_ => stopping.Dispose(), TaskScheduler.Default);
    }

    private void Become(TaskState next)
    {
        state = next;
        Become(next switch
        {
            TaskState.Opening => Opening,
            TaskState.Claiming => Claiming,
            TaskState.Preparing => Preparing,
            TaskState.Running or TaskState.Draining => Running,
            _ => Ended,
        });
        pipeline.Tell(new TaskMessages.StateChanged(spec.Claim, next));
    }

    // Running and Draining: records flow, epochs are closed and committed.
    private void Running()
    {
        Receive<SourceAtBarrier>(at => Guard(() =>
        {
            tracker!.SourceAt(at.Source, at.Epoch, at.Moved);
            if (PositionsFirst && tracker.SourcesAreDone) CommitPositionsFirst();
            else CommitIfSealed();
        }));
        Receive<SinkSealed>(at => Guard(() =>
        {
            tracker!.SinkSealed(at.Sink, at.Epoch, at.Output);
            CommitIfSealed();
        }));
        Receive<StepDone>(done =>
        {
            if (!Apply(done)) return;
            if (!protocol.IsRunning) Step();
            else Committed();
        });
        Receive<CloseTick>(_ => OnTick());
        Receive<EpochFull>(_ => CloseSoon());
        Receive<TaskMessages.SealNow>(_ => CloseSoon());
        Receive<SourceEnded>(ended =>
        {
            sourcesEnded.Add(ended.Source);
            if (AllEnded) CloseSoon();
        });
        Receive<TaskMessages.HoldSources>(hold => TellSources(new SourceCommand.Hold(hold.IsHeld || isStopping)));
        Receive<DrainOverdue>(overdue =>
        {
            if (tracker!.Open != overdue.Epoch || committing is not null) return;
            string left = string.Join(", ", tracker.SinksLeft.Select(sink => graph!.Sinks[sink].ToString()));
            Fail(new EngineException(
                ErrorDomain.User,
                $"{spec.Claim.Task}: the barrier of epoch {overdue.Epoch} hasn't reached {left} within {spec.Settings.DrainTimeout.TotalSeconds:0.#} s",
                "A stage takes longer for its records than that: look at its function, or raise drain.timeout."));
        });
        ReceiveAlways();
    }

    // Ended: in order, what was open is closed before anybody is told; after a failure nobody waits for that.
    private void Ended()
    {
        Receive<Closed>(closed =>
        {
            pipeline.Tell(closed.Report);
            Context.Stop(Self);
        });
        Receive<object>(_ => { });
    }

    /// <summary>What is received in every state but the last.</summary>
    private void ReceiveAlways()
    {
        Receive<ConnectorFailed>(failed =>
        {
            if (failed.RetryAfter is not { } wait)
            {
                Fail(failed.Cause);
                return;
            }

            Log.Warning(failed.Cause, "{Stage} can't be opened, trying again in {Seconds} s: {Error}", failed.Name, wait.TotalSeconds, failed.Cause.Message);
            pipeline.Tell(new TaskMessages.Waits(spec.Claim, failed.Name, failed.Cause.Message));
        });
        Receive<StageFailed>(failed => Fail(failed.Cause));
        Receive<Status.Failure>(failure => Fail(failure.Cause));
        Receive<TaskMessages.FinishSource>(finish => resources.Finish(finish.Source));
        Receive<TaskMessages.AddPartition>(OnAddPartition);
        Receive<TaskMessages.HoldSources>(hold => isHeld = hold.IsHeld);
        Receive<PositionFound>(found => Guard(() => OnPositionFound(found)));
        Receive<TaskMessages.Stop>(_ => OnStop());
        Receive<object>(_ => { });
    }

    private void OnAddPartition(TaskMessages.AddPartition add)
    {
        // The task claims and begins the partitions that it was made with; what was found meanwhile comes behind them.
        added.Enqueue(add);
        FindPosition();
    }

    /// <summary>Finds out where the next of the partitions that were added begins: one after the other, for this thread must not wait for a place in a queue.</summary>
    private void FindPosition()
    {
        if (graph is null || isFinding || !added.TryDequeue(out TaskMessages.AddPartition? add)) return;
        isFinding = true;
        Action<string> progress = Progress();
        resources.Worker.Run(() => resources.FindPosition(add.Source, add.Partition, progress)).PipeTo(Self, success: from => new PositionFound(add, from));
    }

    private void OnPositionFound(PositionFound found)
    {
        (TaskMessages.AddPartition add, CommittedPosition from) = found;
        rowEpochs[from.Partition] = from.Epoch;
        resources.AddPartition(add.Source, add.Partition, from.Position);
        graph!.Sources[add.Source].Tell(new SourceCommand.Add(add.Partition.Index));
        sourcesEnded.Remove(add.Source);
        isFinding = false;
        FindPosition();
    }

    private void OnStop()
    {
        if (isStopping) return;
        isStopping = true;
        if (state != TaskState.Running)
        {
            // Nothing has been read: there is nothing to commit.
            if (state < TaskState.Running) End(TaskState.Stopped, new TaskMessages.Stopped(spec.Claim));
            return;
        }

        Become(TaskState.Draining);
        Drain();
    }

    private void Drain()
    {
        TellSources(new SourceCommand.Hold(true));
        CloseSoon();
    }

    private void Complete()
    {
        TellSources(new SourceCommand.Complete());
        if (isStopping) End(TaskState.Stopped, new TaskMessages.Stopped(spec.Claim));
        else End(TaskState.Finished, new TaskMessages.Finished(spec.Claim));
    }

    private void Fail(Exception cause)
    {
        if (state >= TaskState.Finished) return;
        var failed = new TaskMessages.Failed(spec.Claim, cause, OpenEpoch);
        committing = null;
        End(TaskState.Failed, failed);
    }

    private void End(TaskState last, object report)
    {
        Become(last);
        Timers.CancelAll();
        if (last == TaskState.Failed)
        {
            pipeline.Tell(report);
            Context.Stop(Self);
            return;
        }

        // A client that hangs while it is closed has nothing left to commit.
        var closed = new Closed(report);
        resources.CloseAsync().WaitAsync(spec.Settings.CommitTimeout).PipeTo(Self, success: () => closed, failure: _ => closed);
    }

    /// <summary>A broken invariant of the task's own is its failure, not one of the actor system.</summary>
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void TellSources(SourceCommand command)
    {
        foreach (SourceControl control in graph!.Sources) control.Tell(command);
    }
}
