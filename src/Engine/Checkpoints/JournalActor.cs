using Akka.Persistence;
using Serilog;
using StreamEngine.Diagnostics;

namespace StreamEngine.Checkpoints;

/// <summary>
/// An actor that remembers through the journal: its history is recovered before its first command, and kept small by snapshots, behind which events
/// and older snapshots are removed.
/// </summary>
/// <typeparam name="THistory">What it remembers.</typeparam>
internal abstract class JournalActor<THistory> : UntypedPersistentActor
    where THistory : JournalEvent
{
    private readonly int snapshotAfter;
    private readonly Func<THistory, JournalEvent, THistory> add;
    private THistory written;
    private int events;
    private bool saving;
    private long snapshotAt;

    protected JournalActor(string id, THistory empty, Func<THistory, JournalEvent, THistory> add, int snapshotAfter, ILogger logger)
    {
        PersistenceId = id;
        History = written = empty;
        this.add = add;
        this.snapshotAfter = snapshotAfter;
        Logger = logger;
    }

    public sealed override string PersistenceId { get; }

    /// <summary>What it remembers now.</summary>
    protected THistory History { get; private set; }

    protected ILogger Logger { get; }

    /// <summary>Called once, when the history is recovered.</summary>
    protected abstract void OnRecovered();

    /// <summary>A command.</summary>
    protected abstract void OnMessage(object message);

    /// <summary>Remembers an event; commands are taken on meanwhile.</summary>
    protected void Remember(JournalEvent happened)
    {
        History = add(History, happened);
        CrashPoints.Pass(CrashPoints.Journal);
        PersistAsync(happened, _ =>
        {
            // Of what is written, and nothing that is still on its way: that is replayed behind the snapshot.
            written = add(written, happened);
            if (++events < snapshotAfter || saving) return;
            saving = true;
            events = 0;
            SaveSnapshot(written);
        });
    }

    /// <summary>Does something when all that was to be remembered until now is written, so that nobody acts on what the journal doesn't have.</summary>
    protected void WhenWritten(Action act) => DeferAsync(act, deferred => deferred());

    protected sealed override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: THistory history } offer:
                snapshotAt = offer.Metadata.SequenceNr;
                History = written = history;
                break;
            case JournalEvent happened:
                History = written = add(History, happened);
                events++;
                break;
            case RecoveryCompleted:
                // The process that saved the snapshot may have ended before it had removed what lies before it.
                if (snapshotAt > 0) RemoveBefore(snapshotAt);
                OnRecovered();
                break;
        }
    }

    protected sealed override void OnCommand(object message)
    {
        switch (message)
        {
            case SaveSnapshotSuccess saved:
                saving = false;
                RemoveBefore(saved.Metadata.SequenceNr);
                break;
            case SaveSnapshotFailure failed:
                saving = false;
                events = snapshotAfter;
                Logger.Warning(failed.Cause, "a snapshot of the journal could not be saved; the next one is tried later");
                break;
            case DeleteMessagesFailure failed:
                Logger.Warning(failed.Cause, "old events of the journal could not be removed; the next snapshot tries again");
                break;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                break;
            default:
                OnMessage(message);
                break;
        }
    }

    private void RemoveBefore(long snapshot)
    {
        DeleteMessages(snapshot);
        DeleteSnapshots(new SnapshotSelectionCriteria(snapshot - 1));
    }

    /// <summary>An event that was rejected is one that is not remembered: the actor stops, as it does when writing fails.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        Logger.Error(cause, "the journal rejected {Event}", @event.GetType().Name);
        Context.Stop(Self);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Lose("written", cause);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => Lose("read", reason);

    /// <summary>The journal has failed it, and it stops: an actor that can't remember must not act.</summary>
    protected virtual void OnLost(EngineException why)
    {
    }

    private void Lose(string what, Exception cause)
    {
        var why = new EngineException(
            ErrorDomain.External,
            $"the journal can't be {what}: {cause.Message}",
            "Look at its disk, for room too, or at its database, and start again: pipelines go on from their last commits. It holds history only: if it is damaged, move it away (engine/journal.db in the data directory).",
            cause);
        Logger.Error(cause, "{Error}", why.Message);
        OnLost(why);
    }
}
