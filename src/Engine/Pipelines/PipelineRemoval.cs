using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;

namespace StreamEngine.Pipelines;

/// <summary>
/// Removes what the log and the databases hold of a pipeline that doesn't run: positions, states, internal topics, dead letters; and sets where it begins
/// then. By the steps of a start, so that who comes second finishes what was interrupted. What is sealed is published first, or the removal refused.
/// </summary>
internal sealed class PipelineRemoval
{
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(30);

    private readonly Options options;
    private readonly HomeRecord home;
    private readonly PlanRecord? known;
    private readonly Dictionary<string, IStagedSink> staged;

    /// <param name="options">What is to be removed.</param>
    /// <exception cref="EngineException">The pipeline was never started here, or was deleted.</exception>
    public PipelineRemoval(Options options)
    {
        this.options = options;
        home = PipelineHomes.Read(options.Pipeline, options.Log.Description, options.Log.Homes(), options.Log.ReadHome);
        known = home.Plan ?? options.Plan?.ToRecord();
        staged = SinksOf(options.Plan).Where(node => node.Sink is IStagedSink).ToDictionary(node => node.Name, node => (IStagedSink)node.Sink);
    }

    /// <summary>What is removed, and of what.</summary>
    public sealed record Options
    {
        public required ILog Log { get; init; }

        /// <summary>The data directory.</summary>
        public required string Folder { get; init; }

        public required PipelineName Pipeline { get; init; }

        /// <summary><see cref="StartIntent.Reset"/>, or <see cref="StartIntent.Delete"/>.</summary>
        public required StartIntent Intent { get; init; }

        /// <summary>Its plan, which databases are opened by, sealed output is published by, and sources are asked by where they begin; null when it isn't at hand.</summary>
        public PipelinePlan? Plan { get; init; }

        /// <summary>Where it is to begin; where its sources say when null.</summary>
        public ResetTarget? Target { get; init; }

        /// <summary>Whether the topics of users that it writes go too.</summary>
        public bool DeletesTopics { get; init; }

        public TimeProvider Clock { get; init; } = TimeProvider.System;
    }

    /// <summary>Finds out what the removal does. Changes nothing; may block.</summary>
    /// <exception cref="EngineException">It can't be done so: something that it needs isn't there.</exception>
    public RemovalPreview Look()
    {
        ILog log = options.Log;
        var acts = new List<RemovalAct>();
        foreach (UnpublishedStage stage in log.Unpublished(options.Pipeline))
        {
            if (!staged.ContainsKey(stage.Sink)) throw CantPublish(stage);
            acts.Add(new RemovalAct(RemovalKind.Publish, "sealed output", $"sink {stage.Sink}", $"epoch {stage.Epoch} of {stage.Task}"));
        }

        acts.AddRange(staged.Keys.Select(sink => new RemovalAct(RemovalKind.Discard, "staged output", $"sink {sink}", "what was never committed")));
        acts.AddRange(log.Positions(options.Pipeline).Select(held => Removed(held.Subgraph, held.Position)));
        foreach (string store in home.Databases) acts.AddRange(InDatabase(store));
        acts.AddRange(log.States(options.Pipeline).Select(state =>
            new RemovalAct(RemovalKind.Remove, "state", state.Spec.Name, $"{state.Spec.Shape}, {Counted.Of(state.Spec.Partitions, "partition")}")));
        acts.AddRange(OwnTopics().Where(topic => !log.Keeps(topic)).Select(Removed));
        string[] topics = options.DeletesTopics ? TopicsToDelete() : [];
        acts.AddRange(topics.Select(topic => Removed(log.Find(topic)!)));
        ResetRecord? reset = Target();
        acts.AddRange((reset?.Positions ?? []).Select(position =>
            new RemovalAct(RemovalKind.Set, "position", $"{position.Subgraph} {position.Source}/{position.Partition}", position.At)));
        acts.AddRange(Kept(topics));
        return new RemovalPreview(acts, reset, topics);
    }

    /// <summary>Does what was found out.</summary>
    /// <exception cref="EngineException">Another start came in between, or a store can't be reached; doing it again goes on from there.</exception>
    public async Task RunAsync(RemovalPreview preview)
    {
        var databases = new Dictionary<string, ICommitDatabase>();
        using var worker = new WorkerThread($"removal of {options.Pipeline}");
        try
        {
            var runner = new StartStepRunner(
                options.Log,
                options.Pipeline,
                options.Folder,
                staged,
                store => databases.TryGetValue(store, out ICommitDatabase? open) ? open : databases[store] = Open(store),
                (store, seen) => [.. SubgraphsOf(seen?.Plan).Concat(SubgraphsOf(preview.Reset?.Plan)).Where(subgraph => subgraph.Store == store).Select(subgraph => subgraph.Name).Distinct()],
                _ => null,
                worker) { Clock = options.Clock };
            await RunAsync(runner, preview.Reset).ConfigureAwait(false);
        }
        finally
        {
            foreach (ICommitDatabase database in databases.Values) database.Dispose();
        }

        // Behind the rest: had they gone first and the rest failed, the pipeline would go on from positions whose output is gone.
        foreach (string topic in preview.Topics)
        {
            if (options.Log.Find(topic) is { } info) options.Log.Delete(info);
        }
    }

    private async Task RunAsync(StartStepRunner runner, ResetRecord? reset)
    {
        var start = new StartProtocol
        {
            Intent = options.Intent,
            Wanted = ProcessIdentity.Current.Sign(new HomeRecord
            {
                Start = StartId.New(),
                Generation = Generation.None,
                State = HomeState.Resetting,
                Heartbeat = options.Clock.GetUtcNow(),
                Plan = reset?.Plan,
                Reset = reset,
            }),
            IsShared = options.Log.HeartbeatInterval is not null,
        };
        while (start.Result is null)
        {
            CrashPoints.Pass(CrashPoints.Reset);
            start = start.Apply(await runner.RunAsync(start.Next!, StepTimeout).ConfigureAwait(false));
        }

        switch (start.Result)
        {
            case StartResult.Removed:
                return;
            case StartResult.Refused refused:
                throw new EngineException(ErrorDomain.User, $"pipeline {options.Pipeline}: {refused.Message}", "Nothing was changed.");
            case StartResult.TakenOver taken:
                throw new EngineException(ErrorDomain.User, taken.Message, "Nothing is lost: stop it there first, then do this again.");
            case StartResult.Failed { Cause: EngineException cause }:
                throw cause;
            case StartResult.Failed failed:
                throw new EngineException(ErrorDomain.External, $"the step {failed.Step} failed: {failed.Cause?.Message}", "Do it again: it goes on where it stopped.", failed.Cause);
            default:
                throw new InvalidOperationException($"a removal can't end with {start.Result}");
        }
    }

    private ResetRecord? Target()
    {
        if (options.Target is not { } target) return null;
        if (options.Plan is { } plan) return new BeginPositions(plan, options.Log, options.Clock).Find(target);
        if (target is ResetTarget.Place { At.Kind: StartPlaceKind.Earliest }) return null;
        throw new EngineException(
            ErrorDomain.User, $"where pipeline {options.Pipeline} is to begin is asked of its sources, and its definition is needed for that", "Say where it is defined: --pipelines PATH.");
    }

    private List<RemovalAct> InDatabase(string store)
    {
        using ICommitDatabase database = Open(store);
        var acts = new List<RemovalAct>();
        foreach (SubgraphRecord subgraph in SubgraphsOf(home.Plan).Where(subgraph => subgraph.Store == store))
        {
            acts.AddRange(database.ReadPositionsAsync(options.Pipeline, subgraph.Name, CancellationToken.None).GetAwaiter().GetResult().Select(position => Removed(subgraph.Name, position)));
        }

        return [.. acts, new RemovalAct(
            RemovalKind.Remove, "dead letters", store, DeadLetterPlace.In(options.Pipeline, store) is { Topic: not null } place ? $"{place}" : "its rows in the table of dead letters")];
    }

    private IEnumerable<TopicInfo> OwnTopics() => options.Log.Topics().Where(topic => topic.Spec.Owner == options.Pipeline.Value);

    private IEnumerable<RemovalAct> Kept(string[] deleted)
    {
        foreach (TopicInfo topic in OwnTopics().Where(options.Log.Keeps))
        {
            yield return new RemovalAct(RemovalKind.Keep, "topic", topic.Name, "it holds the number of the last start, which a later one of that name goes on from");
        }

        string[] gone = [.. deleted, .. (known?.Topics ?? []).Select(topic => topic.Name)];
        foreach (SinkRecord sink in SubgraphsOf(known).SelectMany(subgraph => subgraph.Sinks).Where(sink => !gone.Contains(sink.Topic)).DistinctBy(sink => sink.Target))
        {
            yield return new RemovalAct(RemovalKind.Keep, "output", sink.Target, "what was written stays");
        }

        if (options.Plan is null) yield return new RemovalAct(RemovalKind.Keep, "staged output", "of any sink", "it isn't looked for without the definition: --pipelines PATH");
        foreach (string store in home.Databases) yield return new RemovalAct(RemovalKind.Keep, "guard", store, "it refuses starts of older generations");
    }

    private string[] TopicsToDelete()
    {
        string[] written = [.. SubgraphsOf(known).SelectMany(subgraph => subgraph.Sinks).Select(sink => sink.Topic).OfType<string>().Distinct().Where(topic => options.Log.Find(topic) is { Spec.Owner: null })];
        var others = PipelineHomes.All(options.Log.Homes(), options.Log.ReadHome).Where(other => other.Name != options.Pipeline).ToList();
        foreach (string topic in written)
        {
            if (TopicUse.Of(topic, others) is { Count: > 0 } users)
            {
                throw new EngineException(
                    ErrorDomain.User, $"topic {topic} can't be deleted: {string.Join(", ", users)}", "Delete those pipelines first, run what was reset, or leave --topics out, and delete the topic by topics delete --force. Nothing was changed.");
            }
        }

        return written;
    }

    private RemovalAct Removed(TopicInfo topic)
    {
        PartitionRange[] ranges = [.. Enumerable.Range(0, topic.Partitions).Select(partition => options.Log.Range(topic, partition))];
        return new RemovalAct(
            RemovalKind.Remove, "topic", topic.Name, string.Create(CultureInfo.InvariantCulture, $"{ranges.Sum(range => range.NextOffset - range.FirstOffset)} offsets, {Counted.Bytes(ranges.Sum(range => range.Bytes), ranges.Any(range => range.IsEstimated))}"));
    }

    private static RemovalAct Removed(string subgraph, CommittedPosition position) =>
        new(RemovalKind.Remove, "position", $"{subgraph} {position.Partition}", position.Position.At);

    private ICommitDatabase Open(string store) =>
        (options.Plan?.Subgraphs.Select(subgraph => subgraph.CommitPoint).OfType<DatabaseCommitPoint>().FirstOrDefault(point => point.Id == store)
            ?? throw new EngineException(
                ErrorDomain.User, $"pipeline {options.Pipeline} commits in {store}, and its definition is needed to open that", "Say where it is defined: --pipelines PATH."))
        .Open(options.Folder, options.Log.Id);

    private EngineException CantPublish(UnpublishedStage stage) => new(
        ErrorDomain.User,
        $"pipeline {options.Pipeline} has committed output of sink {stage.Sink} that isn't published yet, and it can't be published without that sink's definition",
        options.Plan is null
            ? "Say where it is defined: --pipelines PATH. Nothing was changed."
            : $"Give a definition with a sink of that name (name: \"{stage.Sink}\"), as it had when it ran last. Nothing was changed.");

    private static IReadOnlyList<SubgraphRecord> SubgraphsOf(PlanRecord? plan) => plan?.Subgraphs ?? [];

    private static IEnumerable<SinkNode> SinksOf(PipelinePlan? plan) => (plan?.Subgraphs ?? []).SelectMany(subgraph => subgraph.Sinks).Select(stage => (SinkNode)stage.Node);
}
