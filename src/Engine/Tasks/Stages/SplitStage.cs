using System.Collections.Immutable;
using Akka.Streams;
using Akka.Streams.Stage;
using StreamEngine.Records;

namespace StreamEngine.Tasks.Stages;

/// <summary>
/// Hands every element to several stages. It goes on when all of them can take one, so that none is ahead of a barrier. What its source couldn't read goes to the
/// first alone: it becomes one dead letter, however many stages there are.
/// </summary>
internal sealed class SplitStage : GraphStage<UniformFanOutShape<Element, Element>>
{
    private readonly string name;
    private readonly TaskEnvironment task;
    private readonly UniformFanOutShape<Element, Element> shape;

    public SplitStage(string name, int outputs, TaskEnvironment task)
    {
        this.name = name;
        this.task = task;
        shape = new UniformFanOutShape<Element, Element>(
            new Inlet<Element>($"{name}.in"), [.. Enumerable.Range(0, outputs).Select(n => new Outlet<Element>($"{name}.out{n}"))]);
    }

    public override UniformFanOutShape<Element, Element> Shape => shape;

    protected override GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this);

    /// <inheritdoc/>
    public override string ToString() => name;

    private sealed class Logic : GraphStageLogic
    {
        private readonly Handover handover;
        private readonly Inlet<Element> inlet;
        private readonly ImmutableArray<Outlet<Element>> outlets;

        public Logic(SplitStage stage)
            : base(stage.shape)
        {
            handover = stage.task.Handover;
            inlet = stage.shape.In;
            outlets = [.. stage.shape.Outs.Cast<Outlet<Element>>()];
            SetHandler(inlet, onPush: OnPush);
            foreach (Outlet<Element> outlet in outlets) SetHandler(outlet, onPull: OnPull);
        }

        private void OnPush()
        {
            Element element = handover.Taken(Grab(inlet));
            if (element is Poison)
            {
                Push(outlets[0], handover.Given(element));
                return;
            }

            for (int n = 1; n < outlets.Length; n++) element.Retain();
            foreach (Outlet<Element> outlet in outlets) Push(outlet, handover.Given(element));
        }

        private void OnPull()
        {
            foreach (Outlet<Element> outlet in outlets)
            {
                if (!IsAvailable(outlet)) return;
            }

            if (!IsClosed(inlet) && !HasBeenPulled(inlet)) Pull(inlet);
        }
    }
}
