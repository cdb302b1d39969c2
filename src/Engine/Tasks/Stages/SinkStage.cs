using Akka.Streams;
using Akka.Streams.Stage;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks.Stages;

/// <summary>
/// The end of a task's graph: gives elements to the sink's writer, and has it seal at a barrier. It takes no more while an epoch is being
/// committed and the next has grown as large as it may.
/// </summary>
internal sealed class SinkStage(int number, string name, ISinkWriter writer, SinkLimits limits, TaskEnvironment task) : GraphStage<SinkShape<Element>>
{
    private const long QueueBytesMax = 4L << 20;

    private readonly int number = number;
    private readonly string name = name;
    private readonly ISinkWriter writer = writer;
    private readonly SinkLimits limits = limits;
    private readonly TaskEnvironment task = task;
    private readonly Inlet<Element> inlet = new(name);
    private Action<Epoch>? committed;
    private long openRecords;

    public override SinkShape<Element> Shape => new(inlet);

    protected override GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this);

    /// <summary>How many records the open epoch has. Read from any thread.</summary>
    public long OpenRecords => Volatile.Read(ref openRecords);

    /// <summary>Says that an epoch is committed. Thread-safe.</summary>
    public void Committed(Epoch epoch) => Volatile.Read(ref committed)?.Invoke(epoch);

    /// <inheritdoc/>
    public override string ToString() => name;

    private sealed class Logic : InGraphStageLogic
    {
        private readonly SinkStage stage;
        private SinkFeed? feed;
        private long openBytes;
        private bool isCommitting;
        private bool isFull;
        private bool hasRoom = true;

        public Logic(SinkStage stage)
            : base(stage.Shape)
        {
            this.stage = stage;
            SetHandler(stage.inlet, this);
        }

        public override void PreStart()
        {
            Volatile.Write(ref stage.committed, GetAsyncCallback<Epoch>(OnCommitted));
            if (stage.writer.Blocks)
            {
                Action<Exception> failed = GetAsyncCallback<Exception>(Fail);
                Action room = GetAsyncCallback(() =>
                {
                    hasRoom = true;
                    Advance();
                });
                feed = new SinkFeed(
                    stage.name, stage.writer, QueueBytesMax, (epoch, output) => stage.task.Events.SinkSealed(stage.number, epoch, output), room, failed);
            }

            Pull(stage.inlet);
        }

        public override void OnPush()
        {
            Element element = stage.task.Handover.Taken(Grab(stage.inlet));
            try
            {
                if (element is Barrier barrier) OnBarrier(barrier);
                else OnElement(element);
            }
            catch (Exception e)
            {
                Fail(e);
                return;
            }

            Advance();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            stage.task.Events.Failed(stage.ToString(), e);
            base.OnUpstreamFailure(e);
        }

        public override void PostStop()
        {
            feed?.Dispose();
            stage.task.Life.EndStopped();
        }

        private void OnBarrier(Barrier barrier)
        {
            openBytes = 0;
            Volatile.Write(ref stage.openRecords, 0);
            isFull = false;
            isCommitting = true;
            if (feed is not null) feed.Add(barrier);
            else stage.task.Events.SinkSealed(stage.number, barrier.Epoch, stage.writer.Seal(barrier.Epoch));
        }

        private void OnElement(Element element)
        {
            openBytes += element.Bytes;
            long records = Volatile.Read(ref stage.openRecords) + element.Records;
            Volatile.Write(ref stage.openRecords, records);
            if (feed is not null) hasRoom = feed.Add(element);
            else stage.writer.Write(element);
            if (isFull || (openBytes < stage.limits.Bytes && records < stage.limits.Records)) return;
            isFull = true;
            stage.task.Events.EpochFull();
        }

        private void OnCommitted(Epoch epoch)
        {
            isCommitting = false;
            Advance();
        }

        private void Advance()
        {
            // While nothing is being committed the barrier that the full epoch needs is on its way, so it must be let in.
            bool mustWait = !hasRoom || (isFull && isCommitting);
            if (!mustWait && !IsClosed(stage.inlet) && !HasBeenPulled(stage.inlet)) Pull(stage.inlet);
        }

        private void Fail(Exception error)
        {
            stage.task.Events.Failed(stage.ToString(), error);
            FailStage(error);
        }
    }
}

/// <summary>When an epoch is as large as a sink may collect.</summary>
/// <param name="Records">Records.</param>
/// <param name="Bytes">Bytes.</param>
internal sealed record SinkLimits(long Records, long Bytes);
