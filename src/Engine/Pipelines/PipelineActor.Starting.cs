using Akka.Actor;
using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Settings;

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
    private int startFailures;
    private StartId? standsByFor;

    private void BeginStart()
    {
        startFailures = 0;
        Become(PipelineState.Starting);
        TryStart();
    }

    private void TryStart()
    {
        home = null;
        standsByFor = null;
        isTakenOver = false;
        spec.Status.Failure = null;
        spec.Status.Note = null;
        subgraphs = [];
        keepers = [];
        waiting.Clear();
        undiscovered.Clear();
        discoveryFailures = 0;
        askFailures = 0;
        keepFailed = false;
        keeping = false;
        looking.Clear();
        fencing.Clear();
        states = null;
        starting = new StartProtocol
        {
            Wanted = spec.Identity.Sign(new HomeRecord
            {
                Start = StartId.New(),
                Generation = Generation.None,
                State = HomeState.Starting,
                Heartbeat = Now,
                Tasks = spec.Plan.Subgraphs.Sum(subgraph => spec.Settings.ForSubgraph(subgraph.Name).TasksMax),
                Plan = spec.Plan.ToRecord(),
            }),
            IsShared = spec.Log.HeartbeatInterval is not null,
            TakeOver = spec.TakeOver,
            HasClaimed = starting is { HasClaimed: true },
        };
        runner = NewStartRunner(spec, Check, Database, worker);
        BeginBeating();
        StepStart();
    }

    /// <summary>Whether the plan may go on from a home record; asked before anything is made on the log, so that a start which is refused leaves nothing there. May block.</summary>
    private string? Check(HomeRecord? seen)
    {
        if (spec.Log.CreatesUserTopics) return facts.Check(seen);
        foreach (TopicSpec topic in spec.Plan.Subgraphs.SelectMany(subgraph => subgraph.TopicsWritten).Where(topic => topic.Owner is null))
        {
            if (spec.Log.Find(topic.Name) is null) throw NotMade(topic);
        }

        return facts.Check(seen);
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
        return new StartStepRunner(spec.Log, plan.Name, spec.DataFolder, staged, database, SubgraphsIn, check, worker) { Identity = spec.Identity, Clock = spec.Clock };
    }

    private void OnStarting(object message)
    {
        switch (message)
        {
            case StartStepDone done when done.Start == starting!.Wanted.Start:
                starting = starting.Apply(done.Outcome);
                if (starting.AwaitedHolder is { } holder) StandBy(holder);
                if (starting.Result is null) StepStart();
                else EndStart(starting.Result);
                break;
            case StartAgain:
                TryStart();
                break;
            case TopicsPrepared prepared:
                deadLetters = prepared.DeadLetters;
                keepers = [.. prepared.Internal.Select(topic => new InternalTopicKeeper(
                    topic, spec.Plan.Cuts.First(cut => cut.Spec.Name == topic.Name).Readers, spec.Settings.InternalTopics, spec.Clock))];
                Become(PipelineState.Ready);
                engine.Tell(new PipelineMessages.Prepared(name.Value));
                break;
            case AskFailed failed:
                OnAskFailed(failed);
                break;
            case AskAgain again:
                OnAskAgain(again);
                break;
            case Status.Failure failure:
                Fail(Explain(failure.Cause));
                break;
            case PipelineMessages.Stop:
                Timers.CancelAll();
                Become(PipelineState.Stopped);
                break;
        }
    }

    private void StepStart()
    {
        CrashPoints.Pass(CrashPoints.Start);
        StartId start = starting!.Wanted.Start;
        runner!.RunAsync(starting.Next!, spec.Settings.CommitTimeout).PipeTo(Self, success: outcome => new StartStepDone(start, outcome));
    }

    /// <summary>Another process runs the pipeline: says so once, and lets the other pipelines go on.</summary>
    private void StandBy(HomeRecord holder)
    {
        if (standsByFor == holder.Start) return;
        standsByFor = holder.Start;
        spec.Status.Note = $"waits as standby: {StartProtocol.Holder(holder)} runs it";
        Logger.Information("waits as standby: {Holder} runs it", StartProtocol.Holder(holder));
        engine.Tell(new PipelineMessages.StandsBy(name.Value));
    }

    private void EndStart(StartResult result)
    {
        switch (result)
        {
            case StartResult.Started started:
                home = started.Record;
                Remember(new PipelineStarted(home.Start.ToString(), home.Generation.Value, home.Tasks, Now));
                subgraphs = MakeSubgraphs(started.HeldBack);
                ShowNote();
                Ask("making topics", PrepareTopics, prepared => prepared);
                break;
            case StartResult.Refused refused:
                Fail(new EngineException(ErrorDomain.User, $"pipeline {name} can't go on from where it stands:\n{refused.Message}", "Nothing was changed."));
                break;
            case StartResult.TakenOver { By: { } by }:
                Fail(TakenOverException.By(name.Value, StartProtocol.Holder(by)));
                break;
            case StartResult.TakenOver taken:
                Fail(new TakenOverException($"pipeline {name}: {taken.Message}"));
                break;
            case StartResult.Failed failed when MayPass(failed.Cause) && startFailures < spec.Settings.Restarts.Max:
                TimeSpan wait = spec.Settings.Restarts.DelayAfter(++startFailures);
                spec.Status.Note = $"can't be started now: {failed.Cause?.Message ?? failed.Step}";
                Logger.Warning(failed.Cause, "start failed at {Step}, begins again in {Seconds} s: {Error}", failed.Step, wait.TotalSeconds, failed.Cause?.Message);
                Timers.CancelAll();
                Timers.StartSingleTimer(nameof(StartAgain), StartAgain.Instance, wait);
                break;
            case StartResult.Failed failed:
                Fail(failed.Cause is { } cause ? Explain(cause) : new EngineException(ErrorDomain.External, $"pipeline {name} can't be started: {failed.Step} failed", "Start it again."));
                break;
        }
    }

    /// <summary>The plan's subgraphs; the slots of their tasks follow each other in the plan's order.</summary>
    private List<SubgraphRun> MakeSubgraphs(IReadOnlyCollection<string> heldBack)
    {
        var made = new List<SubgraphRun>();
        int slot = 0;
        foreach (SubgraphPlan plan in spec.Plan.Subgraphs)
        {
            PipelineSettings settings = spec.Settings.ForSubgraph(plan.Name);
            made.Add(new SubgraphRun(plan, settings, plan.CommitPoint is DatabaseCommitPoint ? Database(plan.Store) : null)
            {
                FirstSlot = slot,
                IsHeldBack = heldBack.Contains(plan.Store),
            });
            slot += settings.TasksMax;
        }

        return made;
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
        if (topic.Owner is null && !spec.Log.CreatesUserTopics) throw NotMade(topic);
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

    private EngineException NotMade(TopicSpec topic) => new(
        ErrorDomain.User,
        $"pipeline {name} writes topic {topic.Name}, which doesn't exist in {spec.Log.Description}, and topics there are made only when that is asked for",
        $"Make it, of {Counted.Of(topic.Partitions, "partition")} or as many as its readers want: streamengine topics create {topic.Name} --partitions {topic.Partitions}. Or have starts make such topics: stream-engine.log.kafka.create-topics = on.");

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
                Ask("opening states", OpenStates, opened => opened);
                break;
            case PipelineMessages.TopicsFinished finished:
                finishedTopics = finished.Topics;
                break;
            case HolderFound holder when holder.Start == home?.Start:
                Fail(TakenOverException.By(name.Value, holder.Text));
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
            Ask($"reading positions of {plan.Name}", () => facts.PositionsOf(plan.Name, plan.Store), positions => new PositionsFound(plan.Name, positions));
        }
    }

    /// <summary>Asks the sources for their partitions, and begins the tasks of subgraphs that have none yet.</summary>
    private void Discover()
    {
        if (states is null) return;
        foreach (SubgraphRun subgraph in subgraphs.Where(subgraph => subgraph.Tasks.Count == 0 && !subgraph.IsHeldBack))
        {
            worker.Run(() => FindLate(subgraph, FindPartitions(subgraph.Plan))).PipeTo(
                Self, success: partitions => new PartitionsFound(subgraph, partitions), failure: error => new DiscoveryFailed(subgraph.Plan.Name, error));
        }
    }

    /// <summary>The partitions of each source of a subgraph. May block.</summary>
    private IReadOnlyList<IReadOnlyList<SourcePartition>> FindPartitions(SubgraphPlan plan) =>
    [
        .. plan.Sources.Select(stage =>
        {
            var node = (SourceNode)stage.Node;
            using ISource source = node.Source.Open(new SourceContext(node.Name, spec.Plan.Definition.Folder, spec.Log, spec.Clock) { Follows = follows, Logger = Logger });
            source.Connect();
            return source.Partitions();
        }),
    ];

    /// <summary>Marks partitions that have come to a source since it was first read, though no task has seen them yet. May block.</summary>
    private IReadOnlyList<IReadOnlyList<SourcePartition>> FindLate(SubgraphRun subgraph, IReadOnlyList<IReadOnlyList<SourcePartition>> partitions)
    {
        IEnumerable<CommittedPosition> positions = subgraph.Database is { } database
            ? database.ReadPositionsAsync(name, subgraph.Plan.Name, CancellationToken.None).GetAwaiter().GetResult()
            : spec.Log.Positions(name).Where(found => found.Subgraph == subgraph.Plan.Name).Select(found => found.Position);
        ILookup<string, string> committed = positions.ToLookup(position => position.Partition.Source, position => position.Partition.Partition);
        return
        [
            .. partitions.Select((found, source) =>
            {
                HashSet<string> known = [.. committed[subgraph.Plan.Sources[source].Node.Name]];
                return known.Count == 0 ? found : [.. found.Select(partition => partition with { IsLate = !known.Contains(partition.Name) })];
            }),
        ];
    }

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
            runner!.RunAsync(new Step.RaiseGuard(store, home!.Start, home.Generation, home.FenceUpTo), spec.Settings.CommitTimeout)
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
                Fail(new TakenOverException($"pipeline {name}: {refused.Message}"));
                break;
            case Outcome.Unknown { Cause: EngineException { IsTransient: false } cause }:
                Fail(cause);
                break;
            case Outcome.Unknown unknown:
                Logger.Warning(unknown.Cause, "{Store} can't be reached: {Error}; its subgraphs wait", done.Store, unknown.Cause?.Message);
                break;
        }
    }

    private sealed record StartStepDone(StartId Start, Outcome Outcome);

    private sealed class StartAgain
    {
        public static readonly StartAgain Instance = new();
    }

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
