using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Commits.Model;

/// <summary>What can happen next.</summary>
/// <param name="What">In words.</param>
/// <param name="Party">Whose move it is, so that random schedules can prefer one.</param>
/// <param name="IsFault">Whether it is a fault.</param>
/// <param name="After">The world after it.</param>
internal sealed record Move(string What, int Party, bool IsFault, ModelWorld After);

/// <summary>The moves of a world: each request on its way may reach its store, each task may go on, each thing may fail.</summary>
internal sealed partial class ModelWorld
{
    public IEnumerable<Move> Moves()
    {
        foreach (Request request in requests)
        {
            foreach (Move move in MovesOf(request)) yield return move;
        }

        foreach (Move move in KafkaMoves()) yield return move;
        for (int h = 0; h < hosts.Length; h++)
        {
            ModelHost host = hosts[h];
            if (!host.Alive)
            {
                // One process at a time has the log open, if it is no cluster.
                if (host.StartsLeft > 0 && (config.Kind == ModelKind.Kafka || !hosts.Any(other => other.Alive))) yield return Make($"host {h} starts", h, false, world => world.StartHost(h));
                continue;
            }

            if (host.Stopped is not null) continue;
            for (int t = 0; t < host.Tasks.Count; t++)
            {
                if (Process(h, t) is { } processed) yield return processed;
            }

            if (faults == 0) continue;
            yield return Make($"host {h} is killed", h, true, world => world.Kill(h, SessionState.Holds));
            if (requests.Any(request => request.Session == SessionState.Holds)) yield return Make($"host {h} is killed within a transaction", h, true, world => world.Kill(h, SessionState.Orphaned));
            yield return Make($"host {h} begins the pipeline anew", h, true, world => world.Begin(h));
        }
    }

    private IEnumerable<Move> MovesOf(Request request)
    {
        int h = request.By.Host;
        string what = $"{request.Step.GetType().Name} of {request.By}";
        bool isDatabase = IsDatabase(request);
        bool isAwaited = IsAwaited(request);
        if (request.Session == SessionState.Orphaned) yield break;
        if (!IsBlocked(request))
        {
            yield return Make($"{what} is done", h, false, world => world.Reach(request, answer: true, keep: false));
            if (faults > 0 && isAwaited) yield return Make($"{what} is done, the answer is lost", h, true, world => world.Reach(request, answer: false, keep: false));
            if (faults > 0 && request.Step is Step.Commit && config.Kind != ModelKind.Kafka && request is { Session: SessionState.Sent, HalfDone: false, IsCopy: false })
            {
                yield return Make($"{what} is done, and arrives again", h, true, world => world.Reach(request, answer: true, keep: true));
            }
        }

        if (faults > 0 && isAwaited && config.Kind == ModelKind.Kafka)
        {
            foreach (Move fault in KafkaFaults(request)) yield return fault;
        }

        if (faults > 0 && isAwaited) yield return Make($"{what} isn't waited for any longer", h, true, world => world.Tell(request.By, new Outcome.Unknown(null)));

        // What nobody waits for may be lost on its way; a session that holds a lock is known to its server, and stays.
        if (!isAwaited && (!isDatabase || request.Session == SessionState.Sent)) yield return Make($"{what} is lost", h, false, world => world.requests.Remove(request));
    }

    private Move Make(string what, int party, bool isFault, Action<ModelWorld> change)
    {
        var after = new ModelWorld(this);
        if (isFault) after.faults--;
        change(after);
        return new Move(what, party, isFault, after);
    }

    private bool IsDatabase(Request request) => config.Kind == ModelKind.Database && request.Step is Step.RaiseGuard or Step.ClaimTask or Step.ReadPositions or Step.Commit;

    private bool IsAwaited(Request request) => !request.IsCopy && hosts[request.By.Host] is { Alive: true } host && host.Process == request.Process &&
        (request.By.Task < 0 ? host.StartNumber == request.By.Number : request.By.Task < host.Tasks.Count && host.Tasks[request.By.Task].Number == request.By.Number);

    /// <summary>A guard that a session holds can't be raised, unless who raises it ends that session.</summary>
    private bool IsBlocked(Request request) => config.Kind == ModelKind.Kafka ? IsKafkaBlocked(request) : request.Step is Step.RaiseGuard && !config.Rules.HasFlag(CommitRules.EndHolder) && requests.Any(other => other.Session != SessionState.Sent);

    private void Reach(Request request, bool answer, bool keep, bool holderLives = true)
    {
        requests.Remove(request);
        if (keep) requests.Add(request with { IsCopy = true });
        if (request.Step is Step.RaiseGuard)
        {
            foreach (Request ended in requests.Where(other => other.Session != SessionState.Sent).ToArray())
            {
                requests.Remove(ended);
                if (IsAwaited(ended)) Tell(ended.By, new Outcome.Unknown(null));
            }
        }

        (Outcome? outcome, Request? rest) = Carry(request, holderLives);
        if (rest is not null)
        {
            // Of a process that is gone only what was on its way arrives.
            if (config.Kind != ModelKind.Kafka || hosts[request.By.Host].Process == request.Process) requests.Add(rest);
            if (!answer && IsAwaited(request)) Tell(request.By, new Outcome.Unknown(null));
        }
        else if (IsAwaited(request))
        {
            Tell(request.By, answer ? outcome! : new Outcome.Unknown(null));
        }
    }

    /// <summary>What a cluster may still receive when its sender is gone, and that changes something there.</summary>
    private bool IsOnItsWay(Request request) => config.Kind == ModelKind.Kafka && request.Step switch
    {
        Step.ClaimHome or Step.ClaimTask => true,
        Step.FenceTasks fence => request.Act < fence.UpTo,
        Step.WriteHome => request.Act is Second or SendEnd,
        Step.Commit => request.Act is not (AwaitEnd or AwaitPositionEnd),
        _ => false,
    };

    private void StartHost(int h)
    {
        log.Reopen();
        hosts[h] = hosts[h] with { Alive = true, StartsLeft = hosts[h].StartsLeft - 1, Process = ++parties, Stopped = null };
        Begin(h);
    }

    private void Kill(int h, SessionState sessions)
    {
        int process = hosts[h].Process;
        for (int n = 0; n < requests.Count; n++)
        {
            if (requests[n].Process == process && requests[n].Session == SessionState.Holds) requests[n] = requests[n] with { Session = sessions };
        }

        hosts[h] = hosts[h] with { Alive = false, Process = 0, Start = null, Tasks = [], StartNumber = 0 };

        // What happens inside of the process dies with it; what is on its way to a database or a cluster doesn't.
        requests.RemoveAll(request => request.Process == process && !IsDatabase(request) && !IsOnItsWay(request));
        files.LosePower();
    }

    private void Begin(int h)
    {
        if (starts > config.Starts.Sum() + config.Faults + 4) wrong = $"stuck: host {h} begins again and again";
        var id = new StartId(new Guid(++starts, 0, 0, new byte[8]));
        var wanted = new HomeRecord
        {
            Start = id,
            Generation = Generation.None,
            State = HomeState.Starting,
            Process = hosts[h].Process,
            Instance = $"{hosts[h].Process}",
            Tasks = config.Tasks[h],
            Plan = new PlanRecord([new SubgraphRecord("s", config.Kind == ModelKind.Database ? "db" : PlanRecord.LogStore, [], [])], []),
        };
        hosts[h] = hosts[h] with { Start = new StartProtocol { Wanted = wanted, Rules = config.Rules, IsShared = config.Kind == ModelKind.Kafka, TakeOver = config.TakeOver }, StartNumber = ++parties, Tasks = [] };
        Send(h, -1);
    }

    /// <summary>Sends what a party's protocol asks for next.</summary>
    private void Send(int h, int t)
    {
        ModelHost host = hosts[h];
        if (t < 0)
        {
            while (AnswerAtOnce(host.Start!.Next) is { } answer) host = hosts[h] = host with { Start = host.Start!.Apply(answer) };
            if (host.Start!.Next is { } step) requests.Add(new Request(new Party(h, -1, host.StartNumber), step, host.Process) { Producer = host.HomeProducer });
            else AfterStart(h, host.Start.Result!);
        }
        else if (host.Tasks[t].Protocol.Next is Step.CheckStart && config.Kind != ModelKind.Kafka)
        {
            // The claim itself checks it there.
            hosts[h] = host with { Tasks = [.. host.Tasks.Select((task, n) => n == t ? task with { Protocol = task.Protocol.Apply(Outcome.Done.Instance) } : task)] };
            Send(h, t);
        }
        else if (host.Tasks[t].Protocol.Next is { } step)
        {
            requests.Add(new Request(new Party(h, t, host.Tasks[t].Number), step, host.Process) { Producer = host.Tasks[t].Producer });
        }
    }

    /// <summary>The answer of a step that nothing can happen to; on Kafka the model has nothing that is staged.</summary>
    private Outcome? AnswerAtOnce(Step? step) => step switch
    {
        Step.CheckPlan => Outcome.Done.Instance,
        Step.ListSealed when config.Kind == ModelKind.Kafka => new Outcome.Listed([]),
        Step.DiscardStaged when config.Kind == ModelKind.Kafka => Outcome.Done.Instance,
        _ => null,
    };

    private void AfterStart(int h, StartResult result)
    {
        switch (result)
        {
            case StartResult.Started { HeldBack.IsEmpty: false }:
                Begin(h);
                break;
            case StartResult.Started started:
                // On Kafka a start runs from when its record says so, whenever it hears of that.
                if (config.Kind != ModelKind.Kafka || !config.Rules.HasFlag(CommitRules.ProveAtEnd)) running = started.Record.Start;
                hosts[h] = hosts[h] with { Tasks = [.. Enumerable.Range(0, config.Tasks[h]).Select(t => Attempt(h, t, 1))] };
                for (int t = 0; t < config.Tasks[h]; t++) Send(h, t);
                break;
            case StartResult.Failed:
                Begin(h);
                break;
            default:
                Stop(h, result.ToString());
                break;
        }
    }

    private ModelTask Attempt(int h, int t, int attempt)
    {
        HomeRecord record = ((StartResult.Started)hosts[h].Start!.Result!).Record;
        var claim = new TaskClaim(new TaskId(Pipeline, "s", t), record.Start, record.Generation, attempt) { Slot = t };
        return new ModelTask(TaskProtocol.Begin(claim, config.Kind == ModelKind.Staged, CommitOrder.Together, config.Rules), ++parties);
    }

    /// <summary>A party hears what became of its request.</summary>
    private void Tell(Party party, Outcome outcome)
    {
        int h = party.Host, t = party.Task;
        ModelHost host = hosts[h];
        if (t < 0)
        {
            hosts[h] = host with { Start = host.Start!.Apply(outcome), StartNumber = ++parties };
            Send(h, -1);
            return;
        }

        ModelTask before = host.Tasks[t];
        ModelTask after = before with { Protocol = before.Protocol.Apply(outcome), Number = ++parties };
        if (after.Protocol.Positions is { } positions && before.Protocol.Positions is null)
        {
            after = after with { Progress = [.. PartitionsOf(h, t).Select(p => positions.FirstOrDefault(c => Number(c.Partition) == p) is { } found ? (p, Next(found), found.Epoch.Value) : (p, 0, 0L))] };
        }

        if (after.Protocol.IsRunning && after.Committing >= 0)
        {
            long epoch = after.Progress.Max(p => p.Epoch) + 1;
            after = after with { Progress = [.. after.Progress.Select(p => p.Partition == after.Committing ? (p.Partition, p.Next + 1, epoch) : p)], Committing = -1 };
        }

        if (after.Protocol.End is TaskEnd.Restart) after = Attempt(h, t, after.Protocol.Claim.Attempt + 1);

        // Only a fault makes an attempt end, or a start of the other host that fences, so more of them than of those means that none will ever go through.
        if (after.Protocol.Claim.Attempt > AttemptsMax) wrong = $"stuck: task {t} of host {h} begins again and again";
        hosts[h] = host with { Tasks = [.. host.Tasks.Select((task, n) => n == t ? after : task)] };
        if (after.Protocol.End is TaskEnd.TakenOver over) Stop(h, over.Message);
        else Send(h, t);
    }

    private void Stop(int h, string? why)
    {
        hosts[h] = hosts[h] with { Stopped = why, Tasks = [], StartNumber = 0 };

        // A host at a time has the log, and only it begins the pipeline anew: what runs now can't have been taken over. A cluster has many.
        if (config.Kind == ModelKind.Kafka && kafka.Home is { } home && home.Process != hosts[h].Process) return;
        wrong = $"refused: host {h} stopped itself though nobody else runs: {why}";
    }

    private int AttemptsMax => config.Faults + 4 + (config.Kind == ModelKind.Kafka ? 2 * starts : 0);

    private Move? Process(int h, int t)
    {
        ModelTask task = hosts[h].Tasks[t];
        if (!task.Protocol.IsRunning) return null;
        int next = -1;
        for (int n = 0; n < task.Progress.Count; n++)
        {
            if (task.Progress[n].Next < config.Records)
            {
                next = n;
                break;
            }
        }

        return next < 0 ? null : Make($"task {t} of host {h} seals ({task.Progress[next].Partition}, {task.Progress[next].Next})", h, false, world => world.SealRecord(h, t, next));
    }

    private void SealRecord(int h, int t, int index)
    {
        ModelTask task = hosts[h].Tasks[t];
        (int partition, int offset, long rowEpoch) = task.Progress[index];
        TaskClaim claim = task.Protocol.Claim;
        var epoch = new Epoch(task.Progress.Max(p => p.Epoch) + 1);
        IReadOnlyList<(int, int)> content = [(partition, offset)];
        SealedOutput output = new ModelOutput(content);
        if (config.Kind == ModelKind.Staged)
        {
            ReadOnlyMemory<byte> manifest = ModelFiles.Manifest(claim, epoch, config.Rules);
            files.Stage(System.Text.Encoding.UTF8.GetString(manifest.Span), claim, content);
            output = new SealedStage("files", manifest, 1);
        }

        var commit = new EpochCommit(claim, epoch, [Position(partition, offset + 1, rowEpoch)]) { Outputs = [output] };
        ModelTask sealing = task with { Protocol = task.Protocol.Seal(commit), Committing = partition };
        hosts[h] = hosts[h] with { Tasks = [.. hosts[h].Tasks.Select((other, n) => n == t ? sealing : other)] };
        Send(h, t);
    }
}
