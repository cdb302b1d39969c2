using Akka.Streams;
using Akka.Streams.Stage;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks.Stages;

/// <summary>The operators between two boundaries as one stage: each element is one loop over its records.</summary>
/// <param name="name">The names of its stages, for errors.</param>
/// <param name="create">Makes the links; what they hand out goes to the output given.</param>
/// <param name="task">The task.</param>
internal sealed class SegmentStage(string name, Func<IElementOutput, Segment> create, TaskEnvironment task) : GraphStage<FlowShape<Element, Element>>
{
    private readonly TaskEnvironment task = task;
    private readonly Inlet<Element> inlet = new($"{name}.in");
    private readonly Outlet<Element> outlet = new($"{name}.out");

    public override FlowShape<Element, Element> Shape => new(inlet, outlet);

    protected override GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this, create);

    /// <inheritdoc/>
    public override string ToString() => name;

    private sealed class Logic : InAndOutGraphStageLogic, IElementOutput
    {
        private readonly SegmentStage stage;
        private readonly Queue<Element> outgoing = new();
        private readonly Segment segment;

        public Logic(SegmentStage stage, Func<IElementOutput, Segment> create)
            : base(stage.Shape)
        {
            this.stage = stage;
            segment = create(this);
            SetHandlers(stage.inlet, stage.outlet, this);
        }

        public void Emit(Element element) => outgoing.Enqueue(element);

        public override void OnPush()
        {
            Element element = stage.task.Handover.Taken(Grab(stage.inlet));
            try
            {
                if (element is Barrier barrier)
                {
                    segment.OnBarrier(barrier.Epoch);
                    outgoing.Enqueue(barrier);
                }
                else
                {
                    segment.Process(element);
                }
            }
            catch (Exception e)
            {
                stage.task.Events.Failed(stage.ToString(), e);
                FailStage(e);
                return;
            }
            finally
            {
                element.Release();
            }

            Advance();
        }

        public override void OnPull() => Advance();

        public override void OnUpstreamFinish()
        {
            if (outgoing.Count == 0) CompleteStage();
        }

        public override void PostStop()
        {
            while (outgoing.TryDequeue(out Element? element)) element.Release();
            foreach (IDisposable link in segment.Held) link.Dispose();
        }

        private void Advance()
        {
            if (!IsAvailable(stage.outlet)) return;
            if (outgoing.TryDequeue(out Element? element)) Push(stage.outlet, stage.task.Handover.Given(element));
            else if (IsClosed(stage.inlet)) CompleteStage();
            else if (!HasBeenPulled(stage.inlet)) Pull(stage.inlet);
        }
    }
}

/// <summary>The links of a segment, and what has to be told of elements and barriers.</summary>
/// <param name="Head">The first link.</param>
/// <param name="Contexts">The contexts of its stages.</param>
/// <param name="End">The last link, if it has to know where elements begin and end.</param>
/// <param name="Held">The links that hold memory between elements.</param>
internal sealed record Segment(ISegmentHead Head, IReadOnlyList<StageContext> Contexts, IElementScope? End, IReadOnlyList<IDisposable> Held)
{
    /// <summary>Drives the records of an element through the links.</summary>
    public void Process(Element element)
    {
        End?.Begin(element);
        Head.Process(element);
        End?.End();
    }

    /// <summary>The epoch ends: the links hand on what they hold back, and what fails from now on belongs to the next.</summary>
    public void OnBarrier(Epoch epoch)
    {
        Head.OnBarrier(epoch);
        foreach (StageContext context in Contexts) context.Close(epoch);
    }
}
