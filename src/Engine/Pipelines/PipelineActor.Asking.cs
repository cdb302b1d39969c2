using Akka.Actor;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;

namespace StreamEngine.Pipelines;

/// <content>Asking the log. One across a network is down for a while now and then: what may pass is asked again, and fails the pipeline only when it doesn't.</content>
internal sealed partial class PipelineActor
{
    private int askFailures;
    private bool keepFailed;

    /// <summary>Asks on the worker, and tells this actor the answer; again with back-off while the log can't be reached.</summary>
    /// <param name="what">What is asked for, for messages.</param>
    /// <param name="ask">The question; may block.</param>
    /// <param name="told">The message that the answer makes.</param>
    private void Ask<T>(string what, Func<T> ask, Func<T, object> told)
    {
        StartId start = home!.Start;
        worker.Run(ask).PipeTo(Self, success: told, failure: error => new AskFailed(start, what, error, () => Ask(what, ask, told)));
    }

    private void OnAskFailed(AskFailed failed)
    {
        if (failed.Start != home?.Start) return;
        EngineException cause = Explain(failed.Cause);
        if (!MayPass(failed.Cause) || askFailures >= spec.Settings.Restarts.Max)
        {
            Fail(cause);
            return;
        }

        TimeSpan wait = spec.Settings.Restarts.DelayAfter(++askFailures);
        Logger.Warning(failed.Cause, "{What} failed, tried again in {Seconds} s: {Error}", failed.What, wait.TotalSeconds, cause.Message);
        Timers.StartSingleTimer($"{nameof(AskAgain)} {failed.What}", new AskAgain(failed.Start, failed.Again), wait);
    }

    private void OnAskAgain(AskAgain again)
    {
        if (again.Start == home?.Start) again.Ask();
    }

    /// <summary>Nothing waits for this but the next look at the internal topics; said once until one is well again.</summary>
    private void OnKeepFailed(KeepFailed failed)
    {
        keeping = false;
        if (!MayPass(failed.Cause))
        {
            Fail(Explain(failed.Cause));
            return;
        }

        if (!keepFailed) Logger.Warning(failed.Cause, "internal topics can't be looked after now, tried again all the time: {Error}", failed.Cause.Message);
        keepFailed = true;
    }

    /// <summary>Whether the log is across a network, and what it answered may be otherwise soon.</summary>
    private bool MayPass(Exception? cause) =>
        spec.Log.HeartbeatInterval is not null && cause is (null or TimeoutException or IOException or EngineException { IsTransient: true });

    private sealed record AskFailed(StartId Start, string What, Exception Cause, Action Again);

    private sealed record AskAgain(StartId Start, Action Ask);

    private sealed record KeepFailed(Exception Cause);
}
