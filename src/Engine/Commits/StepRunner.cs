using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Commits;

/// <summary>
/// Carries the steps of the protocol out on the real stores. What may block runs on a thread of its own, and every step has a deadline: what
/// isn't answered by then may have been done or not.
/// </summary>
internal abstract class StepRunner(ILog log, PipelineName pipeline, string folder, Func<string, IStagedSink> stagedSink, WorkerThread worker)
{
    protected ILog Log { get; } = log;

    protected PipelineName Pipeline { get; } = pipeline;

    /// <summary>Carries a step out. Never throws: what goes wrong is an outcome.</summary>
    public async Task<Outcome> RunAsync(Step step, TimeSpan timeout)
    {
        using var cancellation = new CancellationTokenSource();
        try
        {
            Outcome outcome = await Carry(step, cancellation.Token).WaitAsync(timeout).ConfigureAwait(false);
            return outcome;
        }
        catch (CommitRefusedException e)
        {
            return new Outcome.Refused(e.Reason, e.Message);
        }
        catch (TimeoutException)
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
            return new Outcome.Unknown(new TimeoutException($"no answer within {timeout.TotalSeconds:0.###} s"));
        }
        catch (Exception e)
        {
            return new Outcome.Unknown(e);
        }
    }

    /// <summary>Carries out a step that only one kind of protocol has.</summary>
    protected abstract Task<Outcome> CarryOwn(Step step, CancellationToken cancellation);

    /// <summary>Runs what may block on the thread that is there for it.</summary>
    protected Task<Outcome> Block(Action work) => worker.Run<Outcome>(() =>
    {
        work();
        return Outcome.Done.Instance;
    });

    /// <summary>Runs what may block on the thread that is there for it.</summary>
    protected Task<Outcome> Block(Func<Outcome> work) => worker.Run(work);

    /// <summary>Waits for a call on the thread that is there for it: an asynchronous call of a database's client may block all the same.</summary>
    protected Task<T> Wait<T>(Func<Task<T>> call) => worker.Run(() => call().GetAwaiter().GetResult());

    /// <summary>Waits for a call on the thread that is there for it.</summary>
    protected Task<Outcome> Wait(Func<Task> call) => worker.Run<Outcome>(() =>
    {
        call().GetAwaiter().GetResult();
        return Outcome.Done.Instance;
    });

    private Task<Outcome> Carry(Step step, CancellationToken cancellation) => step switch
    {
        Step.ListSealed list => Block(() => new Outcome.Listed([.. Log.Unpublished(Pipeline).Where(stage => list.Task is not { } task || stage.Task == task)])),
        Step.Publish publish => Block(() =>
        {
            stagedSink(publish.Stage.Sink).Publish(publish.Stage.Manifest, folder);
            CrashPoints.Pass(CrashPoints.Published);
        }),
        Step.NotePublished note => Block(() => Log.NotePublished(note.Stage)),
        _ => CarryOwn(step, cancellation),
    };
}

/// <summary>Carries out the steps of a start.</summary>
/// <param name="log">The engine's log.</param>
/// <param name="pipeline">The pipeline.</param>
/// <param name="folder">The data directory.</param>
/// <param name="stagedSinks">The sinks of the plan that stage output, by their names.</param>
/// <param name="database">Opens a database by its id.</param>
/// <param name="subgraphsIn">The subgraphs whose positions a database holds, of the plan before as of the new one.</param>
/// <param name="checkPlan">Checks the plan against the record that was read; returns what stands against it.</param>
/// <param name="worker">The thread for what may block.</param>
internal sealed class StartStepRunner(
    ILog log,
    PipelineName pipeline,
    string folder,
    IReadOnlyDictionary<string, IStagedSink> stagedSinks,
    Func<string, ICommitDatabase> database,
    Func<string, HomeRecord?, IReadOnlyList<string>> subgraphsIn,
    Func<HomeRecord?, string?> checkPlan,
    WorkerThread worker)
    : StepRunner(log, pipeline, folder, name => Find(stagedSinks, name), worker)
{
    private static readonly TimeSpan StandbyWaitMax = TimeSpan.FromSeconds(1);

    private readonly string folder = folder;
    private HolderWatch? watch;
    private HomeRecord? seen;

    /// <summary>Who starts.</summary>
    public ProcessIdentity Identity { get; init; } = ProcessIdentity.Current;

    /// <summary>The engine's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    protected override Task<Outcome> CarryOwn(Step step, CancellationToken cancellation) => step switch
    {
        Step.ReadHome => Block(ReadHome),
        Step.AwaitHolder => AwaitHolder(cancellation),
        Step.ClaimHome claim => Block(() => Log.ClaimHome(Pipeline, claim.Start)),
        Step.FenceTasks fence => Block(() => Log.FenceTasks(Pipeline, fence.Start, fence.UpTo)),
        Step.CheckPlan check => Block(() => checkPlan(check.Seen) is { } problem ? new Outcome.PlanRefused(problem) : Outcome.Done.Instance),
        Step.WriteHome write => Block(() => Written(Log.WriteHome(Pipeline, write.Record.Start, write.Record.ToBytes(), write.ExpectedVersion))),
        Step.RaiseGuard raise => Wait(() => database(raise.Store).RaiseGuardAsync(Pipeline, subgraphsIn(raise.Store, seen), raise.Start, raise.Generation, raise.Tasks, cancellation)),
        Step.ClearDatabase clear => Wait(() => database(clear.Store).ClearAsync(Pipeline, clear.Start, clear.Begin, cancellation)),
        Step.ClearLog clear => Block(() => Log.Clear(Pipeline, clear.Start, clear.Begin)),
        Step.DiscardStaged discard => Block(() =>
        {
            foreach (IStagedSink sink in stagedSinks.Values) sink.Discard(new StageOwner(Pipeline, discard.Before, discard.Attempt), folder);
        }),
        _ => throw new InvalidOperationException($"{step.GetType().Name} is no step of a start"),
    };

    private Outcome ReadHome()
    {
        if (Log.ReadHome(Pipeline) is not { } entry)
        {
            seen = null;
            return new Outcome.HomeRead(null, 0);
        }

        watch ??= new HolderWatch(Log.HeartbeatTimeout, Identity, Clock);
        seen = HomeRecord.Parse(entry.Record.Span);
        return new Outcome.HomeRead(seen, entry.Version) { HolderLives = watch.Lives(entry, seen) };
    }

    /// <summary>Not on the thread for what may block, which has nothing to do meanwhile.</summary>
    private async Task<Outcome> AwaitHolder(CancellationToken cancellation)
    {
        TimeSpan wait = Log.HeartbeatInterval is { } interval && interval < StandbyWaitMax ? interval : StandbyWaitMax;
        await Task.Delay(wait, Clock, cancellation).ConfigureAwait(false);
        return Outcome.Done.Instance;
    }

    private static IStagedSink Find(IReadOnlyDictionary<string, IStagedSink> sinks, string name) => sinks.TryGetValue(name, out IStagedSink? sink)
        ? sink
        : throw new EngineException(
            ErrorDomain.User,
            $"there is output of sink {name} that is sealed and not published, and the pipeline has no such sink any more",
            $"Start the pipeline once more with a sink of that name (name: \"{name}\"), so that it can publish what it has sealed.");

    private static Outcome Written(bool written) =>
        written ? Outcome.Done.Instance : new Outcome.Refused(RefusalReason.NewerStart, "the home record was written by another start");
}

/// <summary>Carries out the steps of a task.</summary>
/// <param name="log">The engine's log.</param>
/// <param name="claim">The task's claim.</param>
/// <param name="folder">The data directory.</param>
/// <param name="partitions">The source partitions of the task.</param>
/// <param name="commitPoint">Where it commits.</param>
/// <param name="stagedSinks">Its sinks that stage output, with their writers.</param>
/// <param name="flushed">Its writers that have to be flushed before positions are committed.</param>
/// <param name="worker">The thread for what may block.</param>
internal sealed class TaskStepRunner(
    ILog log,
    TaskClaim claim,
    string folder,
    IReadOnlyList<SourcePartitionId> partitions,
    ICommitPoint commitPoint,
    IReadOnlyDictionary<string, (IStagedSink Sink, ISinkWriter Writer)> stagedSinks,
    IReadOnlyList<ISinkWriter> flushed,
    WorkerThread worker)
    : StepRunner(log, claim.Task.Pipeline, folder, name => stagedSinks[name].Sink, worker)
{
    private readonly string folder = folder;

    protected override Task<Outcome> CarryOwn(Step step, CancellationToken cancellation) => step switch
    {
        Step.ClaimTask => Wait(() => commitPoint.ClaimAsync(partitions, cancellation)),
        Step.CheckStart => Wait(() => commitPoint.CheckStartAsync(cancellation)),
        Step.ReadPositions => ReadPositions(cancellation),
        Step.DiscardStaged discard => Block(() =>
        {
            foreach ((IStagedSink sink, _) in stagedSinks.Values) sink.Discard(new StageOwner(Pipeline, discard.Before, discard.Attempt), folder);
        }),
        Step.SyncStages sync => Block(() =>
        {
            foreach (SealedStage stage in sync.Epoch.Outputs.OfType<SealedStage>()) stagedSinks[stage.Sink].Writer.Sync(stage);
            CrashPoints.Pass(CrashPoints.Staged);
        }),
        Step.Flush => Block(() =>
        {
            foreach (ISinkWriter writer in flushed) writer.Flush();
        }),
        Step.Commit commit => Commit(commit.Epoch, cancellation),
        _ => throw new InvalidOperationException($"{step.GetType().Name} is no step of a task"),
    };

    private async Task<Outcome> ReadPositions(CancellationToken cancellation) =>
        new Outcome.PositionsRead(await Wait(() => commitPoint.ReadPositionsAsync(partitions, cancellation)).ConfigureAwait(false));

    private async Task<Outcome> Commit(EpochCommit epoch, CancellationToken cancellation)
    {
        CrashPoints.Pass(CrashPoints.AfterSeal);

        // The embedded log has its own committer; what else commits does so on this task's thread for it.
        if (commitPoint is ILogSession) await commitPoint.CommitAsync(epoch, cancellation).ConfigureAwait(false);
        else await Wait(() => commitPoint.CommitAsync(epoch, cancellation)).ConfigureAwait(false);
        if (epoch.Outputs.Any(output => output is SealedStage)) CrashPoints.Pass(CrashPoints.Sealed);
        return Outcome.Done.Instance;
    }
}
