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
/// <remarks>The states are those of <see cref="TaskState"/>, one behaviour each; the way from one to the next is <see cref="Become(TaskState)"/>.</remarks>
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
    private bool allEnded;
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

    // Opening: the sources' clients connect.
    private void Opening()
    {
        Receive<ConnectorOpened>(opened => Guard(() =>
        {
            if (!connectorsLeft.Remove(opened.Name) || connectorsLeft.Count > 0) return;
            Become(TaskState.Claiming);
            runner = resources.OpenCommitPoint();
            Step();
        }));
        ReceiveAlways();
    }

    // Claiming: the protocol claims the partitions and reads where they resume.
    private void Claiming()
    {
        Receive<StepDone>(done =>
        {
            if (!Apply(done)) return;
            if (!protocol.IsRunning)
            {
                Step();
                return;
            }

            foreach (CommittedPosition position in protocol.Positions!) rowEpochs[position.Partition] = position.Epoch;
            commitEpoch = rowEpochs.Count == 0 ? Epoch.None : rowEpochs.Values.Max();
            barrierEpoch = commitEpoch;
            ledger.Committed = commitEpoch;
            Become(TaskState.Preparing);
            foreach (PlannedStage sink in spec.Subgraph.Sinks) Connect(sink.Node.Name, () => resources.OpenSink(sink));
        });
        ReceiveAlways();
    }

    // Preparing: the sinks open, and what was never committed gets a first position, before the first record is read.
    private void Preparing()
    {
        Receive<ConnectorOpened>(opened =>
        {
            if (connectorsLeft.Remove(opened.Name) && connectorsLeft.Count == 0) BeginPartitions();
        });
        Receive<PartitionsBegun>(begun =>
        {
            if (begun.Positions.Count == 0) RunGraph();
            else Commit(new EpochCommit(spec.Claim, commitEpoch.Next(), begun.Positions));
        });
        Receive<StepDone>(done =>
        {
            if (!Apply(done)) return;
            if (!protocol.IsRunning) Step();
            else
            {
                AfterCommit();
                barrierEpoch = commitEpoch;
                RunGraph();
            }
        });
        ReceiveAlways();
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
            allEnded = sourcesEnded.Count == spec.Subgraph.Sources.Count;
            if (allEnded) CloseSoon();
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

    private void Connect(string name, Func<IDisposable> open)
    {
        connectorsLeft.Add(name);
        Context.ActorOf(ConnectorActor.Props(name, open, spec.Settings.Restarts));
    }

    private void BeginPartitions()
    {
        IReadOnlyList<CommittedPosition> committed = protocol.Positions!;
        resources.Worker.Run(() => resources.BeginPartitions(committed)).PipeTo(Self, success: positions => new PartitionsBegun(positions));
    }

    private void RunGraph() => Guard(() =>
    {
        // Stages count their epochs from here: what they add before the first barrier belongs to the epoch that it closes.
        ledger.Committed = barrierEpoch;
        tracker = new EpochTracker(spec.Subgraph.Sources.Count, spec.Subgraph.Sinks.Count);
        graph = resources.BuildGraph(protocol.Positions!);
        foreach (SourceControl source in graph.Sources) source.StartsHeld = isHeld;
        graph.Run(materializer, GraphDispatcher);
        closedAt = spec.Clock.GetUtcNow();
        Timers.StartPeriodicTimer(CloseTimer, CloseTick.Instance, spec.Settings.CommitInterval);
        Log.Debug("runs, epoch {Committed} is committed", commitEpoch.Value);
        Become(isStopping ? TaskState.Draining : TaskState.Running);
        if (isStopping) Drain();
        FindPosition();
    });

    /// <summary>The commit interval is over: close the epoch if something has been read, and files aren't to stay open.</summary>
    private void OnTick()
    {
        long taken = graph!.Sources.Sum(source => source.Taken);
        if (taken == takenAtBarrier && !closeSoon) return;
        if (spec.Subgraph.PublishesAfterCommit && !closeSoon)
        {
            TimeSpan open = spec.Clock.GetUtcNow() - closedAt;
            bool hasFiles = graph.Sinks.Any(sink => sink.OpenRecords > 0);
            if (open < (hasFiles ? resources.StageLimits.Age : spec.Settings.StagedIdleCommit)) return;
        }

        Close();
    }

    /// <summary>Close the epoch as soon as none is being closed or committed.</summary>
    private void CloseSoon()
    {
        closeSoon = true;
        Close();
    }

    private void Close()
    {
        if (tracker!.Open is not null || !protocol.IsRunning || committing is not null) return;
        closeSoon = false;
        takenAtBarrier = graph!.Sources.Sum(source => source.Taken);
        closedAt = spec.Clock.GetUtcNow();
        barrierEpoch = barrierEpoch.Next();
        tracker.Begin(barrierEpoch);
        Timers.StartSingleTimer(DrainTimer, new DrainOverdue(barrierEpoch), spec.Settings.DrainTimeout);
        TellSources(new SourceCommand.Close(barrierEpoch));
    }

    private void CommitIfSealed()
    {
        if (!tracker!.IsSealed || committing is not null) return;
        Timers.Cancel(DrainTimer);
        (IReadOnlyList<StateChanges> changes, IReadOnlyList<DeadLetter> letters) = ledger.Take(barrierEpoch);
        recordsOut = tracker.Outputs.Where(IsOutside).Sum(output => (long)output.Records);

        // What went to a store without transactions is flushed before the commit, and not part of it.
        IReadOnlyList<SealedOutput> outputs = spec.Subgraph.CommitPoint is FlushCommitPoint ? [] : [.. tracker.Outputs];
        Commit(new EpochCommit(spec.Claim, commitEpoch.Next(), Positions(tracker.Moved)) { Outputs = outputs, State = changes, DeadLetters = letters });
    }

    /// <summary>Whether output leaves the pipeline, rather than going to another subgraph of it.</summary>
    private static bool IsOutside(SealedOutput output) => output is not SealedChunks { Topic.Spec.Owner: not null };

    /// <summary>At-most-once: where the sources have read to is committed before what they have read goes on.</summary>
    private void CommitPositionsFirst()
    {
        outputFollows = true;
        Commit(new EpochCommit(spec.Claim, commitEpoch.Next(), Positions(tracker!.TakeMoved())));
    }

    private List<CommittedPosition> Positions(IReadOnlyList<(int Source, int Partition, Position Position)> moved) =>
        [.. moved.Select(entry =>
        {
            SourcePartitionId id = resources.IdOf(entry.Source, entry.Partition);
            return new CommittedPosition(id, entry.Position, rowEpochs.GetValueOrDefault(id));
        })];

    private void Commit(EpochCommit commit)
    {
        committing = commit;
        protocol = protocol.Seal(commit);
        Step();
    }

    private void Committed()
    {
        AfterCommit();
        if (outputFollows)
        {
            outputFollows = false;
            TellSources(new SourceCommand.Release());
            CommitIfSealed();
            return;
        }

        ledger.Committed = barrierEpoch;
        resources.Release(tracker!.Outputs);
        tracker.End();
        foreach (SinkStage sink in graph!.Sinks) sink.Committed(barrierEpoch);
        bool isLast = allEnded && graph.Sources.Sum(source => source.Taken) == takenAtBarrier;
        if (isLast || (isStopping && !closeSoon)) Complete();
        else if (closeSoon) Close();
    }

    private void AfterCommit()
    {
        EpochCommit done = committing!;
        committing = null;
        commitEpoch = done.Epoch;
        foreach (CommittedPosition position in done.Positions) rowEpochs[position.Partition] = done.Epoch;
        spec.Counters.CountCommit(recordsOut, done.DeadLetters.Count, spec.Clock.GetUtcNow());
        recordsOut = 0;
        pipeline.Tell(new TaskMessages.Committed(spec.Claim, done.Epoch, done.Positions));
    }

    private void Step()
    {
        if (protocol.Next is not { } step) return;
        if (state < TaskState.Running) CrashPoints.Pass(CrashPoints.TaskStart);
        runner!.RunAsync(step, spec.Settings.CommitTimeout).PipeTo(Self, success: outcome => new StepDone(outcome));
    }

    /// <summary>Hands an outcome to the protocol; false when that ended the attempt.</summary>
    private bool Apply(StepDone done)
    {
        if (done.Outcome is Outcome.Unknown { Cause: { } cause }) Log.Warning(cause, "{Step} failed: {Error}", protocol.Next?.GetType().Name, cause.Message);
        protocol = protocol.Apply(done.Outcome);
        switch (protocol.End)
        {
            case TaskEnd.TakenOver over:
                End(TaskState.Failed, new TaskMessages.TakenOver(spec.Claim, over.Message));
                return false;
            case TaskEnd.Restart restart:
                Fail(restart.Cause as EngineException ?? new CommitFailedException($"{spec.Claim.Task}: {restart.Message}", restart.Cause));
                return false;
            default:
                return true;
        }
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
        resources.Worker.Run(() => resources.FindPosition(add.Source, add.Partition)).PipeTo(Self, success: from => new PositionFound(add, from));
    }

    private void OnPositionFound(PositionFound found)
    {
        (TaskMessages.AddPartition add, CommittedPosition from) = found;
        rowEpochs[from.Partition] = from.Epoch;
        resources.AddPartition(add.Source, add.Partition, from.Position);
        graph!.Sources[add.Source].Tell(new SourceCommand.Add(add.Partition.Index));
        sourcesEnded.Remove(add.Source);
        allEnded = false;
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
