using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Tests.Commits.Model;

namespace StreamEngine.Tests.Commits;

public sealed class StartProtocolTests
{
    private static readonly PlanRecord Plan = new(
        [
            new SubgraphRecord("compute", PlanRecord.LogStore, [new SourceRecord("orders", "topic orders")], []),
            new SubgraphRecord("table", "sqlite:orders.db", [new SourceRecord("totals", "topic streamengine.p.totals")], []),
        ],
        [new InternalTopicRecord("streamengine.p.totals", "compute", ["table"])]);

    [Fact]
    public void A_first_start_claims_fences_and_runs_in_this_order()
    {
        var steps = new List<string>();
        StartResult result = Run(Protocol(1), step => Answer(step, steps));
        Assert.Equal(["ReadHome", "CheckPlan", "WriteHome", "RaiseGuard", "CheckPlan", "WriteHome", "ListSealed", "DiscardStaged"], steps);
        HomeRecord record = Assert.IsType<StartResult.Started>(result).Record;
        Assert.Equal((HomeState.Running, 1L), (record.State, record.Generation.Value));
    }

    [Fact]
    public void A_plan_that_can_not_go_on_is_refused_before_anything_is_written()
    {
        var steps = new List<string>();
        StartResult result = Run(Protocol(1), step => step is Step.CheckPlan ? new Outcome.PlanRefused("state totals has another shape") : Answer(step, steps));
        Assert.Equal("state totals has another shape", Assert.IsType<StartResult.Refused>(result).Message);
        Assert.DoesNotContain("WriteHome", steps);
    }

    [Fact]
    public void A_database_that_is_down_holds_back_its_subgraphs_only()
    {
        StartResult result = Run(Protocol(1), step => step is Step.RaiseGuard ? new Outcome.Unknown(new IOException("refused")) : Answer(step, []));
        Assert.Equal(["sqlite:orders.db"], Assert.IsType<StartResult.Started>(result).HeldBack.ToArray());
    }

    [Fact]
    public void A_database_that_no_waiting_brings_back_fails_the_start_with_its_cause()
    {
        var cause = new EngineException(ErrorDomain.User, "postgres://db: the server refuses the login", "Look at the password.");
        StartResult result = Run(Protocol(1), step => step is Step.RaiseGuard ? new Outcome.Unknown(cause) : Answer(step, []));
        Assert.Same(cause, Assert.IsType<StartResult.Failed>(result).Cause);
    }

    [Fact]
    public void A_database_that_refuses_a_start_is_heard_in_its_own_words()
    {
        StartResult result = Run(Protocol(1), step => step is Step.RaiseGuard ? new Outcome.Refused(RefusalReason.NewerStart, "held by another engine; give it another name") : Answer(step, []));
        Assert.Equal("held by another engine; give it another name", Assert.IsType<StartResult.TakenOver>(result).Message);
    }

    [Fact]
    public void A_database_of_the_plan_before_is_fenced_too()
    {
        HomeRecord before = Protocol(1).Wanted with { Generation = new Generation(7), Plan = new PlanRecord([new SubgraphRecord("old", "postgres:db", [], [])], []) };
        var raised = new List<string>();
        Run(Protocol(2), step => step switch
        {
            Step.ReadHome => new Outcome.HomeRead(before, 4),
            Step.RaiseGuard raise => Note(raised, $"{raise.Store} {raise.Generation}"),
            _ => Answer(step, []),
        });
        Assert.Equal(["postgres:db 8", "sqlite:orders.db 8"], raised);
    }

    [Fact]
    public void A_record_that_another_wrote_in_between_stops_the_start_and_names_the_other()
    {
        HomeRecord other = Protocol(9).Wanted with { Host = "beta", Process = 77 };
        int reads = 0;
        StartResult result = Run(Protocol(1), step => step switch
        {
            Step.ReadHome => reads++ == 0 ? new Outcome.HomeRead(null, 0) : new Outcome.HomeRead(other, 1),
            Step.WriteHome => new Outcome.Refused(RefusalReason.NewerStart, ""),
            _ => Answer(step, []),
        });
        Assert.Contains("process 77 on beta", Assert.IsType<StartResult.TakenOver>(result).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_nobody_wrote_makes_the_start_begin_again()
    {
        int writes = 0;
        StartResult result = Run(Protocol(1), step => step is Step.WriteHome && writes++ == 0 ? new Outcome.Refused(RefusalReason.NewerStart, "") : Answer(step, []));
        Assert.IsType<StartResult.Started>(result);
    }

    [Fact]
    public void On_a_shared_log_a_start_claims_before_it_writes_and_fences_tasks_before_databases()
    {
        var steps = new List<string>();
        Run(Protocol(1) with { IsShared = true }, step => Answer(step, steps));
        Assert.Equal(["ReadHome", "CheckPlan", "ClaimHome", "WriteHome", "FenceTasks", "RaiseGuard", "CheckPlan", "WriteHome", "ListSealed", "DiscardStaged"], steps);
    }

    [Fact]
    public void Slots_are_fenced_that_any_start_may_have_used_which_was_not_wholly_fenced()
    {
        HomeRecord before = Protocol(1).Wanted with { Tasks = 2, FenceUpTo = 7 };
        var fenced = new List<string>();
        StartProtocol own = Protocol(2) with { IsShared = true };
        StartResult result = Run(own with { Wanted = own.Wanted with { Tasks = 3 } }, step => step switch
        {
            Step.ReadHome => new Outcome.HomeRead(before, 4),
            Step.FenceTasks fence => Note(fenced, $"below {fence.UpTo}"),
            _ => Answer(step, []),
        });
        Assert.Equal(["below 7"], fenced);
        Assert.Equal(3, Assert.IsType<StartResult.Started>(result).Record.FenceUpTo);
    }

    [Fact]
    public void A_start_waits_for_one_that_lives_and_takes_the_pipeline_when_it_is_gone()
    {
        var steps = new List<string>();
        StartResult result = Run(Protocol(1) with { IsShared = true }, step => step is Step.ReadHome
            ? Noted(step, steps, new Outcome.HomeRead(Protocol(9).Wanted, 4) { HolderLives = steps.Count < 4 })
            : Answer(step, steps));
        Assert.IsType<StartResult.Started>(result);
        Assert.Equal(["ReadHome", "AwaitHolder", "ReadHome", "AwaitHolder", "ReadHome", "CheckPlan", "ClaimHome"], steps.Take(7));
    }

    [Theory]
    [InlineData(true, HomeState.Running, null)]
    [InlineData(false, HomeState.Stopped, null)]
    [InlineData(false, HomeState.Running, "me")]
    public void A_start_does_not_wait_when_told_so_nor_for_what_was_stopped_nor_for_its_own_process(bool takeOver, object state, string? instance)
    {
        var steps = new List<string>();
        StartProtocol start = Protocol(1) with { IsShared = true, TakeOver = takeOver };
        HomeRecord holder = Protocol(9).Wanted with { State = (HomeState)state, Instance = instance };
        Run(start with { Wanted = start.Wanted with { Instance = "me" } }, step => step is Step.ReadHome
            ? Noted(step, steps, new Outcome.HomeRead(holder, 4) { HolderLives = true })
            : Answer(step, steps));
        Assert.DoesNotContain("AwaitHolder", steps);
    }

    [Theory]
    [InlineData(StartIntent.Reset)]
    [InlineData(StartIntent.Delete)]
    public void What_lives_elsewhere_is_not_removed(object intent)
    {
        StartResult result = Run(Protocol(1) with { IsShared = true, Intent = (StartIntent)intent }, step => step is Step.ReadHome
            ? new Outcome.HomeRead(Protocol(9).Wanted with { Host = "beta", Process = 77 }, 4) { HolderLives = true }
            : Answer(step, []));
        Assert.Contains("process 77 on beta", Assert.IsType<StartResult.Refused>(result).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_loses_the_record_of_a_shared_log_to_another_stands_by_for_it()
    {
        var steps = new List<string>();
        int reads = 0, writes = 0;
        Run(Protocol(1) with { IsShared = true, TakeOver = true }, step => step switch
        {
            Step.ReadHome => Noted(step, steps, reads++ == 0 ? new Outcome.HomeRead(null, 0) : new Outcome.HomeRead(Protocol(9).Wanted, 1) { HolderLives = reads < 4 }),
            Step.WriteHome when writes++ == 0 => Noted(step, steps, new Outcome.Refused(RefusalReason.NewerStart, "")),
            _ => Answer(step, steps),
        });
        Assert.Equal(["WriteHome", "ReadHome", "AwaitHolder", "ReadHome", "AwaitHolder", "ReadHome", "CheckPlan", "ClaimHome"], steps.SkipWhile(step => step != "WriteHome").Take(8));
    }

    [Theory]
    [InlineData(HomeState.Running, true, true)]
    [InlineData(HomeState.Running, false, false)]
    [InlineData(HomeState.Starting, true, false)]
    public void Who_had_the_record_of_a_shared_log_stops_only_for_another_that_runs(object state, bool lives, bool stops)
    {
        int reads = 0, writes = 0;
        HomeRecord other = Protocol(9).Wanted with { State = (HomeState)state, Host = "beta", Process = 77 };
        StartResult result = Run(Protocol(1) with { IsShared = true }, step => step switch
        {
            Step.ReadHome => reads++ == 0 ? new Outcome.HomeRead(null, 0) : new Outcome.HomeRead(other, 2) { HolderLives = lives && reads < 4 },
            Step.WriteHome when writes++ == 1 => new Outcome.Refused(RefusalReason.NewerStart, ""),
            _ => Answer(step, []),
        });
        if (stops) Assert.Equal(other, Assert.IsType<StartResult.TakenOver>(result).By);
        else Assert.IsType<StartResult.Started>(result);
    }

    [Theory]
    [InlineData(HomeState.Running, true)]
    [InlineData(HomeState.Starting, false)]
    public void A_start_after_one_that_failed_when_it_had_claimed_stops_only_for_another_that_runs(object state, bool stops)
    {
        int reads = 0;
        HomeRecord other = Protocol(9).Wanted with { State = (HomeState)state, Host = "beta", Process = 77 };
        StartResult result = Run(Protocol(1) with { IsShared = true, HasClaimed = true, TakeOver = stops }, step => step is Step.ReadHome
            ? new Outcome.HomeRead(other, 2) { HolderLives = reads++ < 2 }
            : Answer(step, []));
        if (stops) Assert.Equal(other, Assert.IsType<StartResult.TakenOver>(result).By);
        else Assert.IsType<StartResult.Started>(result);
    }

    [Fact]
    public void A_write_of_the_record_that_nobody_confirmed_is_looked_up_a_bounded_number_of_times()
    {
        int writes = 0;
        StartResult result = Run(Protocol(1) with { IsShared = true }, step => step is Step.WriteHome ? Counted(ref writes) : Answer(step, []));
        Assert.IsType<StartResult.Failed>(result);
        Assert.InRange(writes, 2, 20);

        static Outcome Counted(ref int writes)
        {
            writes++;
            return new Outcome.Unknown(new TimeoutException("no answer"));
        }
    }

    [Theory]
    [InlineData(StartIntent.Reset)]
    [InlineData(StartIntent.Delete)]
    public void A_removal_killed_between_any_two_steps_is_finished_by_the_next_start(object intent)
    {
        for (int steps = 0; RemovalThenStart((StartIntent)intent, steps, CommitRules.All) is { } stores; steps++) Assert.True(Left(stores).Length == 0, $"after {steps} steps: {Left(stores)}");
    }

    [Fact]
    public void Without_the_rule_that_finishes_a_reset_something_of_it_is_left_behind()
    {
        var found = new List<string>();
        for (int steps = 0; RemovalThenStart(StartIntent.Reset, steps, CommitRules.All & ~CommitRules.FinishReset) is { } stores; steps++) found.Add(Left(stores));
        Assert.Contains(found, left => left.Length > 0);
    }

    [Fact]
    public void A_reset_to_positions_killed_between_any_two_steps_leaves_the_old_ones_or_the_new_ones_in_all_stores()
    {
        var ends = new HashSet<string>();
        for (int steps = 0; RemovalThenStart(StartIntent.Reset, steps, CommitRules.All, To) is var (log, database); steps++)
        {
            ends.Add($"{log.Positions[0].Next}, {database.Positions[0].Next}");
        }

        Assert.Equal(["1, 1", "7, 9"], ends.Order());
    }

    [Fact]
    public void What_is_sealed_is_published_before_a_removal_makes_the_log_forget_it()
    {
        var steps = new List<string>();
        var stage = new UnpublishedStage(new TaskId(new PipelineName("p"), "files", 0), Protocol(1).Wanted.Start, new Epoch(4), "out", new byte[] { 1 });
        StartResult result = Run(Protocol(2) with { Intent = StartIntent.Reset }, step => step is Step.ListSealed ? Noted(step, steps, new Outcome.Listed([stage])) : Answer(step, steps));
        Assert.IsType<StartResult.Removed>(result);
        Assert.Equal(
            ["ReadHome", "CheckPlan", "WriteHome", "RaiseGuard", "CheckPlan", "ListSealed", "Publish", "NotePublished", "DiscardStaged", "ClearDatabase", "ClearLog", "WriteHome"], steps);
    }

    [Fact]
    public void A_removal_that_can_not_publish_what_is_sealed_removes_nothing()
    {
        var steps = new List<string>();
        var stage = new UnpublishedStage(new TaskId(new PipelineName("p"), "files", 0), Protocol(1).Wanted.Start, new Epoch(4), "out", new byte[] { 1 });
        StartResult result = Run(Protocol(2) with { Intent = StartIntent.Delete }, step => step switch
        {
            Step.ListSealed => new Outcome.Listed([stage]),
            Step.Publish => new Outcome.Unknown(new IOException("the disk is full")),
            _ => Answer(step, steps),
        });
        Assert.IsType<StartResult.Failed>(result);
        Assert.DoesNotContain(steps, step => step.StartsWith("Clear", StringComparison.Ordinal) || step == "NotePublished");
    }

    [Fact]
    public void A_deletion_keeps_the_generation_and_the_next_start_stands_above_it()
    {
        HomeRecord? home = Protocol(1).Wanted with { Generation = new Generation(7), State = HomeState.Stopped };
        long version = 3;
        Outcome Carry(Step step) => step switch
        {
            Step.ReadHome => new Outcome.HomeRead(home, version),
            Step.WriteHome write => Write(write.Record),
            _ => Answer(step, []),
        };
        Outcome.Done Write(HomeRecord record)
        {
            (home, version) = (record, version + 1);
            return Outcome.Done.Instance;
        }

        Assert.IsType<StartResult.Removed>(Run(Protocol(2) with { Intent = StartIntent.Delete }, Carry));
        Assert.Equal((HomeState.Deleted, 8L, null), (home.State, home.Generation.Value, home.Plan));
        Assert.Equal(9, Assert.IsType<StartResult.Started>(Run(Protocol(3), Carry)).Record.Generation.Value);
    }

    /// <summary>Where a reset of these tests has partition 0 begin: in the log, and in the database.</summary>
    private static ResetRecord To => new(
        Plan,
        [
            new BeginRecord(PlanRecord.LogStore, "compute", "in", "0", "t", "7"),
            new BeginRecord("sqlite:orders.db", "table", "in", "0", "t", "9"),
        ]);

    /// <summary>What one store has kept although another has lost it.</summary>
    private static string Left((ModelLog Log, ModelDatabase Database) stores)
    {
        bool logKept = stores.Log.Positions.Count > 0, databaseKept = stores.Database.Positions.Count > 0;
        return logKept == databaseKept ? "" : $"log {(logKept ? "kept" : "cleared")}, database {(databaseKept ? "kept" : "cleared")}";
    }

    /// <summary>Kills a removal after some of its steps, starts the pipeline, and returns what the stores hold then. Null when the removal has fewer steps.</summary>
    private static (ModelLog Log, ModelDatabase Database)? RemovalThenStart(StartIntent intent, int steps, CommitRules rules, ResetRecord? to = null)
    {
        var log = new ModelLog();
        var database = new ModelDatabase();
        HomeRecord before = Protocol(1).Wanted with { Generation = new Generation(1), State = HomeState.Running };
        log.WriteHome(before, 0);
        database.Raise(new Step.RaiseGuard("db", before.Start, before.Generation, 1), CommitRules.All);
        Commit(log, database, before);

        Outcome Carry(Step step) => step switch
        {
            Step.ReadHome => new Outcome.HomeRead(log.Home, log.Version),
            Step.WriteHome write => log.WriteHome(write.Record, write.ExpectedVersion),
            Step.RaiseGuard raise => database.Raise(raise, CommitRules.All),
            Step.ClearDatabase clear => database.Clear(clear),
            Step.ClearLog clear => log.Clear(clear),
            Step.ListSealed => log.ListSealed(null),
            _ => Outcome.Done.Instance,
        };

        StartProtocol removal = Protocol(2) with { Intent = intent, Rules = rules };
        removal = removal with { Wanted = removal.Wanted with { Reset = to } };
        int done = 0;
        for (; removal.Next is { } step; done++)
        {
            if (done == steps) break;
            removal = removal.Apply(Carry(step));
        }

        if (done < steps) return null;
        Assert.IsType<StartResult.Started>(Run(Protocol(3) with { Rules = rules }, Carry));
        return (log, database);
    }

    private static void Commit(ModelLog log, ModelDatabase database, HomeRecord start)
    {
        var claim = new TaskClaim(new TaskId(new PipelineName("p"), "s", 0), start.Start, start.Generation, 1);
        log.Claim(claim, [0], CommitRules.All);
        database.Claim(claim, [0], CommitRules.All);
        var commit = new EpochCommit(claim, new Epoch(1), [new CommittedPosition(new SourcePartitionId("in", "0"), new Position("t", "1"), Epoch.None)]);
        log.Commit(commit, CommitRules.All, true, true);
        database.Commit(commit, CommitRules.All, true, true);
    }

    private static StartProtocol Protocol(byte start) => new()
    {
        Wanted = new HomeRecord
        {
            Start = new StartId(new Guid(start, 0, 0, new byte[8])),
            Generation = Generation.None,
            State = HomeState.Starting,
            Host = "alpha",
            Process = start,
            Tasks = 2,
            Plan = Plan,
        },
    };

    private static StartResult Run(StartProtocol protocol, Func<Step, Outcome> carry)
    {
        while (protocol.Next is { } step) protocol = protocol.Apply(carry(step));
        return protocol.Result!;
    }

    private static Outcome Answer(Step step, List<string> steps)
    {
        steps.Add(step.GetType().Name);
        return step switch
        {
            Step.ReadHome => new Outcome.HomeRead(null, 0),
            Step.ListSealed => new Outcome.Listed([]),
            _ => Outcome.Done.Instance,
        };
    }

    private static Outcome Noted(Step step, List<string> steps, Outcome outcome)
    {
        steps.Add(step.GetType().Name);
        return outcome;
    }

    private static Outcome.Done Note(List<string> notes, string note)
    {
        notes.Add(note);
        return Outcome.Done.Instance;
    }
}
