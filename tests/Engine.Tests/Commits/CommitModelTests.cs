using StreamEngine.Commits;
using StreamEngine.Tests.Commits.Model;
using Xunit.Abstractions;

namespace StreamEngine.Tests.Commits;

/// <summary>
/// The commit protocol over stores in memory, in every order of its steps: hosts that follow each other with other numbers of tasks, kills, lost,
/// late and repeated answers, pipelines begun anew within a process.
/// </summary>
public sealed class CommitModelTests(ITestOutputHelper output)
{

    /// <summary>Those whose log one process has at a time.</summary>
    private static readonly ModelKind[] Kinds = [ModelKind.Log, ModelKind.Database, ModelKind.Staged];

    internal static readonly ModelConfig[] Configs =
    [
        .. from kind in Kinds
           from tasks in new int[][] { [2, 1], [1, 2] }
           select new ModelConfig(kind, tasks, [1, 1]),
        .. from kind in Kinds
           select new ModelConfig(kind, [1, 1], [2, 1]) { Partitions = 1, Records = 2, Faults = 3 },
    ];

    private static readonly ModelConfig[] Deep =
    [
        .. from kind in Kinds
           from tasks in new int[][] { [3, 2], [1, 2], [2, 1] }
           select new ModelConfig(kind, tasks, [2, 2]) { Partitions = 3, Records = 2, Faults = 4 },
    ];

    [Fact]
    public void With_all_rules_no_order_of_steps_loses_doubles_or_hangs_anything()
    {
        foreach (ModelConfig config in Configs) ModelRuns.Holds(output, config, Explorer.Exhaust(config, ModelRuns.StatesMax));
    }

    [Fact]
    public void With_all_rules_no_random_schedule_loses_doubles_or_hangs_anything()
    {
        foreach (ModelConfig config in Deep) ModelRuns.Holds(output, config, Explorer.Walk(config, ModelRuns.Seed, ModelRuns.Walks / 10, TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(nameof(CommitRules.FenceDatabases), nameof(ModelKind.Database))]
    [InlineData(nameof(CommitRules.CheckGuard), nameof(ModelKind.Database))]
    [InlineData(nameof(CommitRules.GuardOnlyRises), nameof(ModelKind.Database))]
    [InlineData(nameof(CommitRules.EndHolder), nameof(ModelKind.Database))]
    [InlineData(nameof(CommitRules.CompareRows), nameof(ModelKind.Database))]
    [InlineData(nameof(CommitRules.ClaimBeforeRead), nameof(ModelKind.Staged))]
    [InlineData(nameof(CommitRules.PositionsWithOutput), nameof(ModelKind.Log))]
    [InlineData(nameof(CommitRules.PositionsWithOutput), nameof(ModelKind.Database))]
    [InlineData(nameof(CommitRules.ReadAfterUnknown), nameof(ModelKind.Log))]
    [InlineData(nameof(CommitRules.CheckStart), nameof(ModelKind.Log))]
    [InlineData(nameof(CommitRules.CheckAttempt), nameof(ModelKind.Staged))]
    [InlineData(nameof(CommitRules.CheckEpoch), nameof(ModelKind.Log))]
    [InlineData(nameof(CommitRules.ListAfterClaim), nameof(ModelKind.Staged))]
    [InlineData(nameof(CommitRules.FinishSealed), nameof(ModelKind.Staged))]
    [InlineData(nameof(CommitRules.SyncBeforeSeal), nameof(ModelKind.Staged))]
    [InlineData(nameof(CommitRules.SealBeforePublish), nameof(ModelKind.Staged))]
    [InlineData(nameof(CommitRules.NamesCarryStart), nameof(ModelKind.Staged))]
    [InlineData(nameof(CommitRules.GoneMeansPublished), nameof(ModelKind.Staged))]
    [InlineData(nameof(CommitRules.PublishBeforeDiscard), nameof(ModelKind.Staged))]
    [InlineData(nameof(CommitRules.DiscardOnlyOlder), nameof(ModelKind.Staged))]
    public void Without_a_rule_something_is_found(string rule, string kind)
    {
        CommitRules without = CommitRules.All & ~Enum.Parse<CommitRules>(rule);
        foreach (ModelConfig config in Configs.Where(config => config.Kind.ToString() == kind))
        {
            Explorer.Result result = Explorer.Exhaust(config with { Rules = without }, ModelRuns.StatesMax);
            if (result.Wrong is null) continue;
            output.WriteLine($"{config with { Rules = without }}: after {result.States} states:\n{result.Wrong}");
            return;
        }

        foreach (ModelConfig config in Deep.Where(config => config.Kind.ToString() == kind))
        {
            Explorer.Result result = Explorer.Walk(config with { Rules = without }, ModelRuns.Seed, ModelRuns.Walks, TimeSpan.FromSeconds(20));
            if (result.Wrong is null) continue;
            output.WriteLine($"{config with { Rules = without }}: {result.Wrong}");
            return;
        }

        Assert.Fail($"nothing was found without {rule}: the rule is untested, or not needed");
    }
}
