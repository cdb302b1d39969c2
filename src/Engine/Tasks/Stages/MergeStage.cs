using System.Collections.Immutable;
using Akka.Streams;
using Akka.Streams.Stage;
using StreamEngine.Records;

namespace StreamEngine.Tasks.Stages;

/// <summary>Several streams as one. An input that has delivered a barrier is held back until the others have, so the barrier closes one epoch of all.</summary>
internal sealed class MergeStage : GraphStage<UniformFanInShape<Element, Element>>
{
    private readonly string name;
    private readonly TaskEnvironment task;
    private readonly UniformFanInShape<Element, Element> shape;

    public MergeStage(string name, int inputs, TaskEnvironment task)
    {
        this.name = name;
        this.task = task;
        shape = new UniformFanInShape<Element, Element>(
            new Outlet<Element>($"{name}.out"), [.. Enumerable.Range(0, inputs).Select(n => new Inlet<Element>($"{name}.in{n}"))]);
    }

    public override UniformFanInShape<Element, Element> Shape => shape;

    protected override GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this);

    /// <inheritdoc/>
    public override string ToString() => name;

    private sealed class Logic : GraphStageLogic
    {
        private readonly MergeStage stage;
        private readonly ImmutableArray<Inlet<Element>> inlets;
        private readonly Outlet<Element> outlet;
        private readonly BarrierAligner aligner;
        private readonly Queue<Element> outgoing = new();

        public Logic(MergeStage stage)
            : base(stage.shape)
        {
            this.stage = stage;
            inlets = [.. stage.shape.Ins.Cast<Inlet<Element>>()];
            outlet = stage.shape.Out;
            aligner = new BarrierAligner(inlets.Length);
            for (int n = 0; n < inlets.Length; n++)
            {
                int input = n;
                SetHandler(inlets[n], onPush: () => OnPush(input), onUpstreamFinish: OnUpstreamFinish);
            }

            SetHandler(outlet, onPull: Advance);
        }

        public override void PreStart()
        {
            foreach (Inlet<Element> inlet in inlets) Pull(inlet);
        }

        public override void PostStop()
        {
            while (outgoing.TryDequeue(out Element? element)) element.Release();
        }

        private void OnPush(int input)
        {
            Element element = stage.task.Handover.Taken(Grab(inlets[input]));
            try
            {
                if (element is not Barrier barrier) outgoing.Enqueue(element);
                else if (aligner.Arrive(input, barrier.Epoch)) outgoing.Enqueue(barrier);
            }
            catch (InvalidOperationException e)
            {
                stage.task.Events.Failed(stage.ToString(), e);
                FailStage(e);
                return;
            }

            Advance();
        }

        private void OnUpstreamFinish()
        {
            if (inlets.All(inlet => IsClosed(inlet)) && outgoing.Count == 0) CompleteStage();
        }

        /// <summary>Hands one element on if it may, and asks the inputs for more: each has one on its way at the most.</summary>
        private void Advance()
        {
            if (IsAvailable(outlet) && outgoing.TryDequeue(out Element? element)) Push(outlet, stage.task.Handover.Given(element));
            if (outgoing.Count > 0) return;
            for (int n = 0; n < inlets.Length; n++)
            {
                if (!aligner.IsHeld(n) && !IsClosed(inlets[n]) && !HasBeenPulled(inlets[n])) Pull(inlets[n]);
            }

            if (inlets.All(inlet => IsClosed(inlet))) CompleteStage();
        }
    }
}
