using Akka.Actor;
using Serilog;
using StreamEngine.Checkpoints;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Settings;
using StreamEngine.Tasks;

namespace StreamEngine.Pipelines;

/// <content>Running: tasks are begun, begun anew, told what has ended; internal topics are kept small.</content>
internal sealed partial class PipelineActor
{
    private const double SealAbove = 0.5;

    private readonly Dictionary<TaskId, string> waiting = [];
    private readonly Dictionary<string, string> undiscovered = [];
    private readonly HashSet<SubgraphRun> looking = [];
    private readonly HashSet<string> fencing = [];
    private bool keeping;
    private DateTimeOffset nextDiscovery;

    private void OnRunning(object message)
    {
        switch (message)
        {
            case PartitionsFound found:
                OnPartitionsFound(found);
                break;
            case PositionsFound found:
                foreach (InternalTopicKeeper keeper in keepers.Where(keeper => keeper.Readers.Contains(found.Subgraph)))
                {
                    foreach (CommittedPosition position in found.Positions) keeper.Commit(found.Subgraph, position);
                }

                break;
            case DiscoveryFailed failed:
                OnDiscoveryFailed(failed);
                break;
            case DiscoverAgain:
                Discover();
                break;
            case FenceDone done:
                OnFenceDone(done);
                break;
            case TaskMessages.Committed committed:
                OnCommitted(committed);
                break;
            case TaskMessages.Waits waits when Find(waits.Claim) is not null:
                waiting[waits.Claim.Task] = $"{waits.Stage} can't be opened: {waits.Cause}";
                ShowNote();
                break;
            case TaskMessages.StateChanged changed when changed.State is TaskState.Running or >= TaskState.Finished:
                if (waiting.Remove(changed.Claim.Task)) ShowNote();
                break;
            case StatesOpened opened:
                states = opened.States;
                Discover();
                break;
            case TaskMessages.Finished finished:
                OnTaskFinished(finished);
                break;
            case TaskMessages.Failed failed:
                OnTaskFailed(failed);
                break;
            case TaskMessages.Restores restores when Find(restores.Claim) is not null:
                waiting[restores.Claim.Task] = $"{restores.Claim.Task}: {restores.Progress}";
                ShowNote();
                break;
            case TaskMessages.TakenOver taken when Find(taken.Claim) is not null:
                OnTakenOver(taken.Message);
                break;
            case HolderFound holder when holder.Start == home?.Start:
                Fail(TakenOverException.By(name.Value, holder.Text));
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case BeginAgain again:
                if (again.Task.Actor is null && !again.Task.IsFinished) BeginTask(again.Subgraph, again.Task);
                break;
            case PipelineMessages.TopicsFinished finished:
                finishedTopics = finished.Topics;
                FinishSources();
                break;
            case KeepTick:
                Keep();
                break;
            case RangesRead read:
                OnRangesRead(read);
                break;
            case Purged:
                keeping = false;
                keepFailed = false;
                break;
            case KeepFailed failed:
                OnKeepFailed(failed);
                break;
            case AskFailed failed:
                OnAskFailed(failed);
                break;
            case AskAgain again:
                OnAskAgain(again);
                break;
            case NewPartitions news:
                OnNewPartitions(news);
                break;
            case Status.Failure failure:
                Fail(Explain(failure.Cause));
                break;
            case PipelineMessages.Stop when !ending:
                BeginStop();
                break;
        }
    }

    /// <summary>What the pipeline waits for, in words: databases, sources, connectors of tasks.</summary>
    private void ShowNote()
    {
        string[] stores = [.. subgraphs.Where(subgraph => subgraph.IsHeldBack).Select(subgraph => $"{subgraph.Plan.Store} can't be reached").Distinct()];
        string[] all = [.. stores, .. undiscovered.Values, .. waiting.Values.Distinct()];
        spec.Status.Note = all.Length == 0 ? null : $"waits: {string.Join("; ", all)}";
    }

    private void OnPartitionsFound(PartitionsFound found)
    {
        SubgraphRun subgraph = found.Subgraph;
        if (subgraph.Tasks.Count > 0 || !subgraphs.Contains(subgraph)) return;
        discoveryFailures = 0;
        if (undiscovered.Remove(subgraph.Plan.Name)) ShowNote();
        subgraph.Assign(found.Partitions);
        Logger.Information(
            "subgraph {Subgraph} runs: tasks {Tasks}, partitions {Partitions}, commits in {CommitPoint}",
            subgraph.Plan.Name, subgraph.Tasks.Count, found.Partitions.Sum(list => list.Count), subgraph.Plan.CommitPoint.Id);
        FinishSources(subgraph);
        foreach (TaskRun task in subgraph.Tasks) BeginTask(subgraph, task);
    }

    private void BeginTask(SubgraphRun subgraph, TaskRun task)
    {
        task.Attempt++;
        var id = new TaskId(name, subgraph.Plan.Name, task.Number);
        var taskSpec = new TaskMessages.Spec
        {
            Claim = new TaskClaim(id, home!.Start, home.Generation, task.Attempt) { Slot = subgraph.FirstSlot + task.Number },
            Subgraph = subgraph.Plan,
            Guarantee = spec.Plan.Guarantee,
            Settings = subgraph.Settings,
            Partitions = [.. task.Partitions.Select(list => list.ToArray())],
            Finishing = subgraph.Finishing,
            Log = spec.Log,
            Database = subgraph.Database,
            DeadLetters = deadLetters!,
            States = states!,
            Counters = spec.Status.CountersOf(id.ToString()),
            Clock = spec.Clock,
            PipelineFolder = spec.Plan.Definition.Folder,
            DataFolder = spec.DataFolder,
            Follows = follows,
            Logger = Logger,
        };
        task.Actor = Context.ActorOf(TaskActor.Props(taskSpec, materializer), $"{subgraph.Plan.Name}-{task.Number}-{home.Generation}-{task.Attempt}");
        task.Begin();
        Context.Watch(task.Actor);
    }

    private (SubgraphRun Subgraph, TaskRun Task)? Find(TaskClaim claim)
    {
        if (claim.Start != home?.Start) return null;
        SubgraphRun? subgraph = subgraphs.Find(candidate => candidate.Plan.Name == claim.Task.Subgraph);
        TaskRun? task = subgraph?.Tasks[claim.Task.Number];
        return task?.Attempt == claim.Attempt ? (subgraph!, task) : null;
    }

    private void OnCommitted(TaskMessages.Committed committed)
    {
        if (Find(committed.Claim) is not { } found) return;
        found.Task.CountCommit();
        foreach (InternalTopicKeeper keeper in keepers.Where(keeper => keeper.Readers.Contains(committed.Claim.Task.Subgraph)))
        {
            foreach (CommittedPosition position in committed.Positions) keeper.Commit(committed.Claim.Task.Subgraph, position);
        }
    }

    private void OnTaskFinished(TaskMessages.Finished finished)
    {
        if (Find(finished.Claim) is not { } found) return;
        found.Task.IsFinished = true;
        if (!found.Subgraph.IsFinished) return;
        Logger.Debug("subgraph {Subgraph} has read all there was", found.Subgraph.Plan.Name);
        FinishSources();
        if (subgraphs.All(subgraph => subgraph.IsFinished)) Complete();
    }

    /// <summary>A source ends when nothing more can come: its topic's writers have ended, or it lies outside and isn't followed.</summary>
    private void FinishSources()
    {
        foreach (SubgraphRun subgraph in subgraphs.Where(subgraph => subgraph.Tasks.Count > 0)) FinishSources(subgraph);
    }

    private void FinishSources(SubgraphRun subgraph)
    {
        if (follows) return;
        for (int n = 0; n < subgraph.Plan.Sources.Count; n++)
        {
            if (!HasEnd(((SourceNode)subgraph.Plan.Sources[n].Node).Source) || !subgraph.Finish(n)) continue;
            foreach (TaskRun task in subgraph.Tasks) task.Actor?.Tell(new TaskMessages.FinishSource(n));
        }
    }

    private bool HasEnd(SourceDefinition source)
    {
        if (source.Topic is not { } topic) return true;
        return spec.Plan.Cuts.FirstOrDefault(cut => cut.Spec.Name == topic) is { } cut
            ? subgraphs.First(subgraph => subgraph.Plan.Name == cut.Writer).IsFinished
            : finishedTopics.Contains(topic);
    }

    private void OnTaskFailed(TaskMessages.Failed failed)
    {
        (TaskClaim claim, Exception cause, _) = failed;
        if (Find(claim) is not { } found) return;
        (SubgraphRun subgraph, TaskRun task) = found;
        EngineException error = Explain(cause);
        task.Actor = null;
        Remember(new TaskFailed(claim.Task.ToString(), claim.Attempt, error.Message, Now));

        RestartPolicy restarts = subgraph.Settings.Restarts;
        task.CountFailure(error, Now, restarts.ForgetAfter);
        if (error.Domain == ErrorDomain.Data || task.Failures > restarts.Max || task.SameFailures > restarts.SameMax)
        {
            Fail(error, LoggerOf(failed));
            return;
        }

        TimeSpan wait = restarts.DelayAfter(task.Failures);
        LoggerOf(failed).Warning(cause, "task failed, begins again from its last commit in {Seconds} s: {Error}", wait.TotalSeconds, error.Message);
        Timers.StartSingleTimer($"again-{claim.Task}", new BeginAgain(subgraph, task), wait);
    }

    /// <summary>Its lines tell of a task: which one, and in which epoch.</summary>
    private ILogger LoggerOf(TaskMessages.Failed failed)
    {
        ILogger logger = Logger.ForContext("Subgraph", failed.Claim.Task.Subgraph).ForContext("Task", failed.Claim.Task.Number).ForContext("Attempt", failed.Claim.Attempt);
        return failed.Epoch is { } epoch ? logger.ForContext("Epoch", epoch.Value) : logger;
    }

    /// <summary>A task's actor is gone without a word: a bug in it. The task is begun anew like any other that failed.</summary>
    private void OnTerminated(IActorRef actor)
    {
        foreach (SubgraphRun subgraph in subgraphs)
        {
            if (subgraph.Tasks.FirstOrDefault(task => Equals(task.Actor, actor)) is not { } task) continue;
            if (task.IsFinished) task.Actor = null;
            else
            {
                var claim = new TaskClaim(new TaskId(name, subgraph.Plan.Name, task.Number), home!.Start, home.Generation, task.Attempt);
                OnTaskFailed(new TaskMessages.Failed(claim, new EngineException(ErrorDomain.Internal, $"{claim.Task}: its actor has stopped by itself", "The log file has the cause. This is a bug."), null));
            }
        }
    }

    private void Complete()
    {
        Logger.Information("pipeline has committed all there was to read");
        EndAs(PipelineState.Completed);
    }

    // What is done every so often: purge, hold and release, lag, new partitions, databases that were down.

    private void Keep()
    {
        if (subgraphs.Any(subgraph => subgraph.IsHeldBack)) FenceHeldBack();
        if (follows && Now >= nextDiscovery) LookForPartitions();
        if (keeping || keepers.Count == 0) return;
        keeping = true;
        InternalTopicKeeper[] all = [.. keepers];
        worker.Run(() => new RangesRead([.. all.Select(keeper => (keeper, ReadRanges(keeper.Topic)))])).PipeTo(Self, failure: error => new KeepFailed(error));
    }

    private PartitionRange[] ReadRanges(TopicInfo topic) => [.. Enumerable.Range(0, topic.Partitions).Select(partition => spec.Log.Range(topic, partition))];

    private void OnRangesRead(RangesRead read)
    {
        var purges = new List<(TopicInfo Topic, int Partition, long Before)>();
        foreach ((InternalTopicKeeper keeper, PartitionRange[] ranges) in read.Topics)
        {
            HoldOrRelease(keeper.Topic.Name, ranges.Sum(range => range.Bytes));
            for (int partition = 0; partition < ranges.Length; partition++)
            {
                if (keeper.PurgeBefore(partition, ranges[partition]) is { } before) purges.Add((keeper.Topic, partition, before));
            }
        }

        spec.Status.LagRecords = read.Topics.Sum(entry => entry.Keeper.LagRecords(entry.Ranges));
        worker.Run(() =>
        {
            foreach ((TopicInfo topic, int partition, long before) in purges) spec.Log.Purge(topic, partition, before);
            return Purged.Instance;
        }).PipeTo(Self, failure: error => new KeepFailed(error));
    }

    private void HoldOrRelease(string topic, long bytes)
    {
        long bytesMax = spec.Settings.InternalTopics.BytesMax;
        Planning.CutPlan cut = spec.Plan.Cuts.First(cut => cut.Spec.Name == topic);
        SubgraphRun writer = subgraphs.First(subgraph => subgraph.Plan.Name == cut.Writer);
        foreach (TaskRun task in writer.Tasks)
        {
            if (!task.Hold(topic, bytes, bytesMax)) continue;
            Logger.Information("subgraph {Subgraph}, task {Task} {What}: internal topic {Topic} has {Bytes} bytes", cut.Writer, task.Number, task.IsHeld ? "waits for its readers" : "goes on", topic, bytes);
            task.Actor?.Tell(new TaskMessages.HoldSources(task.IsHeld));
        }

        if (bytes < bytesMax * SealAbove) return;
        foreach (SubgraphRun reader in subgraphs.Where(subgraph => cut.Readers.Contains(subgraph.Plan.Name) && subgraph.Plan.PublishesAfterCommit))
        {
            // Its positions move only when its files are published, and the topic can't shrink before that.
            foreach (TaskRun task in reader.Tasks) task.Actor?.Tell(new TaskMessages.SealNow());
        }
    }

    private void LookForPartitions()
    {
        nextDiscovery = Now + spec.Settings.DiscoveryInterval;

        // One that hasn't answered yet isn't asked again: its thread would be handed more and more.
        foreach (SubgraphRun subgraph in subgraphs.Where(subgraph => subgraph.Tasks.Count > 0 && looking.Add(subgraph)))
        {
            worker.Run(() => FindPartitions(subgraph.Plan)).PipeTo(
                Self, success: partitions => new NewPartitions(subgraph, partitions, null), failure: error => new NewPartitions(subgraph, [], error));
        }
    }

    private void OnNewPartitions(NewPartitions found)
    {
        looking.Remove(found.Subgraph);
        if (found.Error is { } error)
        {
            Logger.Warning(error, "subgraph {Subgraph} can't be asked for new partitions, and is again later: {Error}", found.Subgraph.Plan.Name, error.Message);
            return;
        }

        for (int source = 0; source < found.Partitions.Count; source++)
        {
            HashSet<string> known = [.. found.Subgraph.Tasks.SelectMany(task => task.Partitions[source]).Select(partition => partition.Name)];
            int next = found.Subgraph.Tasks.SelectMany(task => task.Partitions[source]).Select(partition => partition.Index).DefaultIfEmpty(-1).Max() + 1;
            foreach (SourcePartition partition in found.Partitions[source].Where(partition => !known.Contains(partition.Name)))
            {
                if (found.Subgraph.Plan.States.Count > 0 && ((SourceNode)found.Subgraph.Plan.Sources[source].Node).Source.Topic is { } topic)
                {
                    Fail(Grown(found.Subgraph, topic, found.Partitions[source].Count));
                    return;
                }

                // Numbers given before must not be given again, whatever the order in which partitions are listed now.
                SourcePartition added = partition with { Index = Math.Max(partition.Index, next), IsLate = true };
                next = added.Index + 1;
                TaskRun task = found.Subgraph.Add(source, added);
                Logger.Information("subgraph {Subgraph}, task {Task} reads {Partition} too", found.Subgraph.Plan.Name, task.Number, added.Name);
                task.Actor?.Tell(new TaskMessages.AddPartition(source, added));
            }
        }
    }

    /// <summary>Keys are in other partitions from now on, and what is kept of them isn't.</summary>
    private EngineException Grown(SubgraphRun subgraph, string topic, int partitions) => new(
        ErrorDomain.User,
        $"pipeline {name}: topic {topic} has grown to {Counted.Of(partitions, "partition")}, and subgraph {subgraph.Plan.Name} keeps state ({string.Join(", ", subgraph.Plan.States.Select(stage => stage.State.Name))}) " +
        "by its partitions: records of a key would be looked for where its state isn't",
        "Reset the pipeline to begin at the beginning (pipelines reset), or write to a new topic with as many partitions; give the key anew in front of the state to let such a topic grow.");

    private sealed record BeginAgain(SubgraphRun Subgraph, TaskRun Task);

    private sealed record RangesRead(IReadOnlyList<(InternalTopicKeeper Keeper, PartitionRange[] Ranges)> Topics);

    private sealed class Purged
    {
        public static readonly Purged Instance = new();
    }

    private sealed record NewPartitions(SubgraphRun Subgraph, IReadOnlyList<IReadOnlyList<SourcePartition>> Partitions, Exception? Error);
}
