using Akka.Actor;
using StreamEngine.Commits;
using StreamEngine.Contracts;

namespace StreamEngine.Pipelines;

/// <content>Holding the pipeline where other processes could take it: showing that this one lives, and noticing that another has it.</content>
internal sealed partial class PipelineActor
{
    private WorkerThread? beats;
    private bool isBeating;
    private bool beatFailed;
    private bool isTakenOver;

    private void BeginBeating()
    {
        if (spec.Log.HeartbeatInterval is not { } interval) return;

        // A thread of its own: the other one may wait for longer than a start may be silent.
        beats ??= new WorkerThread($"heartbeat of {name}");
        isBeating = false;
        beatFailed = false;
        Timers.StartPeriodicTimer(nameof(BeatTick), BeatTick.Instance, interval);
    }

    private void OnBeatTick()
    {
        if (isBeating || HeldStart is not { } start) return;
        isBeating = true;
        beats!.Run(() => spec.Log.Beat(name, start)).PipeTo(
            Self, success: isHeld => new BeatDone(start, isHeld, null), failure: error => new BeatDone(start, true, error));
    }

    /// <summary>The start whose record there is to keep alive; null before the claim, while the record itself is being written, and behind the end.</summary>
    private StartId? HeldStart => state switch
    {
        PipelineState.Starting => starting is { HoldsRecord: true, Next: not Step.WriteHome } held ? held.Wanted.Start : null,
        PipelineState.Ready or PipelineState.Running or PipelineState.Stopping when !ending => home?.Start,
        _ => null,
    };

    private void OnBeat(BeatDone done)
    {
        isBeating = false;
        if (done.Start != HeldStart) return;
        if (done.Error is { } error)
        {
            if (!beatFailed) Logger.Warning(error, "can't show that it lives, and tries again: {Error}", error.Message);
            beatFailed = true;
            return;
        }

        beatFailed = false;

        // A start that is still under way finds out by itself, at its next write.
        if (!done.IsHeld && state != PipelineState.Starting) OnTakenOver("another start");
    }

    /// <summary>Another start holds the pipeline: nothing that runs here can be committed any more.</summary>
    /// <param name="by">Who, if the record can't be asked.</param>
    private void OnTakenOver(string by)
    {
        if (isTakenOver || home is not { Start: var start }) return;
        isTakenOver = true;
        StopTasks();
        worker.Run(FindHolder).PipeTo(Self, success: holder => new HolderFound(start, holder), failure: _ => new HolderFound(start, by));
    }

    /// <summary>Who holds the pipeline now. May block.</summary>
    private string FindHolder() => spec.Log.ReadHome(name) is { } entry
        ? StartProtocol.Holder(HomeRecord.Parse(entry.Record.Span))
        : "a start that deleted it";

    private sealed record HolderFound(StartId Start, string Text);

    private sealed record BeatDone(StartId Start, bool IsHeld, Exception? Error);

    private sealed class BeatTick
    {
        public static readonly BeatTick Instance = new();
    }
}
