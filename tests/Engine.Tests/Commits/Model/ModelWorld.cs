using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Commits.Model;

/// <summary>Where the tasks of the model commit.</summary>
internal enum ModelKind
{
    Log,
    Database,
    Staged,
    Kafka,
}

/// <summary>What is explored.</summary>
/// <param name="Kind">Where tasks commit.</param>
/// <param name="Tasks">How many tasks each host runs; the hosts follow each other, since the log's directory is locked; but for Kafka, where they may be up side by side.</param>
/// <param name="Starts">How often each host may start.</param>
internal sealed record ModelConfig(ModelKind Kind, int[] Tasks, int[] Starts)
{
    public int Partitions { get; init; } = 2;

    /// <summary>Input records of each partition.</summary>
    public int Records { get; init; } = 1;

    /// <summary>How many crashes, lost, late and repeated answers, and restarts within a process there may be.</summary>
    public int Faults { get; init; } = 2;

    public CommitRules Rules { get; init; } = CommitRules.All;

    /// <summary>Whether the hosts, which may be up side by side where the log is a cluster, take the pipeline from each other without a wait.</summary>
    public bool TakeOver { get; init; }

    public override string ToString() =>
        $"{Kind}{(TakeOver ? " take-over" : "")} tasks {string.Join(',', Tasks)} starts {string.Join(',', Starts)} partitions {Partitions} records {Records} faults {Faults}" +
        (Rules == CommitRules.All ? "" : $" without {CommitRules.All & ~Rules}");
}

/// <summary>A host of the model.</summary>
internal sealed record ModelHost(int StartsLeft)
{
    public bool Alive { get; init; }

    public int Process { get; init; }

    public StartProtocol? Start { get; init; }

    public int StartNumber { get; init; }

    /// <summary>Why it stopped by itself; null while it didn't.</summary>
    public string? Stopped { get; init; }

    public IReadOnlyList<ModelTask> Tasks { get; init; } = [];

    /// <summary>On Kafka: the epoch of its producer of home records.</summary>
    public int HomeProducer { get; init; }

    public string Key => $"{Alive} {StartsLeft} {Start?.Describe()} {Stopped} [{string.Join(" | ", Tasks.Select(task => task.Key))}]";
}

/// <summary>A task of a host: its attempt, and what it knows of its partitions.</summary>
internal sealed record ModelTask(TaskProtocol Protocol, int Number)
{
    /// <summary>Next offset and last epoch of each partition it has.</summary>
    public IReadOnlyList<(int Partition, int Next, long Epoch)> Progress { get; init; } = [];

    /// <summary>The partition whose record the epoch on its way has.</summary>
    public int Committing { get; init; } = -1;

    /// <summary>On Kafka: the epoch of its producer.</summary>
    public int Producer { get; init; }

    public string Key => $"{Protocol.Describe()} {string.Join(',', Progress)} {Committing}";
}

/// <summary>A state of everything: stores, hosts, requests on their way. Moves make new ones.</summary>
internal sealed partial class ModelWorld
{
    private static readonly PipelineName Pipeline = new("p");

    private readonly ModelConfig config;
    private readonly ModelLog log;
    private readonly ModelDatabase database;
    private readonly ModelFiles files;
    private readonly ModelKafka kafka;
    private readonly ModelHost[] hosts;
    private readonly List<Request> requests;
    private int faults;
    private int starts;
    private int parties;
    private StartId? running;
    private string? wrong;

    public ModelWorld(ModelConfig config)
    {
        this.config = config;
        log = new ModelLog();
        database = new ModelDatabase();
        files = new ModelFiles();
        kafka = new ModelKafka(config.Tasks.Max());
        hosts = [.. config.Starts.Select(starts => new ModelHost(starts))];
        requests = [];
        faults = config.Faults;
    }

    private ModelWorld(ModelWorld other)
    {
        config = other.config;
        log = other.log.Clone();
        database = other.database.Clone();
        files = other.files.Clone();
        kafka = other.kafka.Clone();
        hosts = [.. other.hosts];
        requests = [.. other.requests];
        faults = other.faults;
        starts = other.starts;
        parties = other.parties;
        running = other.running;
        wrong = other.wrong;
    }

    /// <summary>Two worlds of one key go on alike.</summary>
    public string Key =>
        $"{(config.Kind == ModelKind.Kafka ? KafkaKey : $"{log.Key}\n{database.Key}\n{files.Key}")}\n{string.Join('\n', hosts.Select(host => host.Key))}\n{string.Join('\n', requests.Select(r => $"{r.Key} {IsAwaited(r)} {hosts[r.By.Host].Process == r.Process}").Order(StringComparer.Ordinal))}\n{faults}";

    private string KafkaKey =>
        $"{kafka.Key} {running?.Short} " +
        $"producers {string.Join(',', hosts.Select(host => $"{Behind(0, host.HomeProducer)}:{string.Join('+', host.Tasks.Select((task, n) => Behind(n + 1, task.Producer)))}"))} " +
        $"requests {string.Join(',', requests.Where(r => r.Step is Step.WriteHome or Step.Commit).Select(r => $"{r.By.Host}.{r.By.Task}.{r.Act}:{Behind(IdOf(r), r.Producer)}:{kafka.IndexOf(r.Entry)}").Order(StringComparer.Ordinal))}";

    /// <summary>Whether a producer is fenced; by how much makes no difference.</summary>
    private bool Behind(int id, int epoch) => kafka.EpochOf(id) != epoch;

    public static int Number(SourcePartitionId partition) => int.Parse(partition.Partition, CultureInfo.InvariantCulture);

    public static int Next(CommittedPosition position) => int.Parse(position.Position.At, CultureInfo.InvariantCulture);

    /// <summary>What is wrong with this world; null when nothing is.</summary>
    public string? Wrong(bool isEnd)
    {
        if (wrong is not null) return wrong;
        (int Partition, int Offset)[] visible = [.. Visible()];
        if (visible.Length != visible.Distinct().Count()) return $"doubled: {string.Join(',', visible.GroupBy(r => r).Where(g => g.Count() > 1).Select(g => g.Key))}";

        HashSet<(int, int)> safe = [.. visible, .. config.Kind == ModelKind.Staged ? files.SealedContent(log.Unpublished) : []];
        foreach ((int partition, (int next, _)) in Positions)
        {
            for (int offset = 0; offset < next; offset++)
            {
                if (!safe.Contains((partition, offset))) return $"lost: ({partition}, {offset})";
            }
        }

        if (isEnd && hosts.All(host => host.Stopped is not null)) return "stuck: every host takes itself for taken over";
        if (isEnd && hosts.Any(host => host is { Alive: true, Stopped: null }) && visible.Length < config.Partitions * config.Records) return "stuck: a host is up and can't go on";
        return null;
    }

    private IEnumerable<(int Partition, int Offset)> Visible() => config.Kind switch
    {
        ModelKind.Log => log.Output,
        ModelKind.Database => database.Output,
        ModelKind.Kafka => kafka.Output,
        _ => files.Published,
    };

    private Dictionary<int, (int Next, long Epoch)> Positions => config.Kind switch
    {
        ModelKind.Database => database.Positions,
        ModelKind.Kafka => kafka.Positions,
        _ => log.Positions,
    };

    private IEnumerable<int> PartitionsOf(int host, int task) =>
        Enumerable.Range(0, config.Partitions).Where(partition => partition % config.Tasks[host] == task);

    /// <summary>What a store does with a request that reaches it.</summary>
    /// <returns>Its answer, and what is left of the request, if the store hasn't finished it.</returns>
    private (Outcome? Answer, Request? Left) Carry(Request request, bool holderLives)
    {
        CommitRules rules = config.Rules;
        if (config.Kind == ModelKind.Kafka) return CarryKafka(request, holderLives);
        switch (request.Step)
        {
            case Step.ReadHome: return (new Outcome.HomeRead(log.Home, log.Version), null);
            case Step.WriteHome write: return (log.WriteHome(write.Record, write.ExpectedVersion), null);
            case Step.RaiseGuard raise: return (database.Raise(raise, rules), null);
            case Step.ListSealed list: return (log.ListSealed(list.Task), null);
            case Step.Publish publish: return (files.Publish(publish.Stage, rules), null);
            case Step.NotePublished note: return (log.NotePublished(note.Stage), null);
            case Step.DiscardStaged discard: return (files.Discard(discard.Before, discard.Attempt), null);
            case Step.SyncStages sync: return (files.Sync(sync.Epoch), null);
            case Step.ClaimTask claim:
                int[] partitions = [.. PartitionsOf(request.By.Host, request.By.Task)];
                return (config.Kind == ModelKind.Database ? database.Claim(claim.By, partitions, rules) : log.Claim(claim.By, partitions, rules), null);
            case Step.ReadPositions:
                return (new Outcome.PositionsRead([.. PartitionsOf(request.By.Host, request.By.Task).Where(Positions.ContainsKey).Select(Committed)]), null);
            case Step.Commit commit: return CarryCommit(request, commit.Epoch);
            default: throw new InvalidOperationException($"{request.Step} has no store");
        }
    }

    private (Outcome? Answer, Request? Left) CarryCommit(Request request, EpochCommit commit)
    {
        bool together = config.Rules.HasFlag(CommitRules.PositionsWithOutput);
        if (config.Kind == ModelKind.Database && request.Session == SessionState.Sent)
        {
            return database.Allows(commit.Claim, config.Rules)
                ? (null, request with { Session = SessionState.Holds })
                : (new Outcome.Refused(RefusalReason.NewerStart, "the guard is higher"), null);
        }

        bool output = !request.HalfDone, positions = together || request.HalfDone;
        Outcome answer = config.Kind == ModelKind.Database
            ? database.Commit(commit, config.Rules, output, positions)
            : log.Commit(commit, config.Rules, output, positions);
        if (answer is Outcome.Done && running is { } now && now != commit.Claim.Start) wrong = $"not fenced: start {commit.Claim.Start.Short} commits while {now.Short} runs";
        return answer is Outcome.Done && !positions ? (null, request with { HalfDone = true }) : (answer, null);
    }

    private CommittedPosition Committed(int partition)
    {
        (int next, long epoch) = Positions[partition];
        return Position(partition, next, epoch);
    }

    private static CommittedPosition Position(int partition, int next, long epoch) => new(
        new SourcePartitionId("in", partition.ToString(CultureInfo.InvariantCulture)),
        new Position("topic", next.ToString(CultureInfo.InvariantCulture)),
        new Epoch(epoch));
}
