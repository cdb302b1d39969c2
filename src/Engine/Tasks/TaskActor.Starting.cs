using Akka.Actor;
using StreamEngine.Contracts;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Tasks.Stages;

namespace StreamEngine.Tasks;

/// <content>The start: sources connect, the task claims its partitions and reads where they resume, sinks open, the graph runs.</content>
internal sealed partial class TaskActor
{
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

    private void Connect(string name, Func<IDisposable> open)
    {
        connectorsLeft.Add(name);
        Context.ActorOf(ConnectorActor.Props(name, open, spec.Settings.Restarts));
    }

    private void BeginPartitions()
    {
        IReadOnlyList<CommittedPosition> committed = protocol.Positions!;
        Action<string> progress = Progress();
        resources.Worker.Run(() => resources.BeginPartitions(committed, progress)).PipeTo(Self, success: positions => new PartitionsBegun(positions));
    }

    /// <summary>Tells the pipeline how far states are restored. Callable from any thread.</summary>
    private Action<string> Progress()
    {
        (IActorRef self, IActorRef to) = (Self, pipeline);
        return text => to.Tell(new TaskMessages.Restores(spec.Claim, text), self);
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
}
