using System.Collections.Immutable;
using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Commits;

/// <summary>
/// The start of a pipeline, step by step: look, claim, fence, finish what was interrupted, run. A value; it does nothing itself.
/// </summary>
internal sealed record StartProtocol
{
    /// <summary>How often a start whose write of the record has an unknown outcome looks again, before it fails.</summary>
    private const int LooksAgainMax = 10;

    private enum Phase
    {
        Look,
        Standby,
        CheckPlan,
        ClaimHome,
        Claim,
        LookAgain,
        FenceTasks,
        Fence,
        CheckPlanAgain,
        ClearDatabase,
        ClearLog,
        WriteEnd,
        List,
        Publish,
        Note,
        Discard,
        Ended,
    }

    /// <summary>The record as this start would write it; the protocol sets generation, state and fences.</summary>
    public required HomeRecord Wanted { get; init; }

    public StartIntent Intent { get; init; } = StartIntent.Run;

    public CommitRules Rules { get; init; } = CommitRules.All;

    /// <summary>
    /// Whether several processes may have the log open, so that a start has to claim the right to write its record, and to fence tasks by their slots. Where
    /// the log is one process's, its lock stands for both.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>Whether it doesn't wait for a start that lives; one that has lost the record to another does, from then on.</summary>
    public bool TakeOver { get; init; }

    /// <summary>Whether the record was this start's for a while, or that of one before it in this process which failed.</summary>
    public bool HasClaimed { get; init; }

    /// <summary>How it ended; null while there are steps.</summary>
    public StartResult? Result { get; private init; }

    private Phase At { get; init; }

    private HomeRecord? Seen { get; init; }

    private long Version { get; init; }

    private HomeRecord? Mine { get; init; }

    private ImmutableArray<string> Databases { get; init; } = [];

    private ImmutableArray<string> HeldBack { get; init; } = [];

    private int Index { get; init; }

    private ImmutableArray<UnpublishedStage> Sealed { get; init; } = [];

    private bool ListedEarly { get; init; }

    private int LooksAgain { get; init; }

    private bool IsCleared { get; init; }

    /// <summary>The step to be done next; null when the start has ended.</summary>
    public Step? Next => At switch
    {
        Phase.Look or Phase.LookAgain => new Step.ReadHome(),
        Phase.Standby => new Step.AwaitHolder(Seen!),
        Phase.ClaimHome => new Step.ClaimHome(Wanted.Start),
        Phase.FenceTasks => new Step.FenceTasks(Wanted.Start, Rules.HasFlag(CommitRules.FenceAllSlots) ? Mine!.FenceUpTo : Wanted.Tasks),
        Phase.CheckPlan or Phase.CheckPlanAgain => new Step.CheckPlan(Seen),
        Phase.Claim or Phase.WriteEnd => new Step.WriteHome(Mine!, Version),
        Phase.Fence => new Step.RaiseGuard(Databases[Index], Wanted.Start, Mine!.Generation, Mine.FenceUpTo),
        Phase.ClearDatabase => new Step.ClearDatabase(Databases[Index], Wanted.Start, Begin?.In(Databases[Index]) ?? []),
        Phase.ClearLog => new Step.ClearLog(Wanted.Start, Begin?.In(PlanRecord.LogStore) ?? []),
        Phase.List => new Step.ListSealed(null),
        Phase.Publish => new Step.Publish(Sealed[Index]),
        Phase.Note => new Step.NotePublished(Sealed[Index]),
        Phase.Discard => new Step.DiscardStaged(Rules.HasFlag(CommitRules.DiscardOnlyOlder) ? Mine!.Generation : new Generation(long.MaxValue), null),
        _ => null,
    };

    /// <summary>What the start is after the outcome of <see cref="Next"/>.</summary>
    public StartProtocol Apply(Outcome outcome) => outcome switch
    {
        Outcome.HomeRead read when At == Phase.Look => Looked(read),
        Outcome.HomeRead read when At == Phase.LookAgain => LookedAgain(read),
        Outcome.PlanRefused refused => End(new StartResult.Refused(refused.Message)),
        Outcome.Refused refused => Refuse(refused),
        Outcome.Listed listed => (this with { Sealed = [.. listed.Stages], Index = 0 }).Listed(),
        Outcome.Unknown unknown => Fail(unknown),
        Outcome.Done => Done(),
        _ => throw new InvalidOperationException($"{outcome} is no outcome of {Next}"),
    };

    /// <summary>Where the start stands, for logs: two protocols that describe themselves alike go on alike.</summary>
    public string Describe() =>
        $"{Intent} {Wanted.Start.Short} {At} {Index} seen {Seen?.Start.Short} {Seen?.State} v{Version} sealed {Sealed.Length}/{ListedEarly} {TakeOver} {HasClaimed} held back {string.Join(',', HeldBack)}";

    /// <summary>Who it waits for; null while it doesn't.</summary>
    public HomeRecord? AwaitedHolder => At == Phase.Standby ? Seen : null;

    /// <summary>Whether the record is this start's, as far as it knows: from when it was written until the end, or until another start is found in it.</summary>
    public bool HoldsRecord => At is > Phase.LookAgain and < Phase.Ended || Result is StartResult.Started;

    /// <summary>Who holds a pipeline, in words.</summary>
    public static string Holder(HomeRecord record) =>
        string.Create(CultureInfo.InvariantCulture, $"process {record.Process} on {record.Host} at {record.Heartbeat:yyyy-MM-dd HH:mm:ss} (start {record.Start.Short})");

    private bool Removes => Intent != StartIntent.Run;

    /// <summary>Whether what the pipeline holds has to be removed: that is what this start is for, or what another left unfinished.</summary>
    private bool MustClear => Removes || (Rules.HasFlag(CommitRules.FinishReset) && Seen?.State is HomeState.Resetting or HomeState.Deleting);

    /// <summary>Where the pipeline is to begin when it is cleared: as this reset says, or the one that was left unfinished.</summary>
    private ResetRecord? Begin => Intent switch
    {
        StartIntent.Reset => Wanted.Reset,
        StartIntent.Run when Seen?.State == HomeState.Resetting => Seen.Reset,
        _ => null,
    };

    private StartProtocol Done() => At switch
    {
        Phase.Standby => this with { At = Phase.Look },
        Phase.CheckPlan => Rules.HasFlag(CommitRules.ListAfterClaim) || Removes ? MakeClaim() : this with { At = Phase.List, ListedEarly = true },
        Phase.ClaimHome => this with { At = Phase.Claim },
        Phase.Claim => Claimed(),
        Phase.FenceTasks => FenceDatabases(),
        Phase.Fence => NextDatabase(Phase.CheckPlanAgain),
        Phase.CheckPlanAgain => MustClear ? this with { At = Phase.List, Index = 0 } : Rules.HasFlag(CommitRules.ProveAtEnd) ? MakeEnd() : AfterRunning(),
        Phase.ClearDatabase => NextDatabase(Phase.ClearLog),
        Phase.ClearLog => (this with { IsCleared = true }).MakeEnd(),
        Phase.WriteEnd when Removes => End(new StartResult.Removed()),
        Phase.WriteEnd => AfterRunning(),
        Phase.Publish => this with { At = Phase.Note },
        Phase.Note => (this with { Index = Index + 1 }).PublishNext(),
        Phase.Discard when DiscardsFirst => (this with { Index = 0 }).PublishNext(),
        Phase.Discard => Settled(),
        _ => throw new InvalidOperationException($"{At} isn't done"),
    };

    private StartProtocol Looked(Outcome.HomeRead read)
    {
        StartProtocol looked = this with { Seen = read.Record, Version = read.Version };
        if (WasTakenOver(read)) return looked.End(TakenOverBy(read.Record!));
        if (!MustWaitFor(read)) return looked with { At = Phase.CheckPlan };
        return Removes
            ? looked.End(new StartResult.Refused($"it runs as {Holder(read.Record!)}; stop it there first"))
            : looked with { At = Phase.Standby };
    }

    /// <summary>Whether a start is at work that this one doesn't take the pipeline from. One of this very process is over: another has followed it here.</summary>
    private bool MustWaitFor(Outcome.HomeRead read) => read is { HolderLives: true, Record.IsUnderWay: true } && !TakeOver && !IsOwn(read.Record);

    /// <summary>Whether it had the record, and finds the pipeline running elsewhere.</summary>
    private bool WasTakenOver(Outcome.HomeRead read) =>
        HasClaimed && IsShared && !Removes && read is { HolderLives: true, Record: { State: HomeState.Running } by } && !IsOwn(by);

    private static StartResult.TakenOver TakenOverBy(HomeRecord by) => new($"the pipeline was taken over by {Holder(by)}", by);

    private bool IsOwn(HomeRecord record) => record.Instance is { } instance && instance == Wanted.Instance;

    private StartProtocol MakeClaim() => this with
    {
        At = IsShared ? Phase.ClaimHome : Phase.Claim,
        Mine = Wanted with
        {
            Generation = (Seen?.Generation ?? Generation.None).Next(),
            State = Intent == StartIntent.Delete || (Intent == StartIntent.Run && MustClear && Seen!.State == HomeState.Deleting) ? HomeState.Deleting
                : MustClear ? HomeState.Resetting
                : HomeState.Starting,
            FenceUpTo = Math.Max(Wanted.Tasks, Math.Max(Seen?.Tasks ?? 0, Rules.HasFlag(CommitRules.KeepFence) ? Seen?.FenceUpTo ?? 0 : 0)),

            // Until this start has fenced, the databases of the plan before are still to be fenced by whoever comes next. One that finishes what another
            // left has nothing of its own there yet.
            Plan = (MustClear && Intent == StartIntent.Run) || Wanted.Plan is null ? Seen?.Plan : Merge(Seen?.Plan, Wanted.Plan),
            Used = Seen?.Used,
            Reset = Begin,
        },
    };

    /// <summary>A plan that names the subgraphs of both, so that a start after a crash in between fences the databases of both.</summary>
    private static PlanRecord Merge(PlanRecord? before, PlanRecord now) => before is null
        ? now
        : now with
        {
            Subgraphs = [.. now.Subgraphs, .. before.Subgraphs.Where(old => now.Subgraphs.All(subgraph => subgraph.Name != old.Name || subgraph.Store != old.Store))],
            Topics = [.. now.Topics, .. before.Topics.Where(old => now.Topics.All(topic => topic.Name != old.Name))],
        };

    private StartProtocol Claimed()
    {
        StartProtocol claimed = this with
        {
            HasClaimed = true,
            Version = Version + 1,
            Databases = [.. (Seen?.Databases ?? []).Union(Wanted.Databases).Order(StringComparer.Ordinal)],
        };
        return IsShared && Rules.HasFlag(CommitRules.FenceTasks) ? claimed with { At = Phase.FenceTasks } : claimed.FenceDatabases();
    }

    private StartProtocol FenceDatabases() => Rules.HasFlag(CommitRules.FenceDatabases)
        ? FirstDatabase(Phase.Fence, Phase.CheckPlanAgain)
        : this with { At = Phase.CheckPlanAgain };

    private StartProtocol FirstDatabase(Phase phase, Phase after) => Databases.IsEmpty ? this with { At = after } : this with { At = phase, Index = 0 };

    private StartProtocol NextDatabase(Phase after) => Index + 1 < Databases.Length ? this with { Index = Index + 1 } : this with { At = after };

    private StartProtocol MakeEnd() => this with
    {
        At = Phase.WriteEnd,
        Mine = Mine! with
        {
            State = Intent switch
            {
                StartIntent.Reset => HomeState.Stopped,
                StartIntent.Delete => HomeState.Deleted,
                _ => HomeState.Running,
            },
            FenceUpTo = Wanted.Tasks,
            Plan = Removes ? Begin?.Plan : Wanted.Plan,
            Used = Intent == StartIntent.Reset ? Mine!.TopicsUsed() : null,
            Reset = null,
        },
    };

    private bool DiscardsFirst => !Rules.HasFlag(CommitRules.PublishBeforeDiscard);

    private StartProtocol AfterRunning() => this with { Version = Version + 1, Index = 0 } is var running && ListedEarly
        ? running.Listed()
        : running with { At = Phase.List };

    private StartProtocol Listed()
    {
        // Listed before the claim, which only a test does: the claim is still to come.
        if (ListedEarly && Mine is null) return MakeClaim();
        return DiscardsFirst ? this with { At = Phase.Discard } : PublishNext();
    }

    private StartProtocol PublishNext()
    {
        if (Index < Sealed.Length && Rules.HasFlag(CommitRules.FinishSealed)) return this with { At = Phase.Publish };
        return DiscardsFirst ? Settled() : this with { At = Phase.Discard };
    }

    /// <summary>What was sealed is published, the rest is discarded: only now may the log forget what it knew of it.</summary>
    private StartProtocol Settled() => MustClear && !IsCleared
        ? FirstDatabase(Phase.ClearDatabase, Phase.ClearLog)
        : End(new StartResult.Started(Mine!, HeldBack));

    private StartProtocol Refuse(Outcome.Refused refused) => At switch
    {
        // The record moved on since it was read: whose is it?
        Phase.Claim or Phase.WriteEnd => this with { At = Phase.LookAgain },
        _ => End(new StartResult.TakenOver(refused.Message)),
    };

    private StartProtocol LookedAgain(Outcome.HomeRead read)
    {
        // An earlier start of this very process may have had its write of the record still on its way when this one began; or it is this start's own write
        // that nobody confirmed.
        bool unchanged = read.Version == Version;
        bool goesOn = (unchanged && Rules.HasFlag(CommitRules.UnchangedBeginsAgain)) || (read.Record is { } record && IsOwn(record));

        // In a shared log it may be the late write of a start that is dead by now: were everybody to stop for that, nobody would run. Whoever lost the
        // race for the record stands by for the winner, or takes it when there is none.
        bool standsBack = !goesOn && !unchanged && IsShared && !Removes && !WasTakenOver(read);
        if (!goesOn && !standsBack)
        {
            return End(read.Record is { } by ? TakenOverBy(by) : new StartResult.TakenOver("its home record is gone"));
        }

        return (this with
        {
            Mine = null,
            Index = 0,
            Sealed = [],
            ListedEarly = false,
            IsCleared = false,
            HeldBack = [],
            LooksAgain = LooksAgain + 1,
            HasClaimed = HasClaimed && !standsBack,
            TakeOver = TakeOver && !standsBack,
        }).Looked(read);
    }

    private StartProtocol Fail(Outcome.Unknown unknown)
    {
        // Nobody waits longer than before for having waited once.
        if (At == Phase.Standby) return this with { At = Phase.Look };

        // A database that is down holds back its own subgraphs only; what is to be removed from it can't wait, and a login that is refused
        // isn't mended by waiting.
        bool mayPass = unknown.Cause is not EngineException { IsTransient: false };
        if (At == Phase.Fence && !MustClear && mayPass) return (this with { HeldBack = HeldBack.Add(Databases[Index]) }).NextDatabase(Phase.CheckPlanAgain);

        // The record may have been written: it says so itself.
        if (IsShared && At is Phase.Claim or Phase.WriteEnd && mayPass && LooksAgain < LooksAgainMax) return this with { At = Phase.LookAgain };
        return End(new StartResult.Failed(Next!.GetType().Name, unknown.Cause));
    }

    private StartProtocol End(StartResult result) => this with { At = Phase.Ended, Result = result };
}
