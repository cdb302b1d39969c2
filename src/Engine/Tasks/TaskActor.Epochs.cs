using Akka.Actor;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Tasks.Stages;

namespace StreamEngine.Tasks;

/// <content>Epochs: when one is closed, what its commit holds, and what follows from the answer.</content>
internal sealed partial class TaskActor
{
    /// <summary>The commit interval is over: close the epoch if something has been read, and files aren't to stay open.</summary>
    private void OnTick()
    {
        if (Taken == takenAtBarrier && !closeSoon) return;
        if (spec.Subgraph.PublishesAfterCommit && !closeSoon)
        {
            TimeSpan open = spec.Clock.GetUtcNow() - closedAt;
            bool hasFiles = graph!.Sinks.Any(sink => sink.OpenRecords > 0);
            if (open < (hasFiles ? resources.StageLimits.Age : spec.Settings.StagedIdleCommit)) return;
        }

        Close();
    }

    /// <summary>Close the epoch as soon as none is being closed or committed.</summary>
    private void CloseSoon()
    {
        closeSoon = true;
        Close();
    }

    private void Close()
    {
        if (tracker!.Open is not null || !protocol.IsRunning || committing is not null) return;
        closeSoon = false;
        takenAtBarrier = Taken;
        closedAt = spec.Clock.GetUtcNow();
        barrierEpoch = barrierEpoch.Next();
        tracker.Begin(barrierEpoch);
        Timers.StartSingleTimer(DrainTimer, new DrainOverdue(barrierEpoch), spec.Settings.DrainTimeout);
        TellSources(new SourceCommand.Close(barrierEpoch));
    }

    private void CommitIfSealed()
    {
        if (!tracker!.IsSealed || committing is not null) return;
        Timers.Cancel(DrainTimer);
        (IReadOnlyList<StateChanges> changes, IReadOnlyList<DeadLetter> letters) = ledger.Take(barrierEpoch);
        recordsOut = tracker.Outputs.Where(IsOutside).Sum(output => (long)output.Records);

        // What went to a store without transactions is flushed before the commit, and not part of it.
        IReadOnlyList<SealedOutput> outputs = spec.Subgraph.CommitPoint is FlushCommitPoint ? [] : [.. tracker.Outputs];
        Commit(new EpochCommit(spec.Claim, commitEpoch.Next(), Positions(tracker.Moved)) { Outputs = outputs, State = changes, DeadLetters = letters });
    }

    /// <summary>Whether output leaves the pipeline, rather than going to another subgraph of it.</summary>
    private static bool IsOutside(SealedOutput output) => output is not (SealedChunks { Topic.Spec.Owner: not null } or SentRecords { Topic.Spec.Owner: not null });

    /// <summary>At-most-once: where the sources have read to is committed before what they have read goes on.</summary>
    private void CommitPositionsFirst()
    {
        outputFollows = true;
        Commit(new EpochCommit(spec.Claim, commitEpoch.Next(), Positions(tracker!.TakeMoved())));
    }

    private List<CommittedPosition> Positions(IReadOnlyList<(int Source, int Partition, Position Position)> moved) =>
        [.. moved.Select(entry =>
        {
            SourcePartitionId id = resources.IdOf(entry.Source, entry.Partition);
            return new CommittedPosition(id, entry.Position, rowEpochs.GetValueOrDefault(id));
        })];

    private void Commit(EpochCommit commit)
    {
        committing = commit;
        protocol = protocol.Seal(commit);
        Step();
    }

    private void Committed()
    {
        AfterCommit();
        if (outputFollows)
        {
            outputFollows = false;
            TellSources(new SourceCommand.Release());
            CommitIfSealed();
            return;
        }

        ledger.Committed = barrierEpoch;
        resources.Release(tracker!.Outputs);
        tracker.End();
        foreach (SinkStage sink in graph!.Sinks) sink.Committed(barrierEpoch);
        bool isLast = AllEnded && Taken == takenAtBarrier;
        if (isLast || (isStopping && !closeSoon)) Complete();
        else if (closeSoon) Close();
    }

    private void AfterCommit()
    {
        EpochCommit done = committing!;
        committing = null;
        commitEpoch = done.Epoch;
        foreach (CommittedPosition position in done.Positions) rowEpochs[position.Partition] = done.Epoch;
        spec.Counters.CountCommit(recordsOut, done.DeadLetters.Count, spec.Clock.GetUtcNow());
        recordsOut = 0;
        pipeline.Tell(new TaskMessages.Committed(spec.Claim, done.Epoch, done.Positions));
    }

    private void Step()
    {
        if (protocol.Next is not { } step) return;
        if (state < TaskState.Running) CrashPoints.Pass(CrashPoints.TaskStart);
        runner!.RunAsync(step, spec.Settings.CommitTimeout).PipeTo(Self, success: outcome => new StepDone(outcome));
    }

    /// <summary>Hands an outcome to the protocol; false when that ended the attempt.</summary>
    private bool Apply(StepDone done)
    {
        if (done.Outcome is Outcome.Unknown { Cause: { } cause }) Log.Warning(cause, "{Step} failed: {Error}", protocol.Next?.GetType().Name, cause.Message);
        protocol = protocol.Apply(done.Outcome);
        switch (protocol.End)
        {
            case TaskEnd.TakenOver over:
                End(TaskState.Failed, new TaskMessages.TakenOver(spec.Claim, over.Message));
                return false;
            case TaskEnd.Restart restart:
                Fail(restart.Cause as EngineException ?? new CommitFailedException($"{spec.Claim.Task}: {restart.Message}", restart.Cause));
                return false;
            default:
                return true;
        }
    }
}
