using StreamEngine.Commits;
using StreamEngine.Contracts;

namespace StreamEngine.Tests.Commits.Model;

/// <content>Steps on Kafka: several acts each, one at a time, after any of which anything may happen; and what the cluster does by itself.</content>
internal sealed partial class ModelWorld
{
    // The acts of a write: the record is compared, or the output written; then the position; the transaction is ended; its end is waited for.
    private const int First = 0;
    private const int Second = 1;
    private const int SendEnd = 2;
    private const int AwaitEnd = 3;
    private const int WritePosition = 4;
    private const int SendPositionEnd = 5;
    private const int AwaitPositionEnd = 6;

    private static bool EndsTransaction(Request request) => request.Step is Step.WriteHome or Step.Commit && request.Act is AwaitEnd or AwaitPositionEnd;

    private static int IdOf(Request request) => request.Step is Step.Commit commit ? commit.Epoch.Claim.Slot + 1 : 0;

    private IEnumerable<Move> KafkaMoves()
    {
        foreach ((int Id, int Epoch) ending in kafka.Endings.Distinct())
        {
            yield return Make($"the request to commit of id {ending.Id} arrives", -1, false, world => world.ApplyEnd(ending));
        }

        foreach ((int id, int epoch) in kafka.OpenTransactions)
        {
            bool isOwned = requests.Any(request => request.Step is Step.WriteHome or Step.Commit && IsAwaited(request) && IdOf(request) == id && request.Producer == epoch);
            if (isOwned && faults == 0) continue;
            yield return Make($"the transaction of id {id} times out", -1, isOwned, world => world.TimeOut(id, isOwned));
        }

        for (int h = 0; h < hosts.Length; h++)
        {
            if (hosts[h] is not { Alive: true, Stopped: null, Start.Result: StartResult.Started } host || host.HomeProducer == kafka.EpochOf(0)) continue;
            int number = h;
            yield return Make($"host {h} is fenced at its heartbeat", h, false, world => world.BeatFenced(number));
        }
    }

    private IEnumerable<Move> KafkaFaults(Request request)
    {
        int h = request.By.Host;
        if (request.Step is Step.ReadHome or Step.AwaitHolder && HolderLives(request))
        {
            yield return Make($"host {h} takes the holder for gone", h, true, world => world.Reach(request, answer: true, keep: false, holderLives: false));
        }

        if (EndsTransaction(request) && !request.IsRepeated && kafka.FateOf(request.Entry) == ModelFate.Open)
        {
            yield return Make($"{request.Step.GetType().Name} of {request.By} repeats its request to commit", h, true, world =>
            {
                world.requests.Remove(request);
                world.requests.Add(request with { IsRepeated = true });
                world.kafka.SendEnd(IdOf(request), request.Producer);
            });
        }
    }

    /// <summary>Whether a request waits for something that comes to it.</summary>
    private bool IsKafkaBlocked(Request request) => request.Step switch
    {
        Step.AwaitHolder => HolderLives(request),
        Step.ReadHome => WaitsForTasks(),
        Step.WriteHome when request.Act == First => WaitsForTasks(),
        Step.ReadPositions => config.Rules.HasFlag(CommitRules.ReadToTheEnd) && !IsWhole(),
        Step.WriteHome or Step.Commit => EndsTransaction(request) && kafka.FateOf(request.Entry) == ModelFate.Open,
        _ => false,
    };

    /// <summary>Whether the record can't be read to its end because tasks have transactions open in the same partition.</summary>
    private bool WaitsForTasks() => !config.Rules.HasFlag(CommitRules.RecordApart) && kafka.OpenTransactions.Any(open => open.Id > 0) && !IsWhole();

    /// <summary>Nobody ends a transaction, until the cluster does: that takes long, and no start may have to wait for it.</summary>
    private void TimeOut(int id, bool isOwned)
    {
        if (!isOwned && requests.Any(request => request.Step is Step.ReadHome or Step.WriteHome && IsAwaited(request) && IsKafkaBlocked(request) && !EndsTransaction(request)))
        {
            wrong = $"held up: a start can't read the record before the transaction of id {id} times out";
        }

        kafka.Init(id);
    }

    private bool IsWhole()
    {
        kafka.Read(ModelPart.Positions, config.Rules, out bool isWhole);
        return isWhole;
    }

    /// <summary>Whether the process that the record names is at work.</summary>
    private bool HolderLives(Request request) => ReadHome().Record is { } record && record.Process != request.Process && hosts.Any(host => host is { Alive: true, Stopped: null } && host.Process == record.Process);

    private Outcome.HomeRead ReadHome()
    {
        IReadOnlyList<ModelEntry> read = kafka.Read(ModelPart.Home, config.Rules, out _);
        return new Outcome.HomeRead(read.Count == 0 ? null : read[^1].Home, read.Count);
    }

    private (Outcome? Answer, Request? Left) CarryKafka(Request request, bool holderLives)
    {
        switch (request.Step)
        {
            case Step.ReadHome: return (ReadHome() with { HolderLives = holderLives && HolderLives(request) }, null);
            case Step.AwaitHolder: return (Outcome.Done.Instance, null);
            case Step.ClaimHome: return (Initialised(request, 0), null);
            case Step.FenceTasks all when request.Act == all.UpTo: return (Outcome.Done.Instance, null);
            case Step.FenceTasks fence:
                // All at once in truth; backwards is the order in which the first slot, which every start uses, protects nothing.
                kafka.Init(fence.UpTo - request.Act);
                return (null, request with { Act = request.Act + 1 });
            case Step.WriteHome write: return CarryWriteHome(request, write);
            case Step.ClaimTask claim: return (Initialised(request, claim.By.Slot + 1), null);
            case Step.CheckStart check: return (IsHeldBy(check.By.Start) ? Outcome.Done.Instance : NewerStart(), null);
            case Step.ReadPositions:
                Dictionary<int, (int Next, long Epoch)> found = ModelKafka.Latest(kafka.Read(ModelPart.Positions, config.Rules, out _));
                return (new Outcome.PositionsRead([.. PartitionsOf(request.By.Host, request.By.Task).Where(found.ContainsKey).Select(p => Position(p, found[p].Next, found[p].Epoch))]), null);
            case Step.Commit commit: return CarryKafkaCommit(request, commit.Epoch);
            default: throw new InvalidOperationException($"{request.Step} isn't carried out on Kafka");
        }
    }

    private (Outcome? Answer, Request? Left) CarryWriteHome(Request request, Step.WriteHome write)
    {
        switch (request.Act)
        {
            case First:
                bool isChanged = config.Rules.HasFlag(CommitRules.CompareAfterClaim) && ReadHome().Version != write.ExpectedVersion;
                return isChanged ? (NewerStart(), null) : (null, request with { Act = Second });
            case Second:
                int? written = kafka.Produce(new ModelEntry(0, 0, request.Producer, ModelPart.Home, write.Record.Start, 0, 0, 0, write.Record, ModelFate.Open));
                return written is { } number ? (null, request with { Act = SendEnd, Entry = number }) : (NewerStart(), null);
            case SendEnd:
                kafka.SendEnd(0, request.Producer);
                return (null, request with { Act = AwaitEnd });
            default:
                return (kafka.FateOf(request.Entry) == ModelFate.Committed ? Outcome.Done.Instance : NewerStart(), null);
        }
    }

    private (Outcome? Answer, Request? Left) CarryKafkaCommit(Request request, EpochCommit commit)
    {
        CommitRules rules = config.Rules;
        CommittedPosition position = commit.Positions[0];
        int partition = Number(position.Partition), next = Next(position), id = IdOf(request);
        bool together = rules.HasFlag(CommitRules.PositionsWithOutput);
        var entry = new ModelEntry(0, id, request.Producer, ModelPart.Output, commit.Claim.Start, partition, next - 1, commit.Epoch.Value, null, ModelFate.Open);
        switch (request.Act)
        {
            case First:
                return kafka.Produce(entry) is { } output ? (null, request with { Act = together ? Second : SendEnd, Entry = output }) : (Fenced(commit.Claim), null);
            case Second or WritePosition:
                int? written = kafka.Produce(entry with { Part = ModelPart.Positions, Offset = next });
                return written is { } number ? (null, request with { Act = together ? SendEnd : SendPositionEnd, Entry = number }) : (Fenced(commit.Claim), null);
            case SendEnd or SendPositionEnd:
                kafka.SendEnd(id, request.Producer);
                return (null, request with { Act = request.Act + 1 });
            default:
                if (kafka.FateOf(request.Entry) != ModelFate.Committed) return (Fenced(commit.Claim), null);
                if (!together && request.Act == AwaitEnd) return (null, request with { Act = WritePosition });
                return (request.IsRepeated && rules.HasFlag(CommitRules.NewProducerAfterRepeat) ? new Outcome.Unknown(null) : Outcome.Done.Instance, null);
        }
    }

    /// <summary>InitTransactions; whoever still waits for it has the producer.</summary>
    private Outcome.Done Initialised(Request request, int id)
    {
        int epoch = kafka.Init(id);
        ModelHost host = hosts[request.By.Host];
        if (!IsAwaited(request)) return Outcome.Done.Instance;
        hosts[request.By.Host] = request.By.Task < 0
            ? host with { HomeProducer = epoch }
            : host with { Tasks = [.. host.Tasks.Select((task, n) => n == request.By.Task ? task with { Producer = epoch } : task)] };
        return Outcome.Done.Instance;
    }

    private void ApplyEnd((int Id, int Epoch) ending)
    {
        foreach (ModelEntry entry in kafka.ApplyEnd(ending))
        {
            if (entry.Home is { State: HomeState.Running }) running = entry.Start;
            else if (entry.Part != ModelPart.Home && running is { } now && now != entry.Start) wrong = $"not fenced: start {entry.Start.Short} commits while {now.Short} runs";
        }
    }

    private void BeatFenced(int h)
    {
        if (!IsHeldBy(((StartResult.Started)hosts[h].Start!.Result!).Record.Start)) Stop(h, "its heartbeat finds another start's record");
        else hosts[h] = hosts[h] with { HomeProducer = kafka.Init(0) };
    }

    private bool IsHeldBy(StartId start) => ReadHome().Record?.Start == start;

    /// <summary>A producer finds itself fenced, or its transaction gone: the record says whether another start is behind that.</summary>
    private Outcome Fenced(TaskClaim claim) => IsHeldBy(claim.Start) ? new Outcome.Refused(RefusalReason.NewerAttempt, "fenced under its own start") : NewerStart();

    private static Outcome.Refused NewerStart() => new(RefusalReason.NewerStart, "another start has the record");
}
