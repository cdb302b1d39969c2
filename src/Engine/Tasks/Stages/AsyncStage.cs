using Akka.Streams;
using Akka.Streams.Stage;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks.Stages;

/// <summary>
/// An asynchronous operator as a stage: it takes an element when no record waits for its call, and lets a barrier through when every call has
/// returned and every result has left.
/// </summary>
internal sealed class AsyncStage(AsyncNode node, StageContext context, TaskEnvironment task) : GraphStage<FlowShape<Element, Element>>
{
    private readonly AsyncNode node = node;
    private readonly StageContext context = context;
    private readonly TaskEnvironment task = task;
    private readonly Inlet<Element> inlet = new($"{node.Name}.in");
    private readonly Outlet<Element> outlet = new($"{node.Name}.out");

    public override FlowShape<Element, Element> Shape => new(inlet, outlet);

    protected override GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this);

    /// <inheritdoc/>
    public override string ToString() => node.Name;

    private sealed class Logic : InAndOutGraphStageLogic
    {
        private readonly AsyncStage stage;
        private IAsyncCalls? calls;
        private Barrier? barrier;

        public Logic(AsyncStage stage)
            : base(stage.Shape)
        {
            this.stage = stage;
            SetHandlers(stage.inlet, stage.outlet, this);
        }

        public override void PreStart()
        {
            Action returned = GetAsyncCallback(() => Try(() => calls!.Collect()));
            calls = stage.node.Accept(new AsyncCallsFactory(stage.context, returned, stage.task.Stopping));
        }

        public override void OnPush()
        {
            Element element = stage.task.Handover.Taken(Grab(stage.inlet));
            if (element is Barrier closing)
            {
                barrier = closing;
                Advance();
                return;
            }

            Try(() => calls!.Add(element));
            element.Release();
        }

        public override void OnPull() => Advance();

        public override void OnUpstreamFinish()
        {
            if (calls!.IsEmpty && barrier is null) CompleteStage();
        }

        public override void PostStop()
        {
            while (calls?.TakeResults() is { } element) element.Release();
        }

        private void Try(Action action)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                stage.task.Events.Failed(stage.ToString(), e);
                FailStage(e);
                return;
            }

            Advance();
        }

        private void Advance()
        {
            if (IsAvailable(stage.outlet))
            {
                if (calls!.TakeResults() is { } results)
                {
                    Push(stage.outlet, stage.task.Handover.Given(results));
                }
                else if (barrier is not null && calls.IsEmpty)
                {
                    Barrier passing = barrier;
                    barrier = null;
                    calls.Close(passing.Epoch);
                    Push(stage.outlet, stage.task.Handover.Given(passing));
                }
            }

            if (barrier is not null) return;
            if (IsClosed(stage.inlet))
            {
                if (calls!.IsEmpty) CompleteStage();
            }
            else if (calls!.HasRoom && !HasBeenPulled(stage.inlet))
            {
                Pull(stage.inlet);
            }
        }
    }
}
