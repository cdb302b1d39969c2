using System.Collections.Concurrent;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Commits;

namespace StreamEngine.Kafka.State;

/// <summary>
/// Keyed states whose truth is in changelogs: what tasks commit goes there in their transactions, and behind the commit into copies on this machine, which are read.
/// Thread-safe.
/// </summary>
/// <remarks>
/// A copy notes up to where it is one: a lower bound, asked of the cluster before a commit and noted behind it. What lies behind it is read again at the next start;
/// whole values, so twice does no harm.
/// </remarks>
internal sealed class ChangelogStates(KafkaCommits commits, Func<ILogReader> openReader)
{
    private readonly ConcurrentDictionary<uint, StateCopies> copies = new();

    /// <summary>A state of a pipeline, as the engine knows it.</summary>
    /// <param name="document">As it is noted.</param>
    /// <param name="changelog">Its changelog.</param>
    public StateInfo Info(StateDocument document, TopicInfo changelog)
    {
        var info = new StateInfo(changelog.Number, new StateSpec(document.Name, document.Shape, document.Partitions));
        copies.TryAdd(info.Number, new StateCopies(info, changelog, commits.Options.LocalState));
        return info;
    }

    /// <summary>The topic of a state's changes.</summary>
    public string ChangelogOf(StateInfo state) => Of(state).Changelog.Name;

    /// <summary>Reads what is committed.</summary>
    public IStateReader Reader(StateInfo state) => Of(state);

    /// <summary>Removes the copies of a state.</summary>
    public void Drop(StateInfo state)
    {
        if (commits.Options.LocalState is null) return;
        StateCopies of = Of(state);
        for (int partition = 0; partition < state.Spec.Partitions; partition++)
        {
            commits.Options.LocalState.Drop(of.Copy(partition));
            of.Forget(partition);
        }
    }

    /// <summary>Brings the copies of a state up to the end of its changelog. The ids that have written it are fenced by then.</summary>
    /// <exception cref="EngineException">The changelog is shorter than the copy, or was made anew.</exception>
    public void Restore(StateInfo state, IReadOnlyList<int> partitions, Action<string> progress)
    {
        StateCopies of = Of(state);
        if (commits.Cluster.Find(of.Changelog.Name) is not { } now || now.Id != of.Changelog.Id) throw Gone(of);
        commits.Cluster.CheckBatches(now);
        int[] owned = [.. partitions.Where(partition => partition < state.Spec.Partitions)];

        // After an error (a full disk) copies are of no use until they are asked for again.
        foreach (int partition in owned) of.Forget(partition);
        new ChangelogRestore(commits, of, openReader, progress).Run(owned);
    }

    /// <summary>
    /// Up to where copies go once the commit that is about to be made succeeds: that it does proves that nobody else had written the changelogs by now. Asked before
    /// the epoch's own changes are sent.
    /// </summary>
    public IReadOnlyList<(ILocalState Copy, LocalStateBound Bound)> AskBounds(IEnumerable<(StateInfo State, int Partition)> owned) =>
    [
        .. owned.Select(entry => (Copies: Of(entry.State), entry.Partition))
            .Select(entry => (entry.Copies.Copy(entry.Partition), new LocalStateBound(commits.Cluster.Watermarks(entry.Copies.Changelog.Name, entry.Partition).High, Now))),
    ];

    /// <summary>What an epoch has changed is committed: the copies follow.</summary>
    public void Apply(IReadOnlyList<StateChanges> epoch, IReadOnlyList<(ILocalState Copy, LocalStateBound Bound)> bounds)
    {
        if (epoch.Count == 0 && bounds.Count == 0) return;

        // A copy can't be made while copies are written.
        foreach (StateChanges changes in epoch)
        {
            StateCopies of = Of(changes.State);
            foreach (StateChange change in changes) of.Copy(change.Partition);
        }

        commits.Options.LocalState!.Write(batch =>
        {
            foreach (StateChanges changes in epoch)
            {
                StateCopies of = Of(changes.State);
                foreach (StateChange change in changes)
                {
                    ILocalState copy = of.Copy(change.Partition);
                    if (change.IsDelete) batch.Delete(copy, change.Key);
                    else batch.Put(copy, change.Key, change.Value);
                }
            }

            foreach ((ILocalState copy, LocalStateBound bound) in bounds) batch.SetBound(copy, bound);
        });
    }

    /// <summary>That a changelog isn't what positions go with.</summary>
    public static EngineException Gone(StateCopies of) => new(
        ErrorDomain.Data,
        $"topic {of.Changelog.Name}, which holds keyed state {of.Info.Spec.Name}, was deleted, or made anew: the state is lost, and the positions that go with it would not be read again",
        "Restore the topic, or reset the pipeline to begin at the beginning: pipelines reset.");

    private long Now => commits.Options.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private StateCopies Of(StateInfo state) => copies.TryGetValue(state.Number, out StateCopies? of)
        ? of
        : throw new InvalidOperationException($"state {state.Spec.Name} was not opened in this log");
}
