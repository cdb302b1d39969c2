using Akka.Actor;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Settings;
using StreamEngine.Tasks;

namespace StreamEngine.Checkpoints;

/// <summary>Writes into the journal whether a pipeline is to run, while no engine does.</summary>
internal static class DesiredState
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    /// <summary>Writes it.</summary>
    /// <param name="system">An actor system with the journal.</param>
    /// <param name="journal">How the journal is kept.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="runs">Whether it is to run, rather than to be paused.</param>
    /// <returns>Whether that is another state than before.</returns>
    /// <exception cref="EngineException">The journal can't be read or written.</exception>
    public static async Task<bool> SetAsync(ActorSystem system, JournalSettings journal, PipelineName pipeline, bool runs)
    {
        var failure = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef writer = system.ActorOf(ActorProps.Of(() => new Writer(JournalReader.IdOf("", pipeline), journal.SnapshotAfter, failure)));
        Task<bool> answer = writer.Ask<bool>(new Desire(runs), Wait);
        return await (await Task.WhenAny(answer, failure.Task).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private sealed record Desire(bool Runs);

    private sealed class Writer(string id, int snapshotAfter, TaskCompletionSource<bool> failure)
        : JournalActor<PipelineHistory>(id, new PipelineHistory(), (history, happened) => history.With(happened), snapshotAfter, Serilog.Core.Logger.None)
    {
        protected override void OnRecovered()
        {
        }

        protected override void OnLost(EngineException why) => failure.TrySetException(why);

        protected override void OnMessage(object message)
        {
            if (message is not Desire desire) return;
            IActorRef asker = Sender;
            bool changes = History.Runs != desire.Runs;
            if (changes) Remember(new PipelineDesired(desire.Runs, DateTimeOffset.UtcNow));
            WhenWritten(() => asker.Tell(changes));
        }
    }
}
