using System.Text.RegularExpressions;
using StreamEngine.Contracts;
using StreamEngine.Operators;

namespace StreamEngine.Tests.Planning;

/// <summary>Plans as people see them, frozen whole: a change of one shows here as the text it makes.</summary>
public sealed partial class PlanTextTests
{
    [Fact]
    public void A_copy() => Check(
        p => p.From(PlanFixture.Input).To(PlanFixture.Output),
        """
        pipeline test: exactly-once, commits every 100 ms
          subgraph to-output: 1 to 2 tasks, commit point the log: one transaction with output, state and positions
            input: topic input: string → int
            to-output <- input: topic output
          dead letters: none, a record that fails fails its task (errors.tolerance = none)

        """);

    [Fact]
    public void A_count_by_another_key() => Check(
        p => p.From(PlanFixture.Input).Where(v => v > 0).KeyBy(v => v % 2).Count(name: "by-parity").To(Topic.Of<int, long>("counts")),
        """
        pipeline test: exactly-once, commits every 100 ms
          subgraph by-parity-by-key-out: 1 to 2 tasks, commit point the log: one transaction with output, state and positions
            input: topic input: string → int
            where <- input: Where(v => v > 0) (PlanTextTests.cs:LINE)
            key-by <- where: KeyBy(v => v % 2) (PlanTextTests.cs:LINE)
            by-parity-by-key-out <- key-by: topic streamengine.test.by-parity-by-key
          subgraph by-parity: 1 to 2 tasks, commit point the log: one transaction with output, state and positions
            by-parity-by-key: topic streamengine.test.by-parity-by-key: int → int
            by-parity <- by-parity-by-key: Count() (PlanTextTests.cs:LINE), keyed state by-parity
            to-counts <- by-parity: topic counts
          cut: by-parity-by-key-out -> streamengine.test.by-parity-by-key (4 partitions) -> by-parity: by-parity keeps state by another key than its input is partitioned by
          dead letters: none, a record that fails fails its task (errors.tolerance = none)

        """);

    [Fact]
    public void A_state_without_a_name_and_finer_keys() => Check(
        p => p.From(PlanFixture.Input).ThenBy(v => v % 2).Sum(v => v).To(Topic.Of<(string, int), int>("sums")),
        """
        pipeline test: exactly-once, commits every 100 ms
          subgraph sum-5fd35c91: 1 to 2 tasks, commit point the log: one transaction with output, state and positions
            input: topic input: string → int
            then-by <- input: ThenBy(v => v % 2) (PlanTextTests.cs:LINE)
            sum-5fd35c91 <- then-by: Sum(v => v) (PlanTextTests.cs:LINE), keyed state sum-5fd35c91 (name it: an edit of the graph may lose it)
            to-sums <- sum-5fd35c91: topic sums
          dead letters: none, a record that fails fails its task (errors.tolerance = none)

        """);

    [Fact]
    public void A_fan_out_to_the_log_a_database_and_files() => Check(
        p =>
        {
            KeyedStream<string, long> counts = p.From(PlanFixture.Input).Count(name: "count");
            counts.To(Topic.Of<string, long>("counts"));
            counts.To(PlanFixture.Sink<string, long>("table", PlanFixture.Database("orders")));
            counts.To(PlanFixture.Sink<string, long>("files", StagedCommitPoint.Instance));
        },
        """
        pipeline test: exactly-once, commits every 100 ms
          subgraph count: 1 to 2 tasks, commit point the log: one transaction with output, state and positions
            input: topic input: string → int
            count <- input: Count() (PlanTextTests.cs:LINE), keyed state count
            to-counts <- count: topic counts
            count-out <- count: topic streamengine.test.count
          subgraph to-table: 1 to 2 tasks, commit point sql:orders: one transaction with rows and positions
            count: topic streamengine.test.count: string → long
            to-table <- count: fake table
          subgraph to-files: 1 to 2 tasks, commit point the log: files are sealed there, then published
            count: topic streamengine.test.count: string → long
            to-files <- count: fake files
          cut: count -> streamengine.test.count (4 partitions) -> to-table, to-files: what follows commits in sql:orders, what comes before in the log
          dead letters: none, a record that fails fails its task (errors.tolerance = none)

        """);

    [Fact]
    public void A_merge_with_an_asynchronous_call_at_least_once() => Check(
        p =>
        {
            p.Set("errors.tolerance", "all").Set("commit.interval", "2s").Set("tasks.max", "5");
            p.From(PlanFixture.Input).Merge(p.From(Topic.Of<string, int>("other"))).SelectAsync((v, _) => ValueTask.FromResult(v + 1)).ForEach((_, _) => { });
        },
        """
        pipeline test: at-least-once, commits every 2 s
          subgraph for-each: 1 to 5 tasks, commit point the log, after the output has arrived
            input: topic input: string → int
            other: topic other: string → int
            merge <- input, other: Merge(p.From(Topic.Of<string, int>("other"))) (PlanTextTests.cs:LINE)
            select-async <- merge: SelectAsync((v, _) => ValueTask.FromResult(v + 1)) (PlanTextTests.cs:LINE)
            for-each <- select-async: for-each an action
          dead letters: records that fail go to topic streamengine.test.dead-letters
          set: tasks.max = 5 (pipeline test, in code)
          set: commit.interval = 2s (pipeline test, in code)
          set: errors.tolerance = all (pipeline test, in code)

        """,
        Guarantee.AtLeastOnce);

    private static void Check(Action<PipelineBuilder> define, string expected, Guarantee guarantee = Guarantee.ExactlyOnce) =>
        Assert.Equal(expected.ReplaceLineEndings("\n"), Line().Replace(PlanFixture.Text(define, guarantee), "PlanTextTests.cs:LINE"));

    [GeneratedRegex(@"PlanTextTests\.cs:\d+")]
    private static partial Regex Line();
}
