using Akka.Actor;
using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Tasks;

namespace StreamEngine.Pipelines;

/// <content>Stopping: sources first, then a last epoch, then the rest; with a deadline.</content>
internal sealed partial class PipelineActor
{
    private void BeginStop()
    {
        Become(PipelineState.Stopping);
        spec.Status.Note = null;
        Timers.CancelAll();
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
                Logger.Warning(failed.Cause, "{Task} failed while it stopped; what it had not committed is read again at the next start", failed.Claim.Task);
                EndTask(failed.Claim, isFinished: false);
                break;
            case TaskMessages.TakenOver taken:
                EndTask(taken.Claim, isFinished: false);
                break;
            case Terminated terminated:
                foreach (TaskRun task in subgraphs.SelectMany(subgraph => subgraph.Tasks).Where(task => Equals(task.Actor, terminated.ActorRef))) task.Actor = null;
                EndStopIfDone();
                break;
            case StopOverdue:
                Logger.Warning(
                    "{Tasks} tasks have not stopped within {Timeout}: they are ended as they are, and what they had not committed is read again at the next start",
                    RunningTasks().Count(), spec.Settings.StopTimeout);
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
        if (RunningTasks().Any()) return;
        Timers.CancelAll();
        bool completed = subgraphs.Count > 0 && subgraphs.All(subgraph => subgraph.IsFinished);
        Become(completed ? PipelineState.Completed : PipelineState.Stopped);
        EndRecord(completed);
    }

    /// <summary>Writes into the home record that the start ended in order. That it can't is no harm: the next start takes an unfinished one too.</summary>
    private void EndRecord(bool completed)
    {
        if (home is not { } mine) return;
        Remember(new PipelineEnded(mine.Start.ToString(), completed, Now));
        byte[] record = (mine with { State = HomeState.Stopped, Heartbeat = Now }).ToBytes();
        worker.Run(() =>
        {
            if (spec.Log.ReadHome(name) is { } entry && entry.Start == mine.Start) spec.Log.WriteHome(name, mine.Start, record, entry.Version);
        });
    }

    private sealed class StopOverdue
    {
        public static readonly StopOverdue Instance = new();
    }
}
