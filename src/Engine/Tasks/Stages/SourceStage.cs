using Akka.Streams;
using Akka.Streams.Stage;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks.Stages;

/// <summary>
/// The head of a task's graph: hands on what the feed has polled, and puts barriers between. What it says of positions at a barrier is what it
/// has handed on before it, so the barrier's place in the stream is the positions' meaning.
/// </summary>
internal sealed class SourceStage(int number, string name, SourceFeed feed, bool isInternal, TaskEnvironment task) : GraphStage<SourceShape<Element>>
{
    private readonly int number = number;
    private readonly SourceFeed feed = feed;
    private readonly bool isInternal = isInternal;
    private readonly TaskEnvironment task = task;
    private readonly Outlet<Element> outlet = new(name);
    private readonly SourceControl control = new();

    public override SourceShape<Element> Shape => new(outlet);

    /// <summary>How the task speaks to the stage.</summary>
    public SourceControl Control => control;

    protected override GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly SourceStage stage;
        private readonly Dictionary<int, Position> moved = [];
        private readonly HashSet<int> open;
        private readonly Queue<Element> gathered = new();
        private Barrier? barrier;
        private long gatheredBytes;
        private bool held;
        private bool gated;
        private bool ended;

        public Logic(SourceStage stage)
            : base(stage.Shape)
        {
            this.stage = stage;
            open = [.. stage.control.Partitions];
            held = stage.control.StartsHeld;
            gated = stage.task.PositionsFirst;
            SetHandler(stage.outlet, this);
        }

        public override void PreStart()
        {
            stage.control.Connect(GetAsyncCallback<SourceCommand>(Obey));
            stage.feed.Start(() => stage.control.Tell(SourceCommand.Available.Instance));
            if (open.Count == 0) End();
        }

        public override void OnPull() => Advance();

        public override void OnDownstreamFinish(Exception cause)
        {
            if (cause is not SubscriptionWithCancelException.NonFailureCancellation) stage.task.Events.Failed(stage.ToString()!, cause);
            base.OnDownstreamFinish(cause);
        }

        public override void PostStop()
        {
            stage.feed.Stop();
            while (gathered.TryDequeue(out Element? element)) element.Release();
            stage.task.Life.EndStopped();
        }

        private void Obey(SourceCommand command)
        {
            switch (command)
            {
                case SourceCommand.Close close:
                    if (stage.task.PositionsFirst)
                    {
                        Gather();
                        Report(close.Epoch);
                    }

                    barrier = new Barrier(close.Epoch);
                    break;
                case SourceCommand.Release:
                    gated = false;
                    break;
                case SourceCommand.Hold hold:
                    held = hold.IsHeld;
                    break;
                case SourceCommand.Add add:
                    open.Add(add.Partition);
                    ended = false;
                    break;
                case SourceCommand.Complete:
                    CompleteStage();
                    return;
                case SourceCommand.Abort abort:
                    FailStage(abort.Cause);
                    return;
            }

            Advance();
        }

        private void Advance()
        {
            if (!IsAvailable(stage.outlet) || (!gated && PassOn())) return;

            // Behind a closed gate what the barrier closes is reported already, so nothing may be taken until it is through.
            if (held || barrier is not null) return;
            if (stage.task.PositionsFirst)
            {
                Gather();
                return;
            }

            while (stage.feed.TryTake(out SourceItem item))
            {
                if (Take(item) is not { } taken) continue;
                Push(stage.outlet, stage.task.Handover.Given(taken));
                return;
            }
        }

        /// <summary>Hands on what was gathered, then the barrier behind it; false when there is neither.</summary>
        private bool PassOn()
        {
            if (gathered.TryDequeue(out Element? element))
            {
                Push(stage.outlet, stage.task.Handover.Given(element));
                return true;
            }

            if (barrier is null) return false;
            Barrier next = barrier;
            barrier = null;
            gatheredBytes = 0;
            gated = stage.task.PositionsFirst;
            if (!gated) Report(next.Epoch);
            Push(stage.outlet, stage.task.Handover.Given(next));
            return true;
        }

        /// <summary>
        /// Takes what has been polled, and keeps it until the positions behind it are committed: at-most-once. It goes on before the barrier that
        /// closes its epoch.
        /// </summary>
        private void Gather()
        {
            while (!held && gatheredBytes < stage.feed.BytesMax && stage.feed.TryTake(out SourceItem item))
            {
                if (Take(item) is not { } element) continue;
                gathered.Enqueue(element);
                gatheredBytes += element.Bytes;
                if (gatheredBytes >= stage.feed.BytesMax) stage.task.Events.EpochFull();
            }
        }

        private void Report(Epoch epoch)
        {
            stage.task.Events.SourceAtBarrier(stage.number, epoch, [.. moved.Select(entry => (entry.Key, entry.Value))]);
            moved.Clear();
        }

        private Element? Take(SourceItem item)
        {
            moved[item.Partition] = item.Next;
            stage.control.CountTaken();
            if (item.Element is { } element)
            {
                if (element is Chunk chunk) chunk.Source = stage.number;
                if (!stage.isInternal) stage.task.Counters.CountIn(element.Records, stage.task.Clock);
            }

            if (item.IsEnd && open.Remove(item.Partition) && open.Count == 0) End();
            return item.Element;
        }

        private void End()
        {
            if (ended) return;
            ended = true;
            stage.task.Events.SourceEnded(stage.number);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => name;
}

/// <summary>What a task tells a source stage.</summary>
internal abstract record SourceCommand
{
    /// <summary>The feed has something.</summary>
    public sealed record Available : SourceCommand
    {
        public static readonly Available Instance = new();
    }

    /// <summary>Put a barrier into the stream that closes an epoch.</summary>
    /// <param name="Epoch">The epoch.</param>
    public sealed record Close(Epoch Epoch) : SourceCommand;

    /// <summary>The positions that were reported are committed: what lies before them may go on.</summary>
    public sealed record Release : SourceCommand;

    /// <summary>Hand nothing more on than barriers, or go on.</summary>
    public sealed record Hold(bool IsHeld) : SourceCommand;

    /// <summary>One more partition is read.</summary>
    public sealed record Add(int Partition) : SourceCommand;

    /// <summary>End the graph in order.</summary>
    public sealed record Complete : SourceCommand;

    /// <summary>End the graph at once.</summary>
    public sealed record Abort(Exception Cause) : SourceCommand;
}

/// <summary>The way from a task to a source stage, usable before the stage runs. Thread-safe.</summary>
internal sealed class SourceControl
{
    private readonly Lock gate = new();
    private readonly List<SourceCommand> early = [];
    private Action<SourceCommand>? callback;
    private long taken;

    /// <summary>The partitions that are read from the beginning on; set before the graph runs.</summary>
    public IReadOnlyList<int> Partitions { get; set; } = [];

    /// <summary>Whether nothing is handed on until it is told otherwise; set before the graph runs.</summary>
    public bool StartsHeld { get; set; }

    /// <summary>How many items the stage has taken, to see whether there is anything to commit.</summary>
    public long Taken => Volatile.Read(ref taken);

    public void CountTaken() => Interlocked.Increment(ref taken);

    public void Tell(SourceCommand command)
    {
        Action<SourceCommand>? target;
        lock (gate)
        {
            target = callback;
            if (target is null) early.Add(command);
        }

        target?.Invoke(command);
    }

    public void Connect(Action<SourceCommand> target)
    {
        lock (gate)
        {
            callback = target;
            foreach (SourceCommand command in early) target(command);
            early.Clear();
        }
    }
}
