using Akka.Actor;
using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Pipelines;

/// <content>The start: the protocol's steps, then topics and states, then the partitions of the sources.</content>
internal sealed partial class PipelineActor
{
    private const string RetryDiscovery = "retry-discovery";

    private StartProtocol? starting;
    private StartStepRunner? runner;
    private IReadOnlySet<string> finishedTopics = new HashSet<string>();
    private IReadOnlyDictionary<string, StateInfo>? states;
    private TopicInfo? deadLetters;
    private int discoveryFailures;

    private void BeginStart()
    {
        spec.Status.Failure = null;
        spec.Status.Note = null;
        subgraphs = [];
        keepers = [];
        waiting.Clear();
        undiscovered.Clear();
        discoveryFailures = 0;
        keeping = false;
        looking.Clear();
        fencing.Clear();
        states = null;
        starting = new StartProtocol
        {
            Wanted = new HomeRecord
            {
                Start = StartId.New(),
                Generation = Generation.None,
                State = HomeState.Starting,
                Host = Environment.MachineName,
                Process = Environment.ProcessId,
                Heartbeat = Now,
                Tasks = spec.Plan.Subgraphs.Sum(subgraph => spec.Settings.ForSubgraph(subgraph.Name).TasksMax),
                Plan = spec.Plan.ToRecord(),
            },
        };
        runner = NewStartRunner(spec, facts.Check, Database, worker);
        Become(PipelineState.Starting);
        StepStart();
    }

    /// <summary>What carries out a start of a pipeline.</summary>
    public static StartStepRunner NewStartRunner(PipelineMessages.Spec spec, Func<HomeRecord?, string?> check, Func<string, ICommitDatabase> database, WorkerThread worker)
    {
        PipelinePlan plan = spec.Plan;
        Dictionary<string, IStagedSink> staged = plan.Subgraphs.SelectMany(subgraph => subgraph.Sinks).Select(stage => (SinkNode)stage.Node)
            .Where(node => node.Sink is IStagedSink).ToDictionary(node => node.Name, node => (IStagedSink)node.Sink);
        IReadOnlyList<string> SubgraphsIn(string store, HomeRecord? seen) =>
        [
            .. plan.ToRecord().Subgraphs.Concat(seen?.Plan?.Subgraphs ?? []).Where(subgraph => subgraph.Store == store).Select(subgraph => subgraph.Name).Distinct(),
        ];
        return new StartStepRunner(spec.Log, plan.Name, spec.DataFolder, staged, database, SubgraphsIn, check, worker);
    }

    private void OnStarting(object message)
    {
        switch (message)
        {
            case StartStepDone done:
                starting = starting!.Apply(done.Outcome);
                if (starting.Result is null) StepStart();
                else EndStart(starting.Result);
                break;
            case TopicsPrepared prepared:
                deadLetters = prepared.DeadLetters;
                keepers = [.. prepared.Internal.Select(topic => new InternalTopicKeeper(
                    topic, spec.Plan.Cuts.First(cut => cut.Spec.Name == topic.Name).Readers, spec.Settings.InternalTopics, spec.Clock))];
                Become(PipelineState.Ready);
                engine.Tell(new PipelineMessages.Prepared(name.Value));
                break;
            case Status.Failure failure:
                Fail(Explain(failure.Cause));
                break;
            case PipelineMessages.Stop:
                Become(PipelineState.Stopped);
                break;
        }
    }

    private void StepStart()
    {
        CrashPoints.Pass(CrashPoints.Start);
        runner!.RunAsync(starting!.Next!, spec.Settings.CommitTimeout).PipeTo(Self, success: outcome => new StartStepDone(outcome));
    }

    private void EndStart(StartResult result)
    {
        switch (result)
        {
            case StartResult.Started started:
                home = started.Record;
                Remember(new PipelineStarted(home.Start.ToString(), home.Generation.Value, home.Tasks, Now));
                subgraphs = [.. spec.Plan.Subgraphs.Select(plan => new SubgraphRun(plan, spec.Settings.ForSubgraph(plan.Name), plan.CommitPoint is DatabaseCommitPoint ? Database(plan.Store) : null)
                {
                    IsHeldBack = started.HeldBack.Contains(plan.Store),
                })];
                ShowNote();
                worker.Run(PrepareTopics).PipeTo(Self);
                break;
            case StartResult.Refused refused:
                Fail(new EngineException(ErrorDomain.User, $"pipeline {name} can't go on from where it stands:\n{refused.Message}", "Nothing was changed."));
                break;
            case StartResult.TakenOver taken:
                Fail(new EngineException(ErrorDomain.User, $"pipeline {name}: {taken.Message}", "It runs there now. Start it here again to take it back."));
                break;
            case StartResult.Failed failed:
                Fail(failed.Cause is { } cause ? Explain(cause) : new EngineException(ErrorDomain.External, $"pipeline {name} can't be started: {failed.Step} failed", "Start it again."));
                break;
        }
    }

    /// <summary>Makes the topics that the plan writes. May block.</summary>
    private TopicsPrepared PrepareTopics()
    {
        Dictionary<string, TopicInfo> topics = [];
        foreach (TopicSpec topic in spec.Plan.Subgraphs.SelectMany(subgraph => subgraph.TopicsWritten).Append(spec.Plan.DeadLetters))
        {
            topics[topic.Name] = FindOrCreate(topic);
        }

        return new TopicsPrepared(topics[spec.Plan.DeadLetters.Name], [.. spec.Plan.Cuts.Select(cut => topics[cut.Spec.Name])]);
    }

    /// <summary>
    /// Finds or makes the states that the plan needs. A state has the partitions of the topics that feed it, which another pipeline may be the one to
    /// make: so not before all pipelines are ready. May block.
    /// </summary>
    private StatesOpened OpenStates()
    {
        var made = new Dictionary<string, StateInfo>();
        foreach (SubgraphPlan subgraph in spec.Plan.Subgraphs)
        {
            foreach (StateDeclaration state in subgraph.States.Select(stage => stage.State))
            {
                int partitions = subgraph.TopicsRead.Select(topic => (spec.Log.Find(topic) ?? throw Missing(topic)).Partitions).Max();
                StateInfo info = spec.Log.OpenState(name, new StateSpec(state.Name, state.Shape, partitions));
                made[state.Name] = info.Spec.Partitions == partitions ? info : throw new EngineException(
                    ErrorDomain.User,
                    $"keyed state {state.Name} of pipeline {name} was kept for {info.Spec.Partitions} partitions, and its input has {partitions} now: keys would be looked for in other partitions",
                    "Read the topics it was fed from before, or reset the pipeline to begin at the beginning: pipelines reset.");
            }
        }

        return new StatesOpened(made);
    }

    private TopicInfo FindOrCreate(TopicSpec topic)
    {
        if (spec.Log.Find(topic.Name) is { } there) return there;
        try
        {
            return spec.Log.Create(topic);
        }
        catch (TopicException) when (spec.Log.Find(topic.Name) is not null)
        {
            // Another pipeline that writes it too was quicker.
            return spec.Log.Find(topic.Name)!;
        }
    }

    private EngineException Missing(string topic) => new(
        ErrorDomain.User, $"pipeline {name} reads topic {topic}, which doesn't exist in {spec.Log.Description}", "Run the pipeline that writes it, or make it; topics list shows those there are.");

    private void OnReady(object message)
    {
        switch (message)
        {
            case PipelineMessages.Run run:
                finishedTopics = run.Finished;
                Become(PipelineState.Running);
                foreach (InternalTopicKeeper keeper in keepers) TellPositions(keeper);
                Timers.StartPeriodicTimer(nameof(KeepTick), KeepTick.Instance, spec.Settings.InternalTopics.PurgeInterval);
                worker.Run(OpenStates).PipeTo(Self);
                break;
            case PipelineMessages.TopicsFinished finished:
                finishedTopics = finished.Topics;
                break;
            case PipelineMessages.Stop:
                EndAs(PipelineState.Stopped);
                break;
        }
    }

    /// <summary>What readers have committed in earlier starts counts too for what may be purged.</summary>
    private void TellPositions(InternalTopicKeeper keeper)
    {
        foreach (SubgraphRun subgraph in subgraphs.Where(subgraph => keeper.Readers.Contains(subgraph.Plan.Name) && !subgraph.IsHeldBack))
        {
            SubgraphPlan plan = subgraph.Plan;
            worker.Run(() => facts.PositionsOf(plan.Name, plan.Store)).PipeTo(Self, success: positions => new PositionsFound(plan.Name, positions));
        }
    }

    /// <summary>Asks the sources for their partitions, and begins the tasks of subgraphs that have none yet.</summary>
    private void Discover()
    {
        if (states is null) return;
        foreach (SubgraphRun subgraph in subgraphs.Where(subgraph => subgraph.Tasks.Count == 0 && !subgraph.IsHeldBack))
        {
            worker.Run(() => FindPartitions(subgraph.Plan)).PipeTo(
                Self, success: partitions => new PartitionsFound(subgraph, partitions), failure: error => new DiscoveryFailed(subgraph.Plan.Name, error));
        }
    }

    /// <summary>The partitions of each source of a subgraph. May block.</summary>
    private IReadOnlyList<IReadOnlyList<SourcePartition>> FindPartitions(SubgraphPlan plan) =>
    [
        .. plan.Sources.Select(stage =>
        {
            var node = (SourceNode)stage.Node;
            using ISource source = node.Source.Open(new SourceContext(node.Name, spec.Plan.Definition.Folder, spec.Log, spec.Clock) { Follows = follows });
            source.Connect();
            return source.Partitions();
        }),
    ];

    private void OnDiscoveryFailed(DiscoveryFailed failed)
    {
        EngineException cause = Explain(failed.Cause);
        bool mayPass = cause.IsTransient && failed.Cause is not FileNotFoundException and not DirectoryNotFoundException and not UnauthorizedAccessException;
        if (!mayPass || discoveryFailures >= spec.Settings.Restarts.Max)
        {
            Fail(cause);
            return;
        }

        TimeSpan wait = spec.Settings.Restarts.DelayAfter(++discoveryFailures);
        undiscovered[failed.Subgraph] = $"a source of {failed.Subgraph} can't be reached: {failed.Cause.Message}";
        ShowNote();
        Logger.Warning(failed.Cause, "subgraph {Subgraph}: a source can't be reached, trying again in {Seconds} s: {Error}", failed.Subgraph, wait.TotalSeconds, failed.Cause.Message);
        Timers.StartSingleTimer(RetryDiscovery, DiscoverAgain.Instance, wait);
    }

    /// <summary>A database that couldn't be reached is fenced as soon as it can; until then its subgraphs wait.</summary>
    private void FenceHeldBack()
    {
        foreach (string store in subgraphs.Where(subgraph => subgraph.IsHeldBack).Select(subgraph => subgraph.Plan.Store).Distinct())
        {
            // While one is under way another would wait behind it, and end the sessions of tasks that have begun by then.
            if (!fencing.Add(store)) continue;
            runner!.RunAsync(new Step.RaiseGuard(store, home!.Start, home.Generation), spec.Settings.CommitTimeout)
                .PipeTo(Self, success: outcome => new FenceDone(store, outcome));
        }
    }

    private void OnFenceDone(FenceDone done)
    {
        fencing.Remove(done.Store);
        switch (done.Outcome)
        {
            case Outcome.Done:
                foreach (SubgraphRun subgraph in subgraphs.Where(subgraph => subgraph.Plan.Store == done.Store)) subgraph.IsHeldBack = false;
                ShowNote();
                Discover();
                break;
            case Outcome.Refused refused:
                Fail(new EngineException(ErrorDomain.User, $"pipeline {name}: {refused.Message}", "Another engine writes there for this pipeline now. Start it here again to take it back."));
                break;
            case Outcome.Unknown { Cause: EngineException { IsTransient: false } cause }:
                Fail(cause);
                break;
            case Outcome.Unknown unknown:
                Logger.Warning(unknown.Cause, "{Store} can't be reached: {Error}; its subgraphs wait", done.Store, unknown.Cause?.Message);
                break;
        }
    }

    private sealed record StartStepDone(Outcome Outcome);

    private sealed record TopicsPrepared(TopicInfo DeadLetters, IReadOnlyList<TopicInfo> Internal);

    private sealed record StatesOpened(IReadOnlyDictionary<string, StateInfo> States);

    private sealed record PartitionsFound(SubgraphRun Subgraph, IReadOnlyList<IReadOnlyList<SourcePartition>> Partitions);

    private sealed record PositionsFound(string Subgraph, IReadOnlyList<CommittedPosition> Positions);

    private sealed record DiscoveryFailed(string Subgraph, Exception Cause);

    private sealed record FenceDone(string Store, Outcome Outcome);

    private sealed class DiscoverAgain
    {
        public static readonly DiscoverAgain Instance = new();
    }

    private sealed class KeepTick
    {
        public static readonly KeepTick Instance = new();
    }
}
