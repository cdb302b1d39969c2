using StreamEngine.Commits;
using StreamEngine.Tests.Commits.Model;
using Xunit.Abstractions;

namespace StreamEngine.Tests.Commits;

/// <summary>
/// The commit protocol over a Kafka cluster in memory: two hosts side by side with other numbers of tasks, of which each may be paused, killed or taken for gone
/// between any two acts; requests that arrive late or twice, transactions that time out.
/// </summary>
public sealed class KafkaModelTests(ITestOutputHelper output)
{
    private static readonly TimeSpan WalkMost = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SearchMost = TimeSpan.FromSeconds(90);

    /// <summary>The other host takes over once, with fewer tasks, and nothing fails.</summary>
    private static readonly ModelConfig Calm = new(ModelKind.Kafka, [2, 1], [1, 1]) { TakeOver = true, Faults = 0 };

    /// <summary>The same, and a task may be begun anew beside it.</summary>
    private static readonly ModelConfig Lone = Calm with { Records = 2, Faults = 1 };

    /// <summary>One host, whose tasks may be begun anew beside each other.</summary>
    private static readonly ModelConfig OneHost = new(ModelKind.Kafka, [2], [1]) { Faults = 1 };

    /// <summary>One task, long enough for what is left of an epoch to meet the next.</summary>
    private static readonly ModelConfig OneTask = new(ModelKind.Kafka, [1], [2]) { Partitions = 1, Records = 2, Faults = 2 };

    private static readonly ModelConfig FewerTasks = new(ModelKind.Kafka, [2, 1], [2, 2]) { TakeOver = true, Records = 2, Faults = 3 };

    private static readonly ModelConfig MoreTasks = new(ModelKind.Kafka, [1, 2], [2, 2]) { TakeOver = true, Records = 2, Faults = 3 };

    private static readonly ModelConfig[] Walked =
    [
        Calm,
        Lone,
        OneHost,
        OneTask,
        FewerTasks,
        MoreTasks,
        FewerTasks with { TakeOver = false },
        MoreTasks with { TakeOver = false },
        new(ModelKind.Kafka, [3, 2], [2, 2]) { TakeOver = true, Partitions = 3, Records = 2, Faults = 3 },
        new(ModelKind.Kafka, [2, 2], [1, 2]) { TakeOver = true, Records = 2, Faults = 1 },
    ];

    [Fact]
    public void With_all_rules_no_order_of_the_acts_of_one_host_loses_doubles_or_hangs_anything()
    {
        foreach (ModelConfig config in new[] { OneHost, OneTask }) ModelRuns.Holds(output, config, Explorer.Exhaust(config, ModelRuns.StatesMax));
    }

    [Fact]
    public void With_all_rules_a_host_that_is_interrupted_once_by_another_loses_doubles_or_hangs_nothing() =>
        ModelRuns.Holds(output, Calm, Explorer.ExhaustInterrupted(Calm, 1, ModelRuns.StatesMax));

    [Fact]
    public void With_all_rules_no_random_schedule_loses_doubles_or_hangs_anything()
    {
        foreach (ModelConfig config in Walked) ModelRuns.Holds(output, config, Explorer.Walk(config, ModelRuns.Seed, ModelRuns.Walks / 10, WalkMost));
    }

    [Theory]
    [InlineData(nameof(CommitRules.CompareAfterClaim), nameof(MoreTasks))]
    [InlineData(nameof(CommitRules.UnchangedBeginsAgain), nameof(Calm))]
    [InlineData(nameof(CommitRules.FenceTasks), nameof(Calm))]
    [InlineData(nameof(CommitRules.FenceAllSlots), nameof(Calm))]
    [InlineData(nameof(CommitRules.KeepFence), nameof(FewerTasks))]
    [InlineData(nameof(CommitRules.ProveAtEnd), nameof(Calm))]
    [InlineData(nameof(CommitRules.CheckStartAfterClaim), nameof(Lone))]
    [InlineData(nameof(CommitRules.ReadToTheEnd), nameof(OneHost))]
    [InlineData(nameof(CommitRules.NewProducerAfterRepeat), nameof(OneTask))]
    [InlineData(nameof(CommitRules.RecordApart), nameof(FewerTasks))]
    [InlineData(nameof(CommitRules.ClaimBeforeRead), nameof(MoreTasks))]
    [InlineData(nameof(CommitRules.PositionsWithOutput), nameof(Calm))]
    [InlineData(nameof(CommitRules.ReadAfterUnknown), nameof(FewerTasks))]
    public void Without_a_rule_something_is_found(string rule, string hosts)
    {
        ModelConfig config = hosts switch
        {
            nameof(Calm) => Calm,
            nameof(Lone) => Lone,
            nameof(OneHost) => OneHost,
            nameof(OneTask) => OneTask,
            nameof(FewerTasks) => FewerTasks,
            _ => MoreTasks,
        };
        config = config with { Rules = CommitRules.All & ~Enum.Parse<CommitRules>(rule) };
        Explorer.Result result = Explorer.Walk(config, ModelRuns.Seed, int.MaxValue, SearchMost);
        output.WriteLine($"{config}: after {result.States} states: {result.Wrong}");
        Assert.True(result.Wrong is not null, $"nothing was found without {rule}: the rule is untested, or not needed");
    }
}
