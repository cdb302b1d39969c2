using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Streams;
using Serilog.Core;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Settings;
using StreamEngine.Tasks;
using StreamEngine.TestKit;
using StreamEngine.Tests.Pipelines;

namespace StreamEngine.Tests.Tasks;

/// <summary>A task by itself, with a test in the place of its pipeline: what it is told before it runs still counts when it does.</summary>
public sealed class TaskActorTests_Held : IAsyncDisposable
{
    private readonly ActorSystem system;
    private readonly InMemoryLog log = new();
    private readonly ConcurrentQueue<object> told = new();

    public TaskActorTests_Held() => system = EngineRuntime.CreateSystem(EngineSettings.Load().Journal, null, Logger.None);

    public async ValueTask DisposeAsync()
    {
        await system.Terminate().WaitAsync(EngineFixture.Patience);
        log.Dispose();
    }

    [Fact]
    public void A_task_that_is_told_to_wait_while_it_opens_reads_nothing_until_it_may()
    {
        TaskMessages.Spec spec = Spec(new FakeSystem(["n0", "n1", "n2"]));
        IActorRef pipeline = system.ActorOf(ActorProps.Of(() => new Pipeline(spec, system.Materializer(), told)));
        pipeline.Tell(new TaskMessages.HoldSources(true));
        EngineFixture.Await(() => told.OfType<TaskMessages.StateChanged>().Any(changed => changed.State == TaskState.Running), "it runs");

        // Its first commit says where it begins; it would be well ahead of that after a few more.
        for (int n = 0; n < 5; n++)
        {
            int before = Committed().Count;
            pipeline.Tell(new TaskMessages.SealNow());
            EngineFixture.Await(() => Committed().Count > before, "an epoch is committed");
        }

        Assert.All(Committed().SelectMany(committed => committed.Positions), position => Assert.Equal("0", position.Position.At));

        pipeline.Tell(new TaskMessages.HoldSources(false));
        EngineFixture.Await(() => Committed()[^1].Positions is [{ Position.At: "3" }], "it reads");
    }

    private List<TaskMessages.Committed> Committed() => [.. told.OfType<TaskMessages.Committed>()];

    private TaskMessages.Spec Spec(FakeSystem source)
    {
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(source.AsSource()).To(Topic.Of<string, string>("out"));
        PipelinePlan plan = Planner.Plan(pipeline.Build("."), Guarantee.ExactlyOnce, 1);
        var claim = new TaskClaim(new TaskId(plan.Name, plan.Subgraphs[0].Name, 0), StartId.New(), new Generation(1), 1);
        log.Create(new TopicSpec("out"));
        Assert.True(log.WriteHome(plan.Name, claim.Start, ReadOnlyMemory<byte>.Empty, 0));
        return new TaskMessages.Spec
        {
            Claim = claim,
            Subgraph = plan.Subgraphs[0],
            Guarantee = Guarantee.ExactlyOnce,
            Settings = EngineSettings.Load().Defaults,
            Partitions = [[new SourcePartition("0", 0)]],
            Finishing = [false],
            Log = log,
            Database = null,
            DeadLetters = log.Create(plan.DeadLetters),
            States = new Dictionary<string, StateInfo>(),
            Counters = new TaskCounters(),
            Clock = TimeProvider.System,
            PipelineFolder = ".",
            DataFolder = ".",
            Follows = true,
            Logger = Logger.None,
        };
    }

    /// <summary>Begins a task, hands on what the test says to it, and keeps what it says.</summary>
    private sealed class Pipeline : ReceiveActor
    {
        public Pipeline(TaskMessages.Spec spec, IMaterializer materializer, ConcurrentQueue<object> told)
        {
            IActorRef task = Context.ActorOf(TaskActor.Props(spec, materializer));
            ReceiveAny(message =>
            {
                if (Sender.Equals(task)) told.Enqueue(message);
                else task.Tell(message);
            });
        }
    }
}
