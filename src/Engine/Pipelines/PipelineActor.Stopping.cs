using Akka.Actor;
using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Tasks;

namespace StreamEngine.Pipelines;

/// <content>Stopping: sources first, then a last epoch, then the rest; with a deadline.</content>
internal sealed partial class PipelineActor
{
    private bool ending;

    private void BeginStop()
    {
        Become(PipelineState.Stopping);
        spec.Status.Note = null;
        Timers.CancelAll();
        BeginBeating();
        foreach (TaskRun task in RunningTasks()) task.Actor!.Tell(new TaskMessages.Stop());
        Timers.StartSingleTimer(nameof(StopOverdue), StopOverdue.Instance, spec.Settings.StopTimeout);
        EndStopIfDone();
    }

    private void OnStopping(object message)
    {
        switch (message)
        {
            case TaskMessages.Stopped stopped:
                EndTask(stopped.Claim, isFinished: false);
                break;
            case TaskMessages.Finished finished:
                EndTask(finished.Claim, isFinished: true);
                break;
            case TaskMessages.Failed failed:
                LoggerOf(failed).Warning(failed.Cause, "task failed while it stopped; what it had not committed is read again at the next start: {Error}", failed.Cause.Message);
                spec.Status.Failure ??= Explain(failed.Cause);
                EndTask(failed.Claim, isFinished: false);
                break;
            case TaskMessages.TakenOver taken when Find(taken.Claim) is not null:
                OnTakenOver(taken.Message);
                break;
            case HolderFound holder when holder.Start == home?.Start && !ending:
                Fail(TakenOverException.By(name.Value, holder.Text));
                break;
            case Terminated terminated:
                foreach (TaskRun task in subgraphs.SelectMany(subgraph => subgraph.Tasks).Where(task => Equals(task.Actor, terminated.ActorRef))) task.Actor = null;
                EndStopIfDone();
                break;
            case StopOverdue:
                Logger.Warning(
                    "{Tasks} have not stopped within {Seconds} s: they are ended as they are, and what they had not committed is read again at the next start",
                    Counted.Of(RunningTasks().Count(), "task"), spec.Settings.StopTimeout.TotalSeconds);
                spec.Status.Failure ??= new EngineException(
                    ErrorDomain.User,
                    $"pipeline {name}: {Counted.Of(RunningTasks().Count(), "task")} had not stopped within {spec.Settings.StopTimeout.TotalSeconds:0.###} s",
                    "What was not committed is read again at the next start. Look for a stage that takes long for its records, or raise stop.timeout.");
                StopTasks();
                EndStopIfDone();
                break;
        }
    }

    private IEnumerable<TaskRun> RunningTasks() => subgraphs.SelectMany(subgraph => subgraph.Tasks).Where(task => task.Actor is not null);

    private void EndTask(TaskClaim claim, bool isFinished)
    {
        if (Find(claim) is not { } found) return;
        found.Task.Actor = null;
        found.Task.IsFinished |= isFinished;
        EndStopIfDone();
    }

    private void EndStopIfDone()
    {
        if (isTakenOver || RunningTasks().Any()) return;
        EndAs(subgraphs.Count > 0 && subgraphs.All(subgraph => subgraph.IsFinished) ? PipelineState.Completed : PipelineState.Stopped);
    }

    /// <summary>
    /// Writes into the home record that the start ended in order, and goes to its end behind that. That it can't be written in time is no harm: the next
    /// start takes an unfinished one too.
    /// </summary>
    private void EndAs(PipelineState end)
    {
        if (ending) return;
        ending = true;
        Timers.CancelAll();
        var written = new RecordWritten(end);
        if (home is not { } mine)
        {
            OnRecordWritten(written);
            return;
        }

        Remember(new PipelineEnded(mine.Start.ToString(), end == PipelineState.Completed, Now));
        byte[] record = (mine with { State = HomeState.Stopped, Heartbeat = Now }).ToBytes();
        worker.Run(() =>
        {
            if (spec.Log.ReadHome(name) is { } entry && entry.Start == mine.Start) spec.Log.WriteHome(name, mine.Start, record, entry.Version);
        }).WaitAsync(spec.Settings.StopTimeout).PipeTo(Self, success: () => written, failure: _ => written);
    }

    private void OnRecordWritten(RecordWritten written)
    {
        if (!ending) return;
        ending = false;
        Become(written.End);
    }

    private sealed record RecordWritten(PipelineState End);

    private sealed class StopOverdue
    {
        public static readonly StopOverdue Instance = new();
    }
}
