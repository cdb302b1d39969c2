using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Planning;

namespace StreamEngine.Tests.Planning;

/// <summary>Which changes of a plan are let through, and which are refused with the ways out.</summary>
public sealed class PlanComparisonTests
{
    private static readonly CommitPoint Orders = PlanFixture.Database("orders");

    [Fact]
    public void A_first_plan_and_an_unchanged_one_are_let_through()
    {
        PlanRecord plan = Record(Counting);
        Assert.Empty(PlanComparison.Compare(null, plan, _ => "never asked"));
        Assert.Empty(PlanComparison.Compare(plan, Record(Counting), _ => "never asked"));
    }

    [Fact]
    public void What_is_stateless_may_come_go_and_change() => Assert.Empty(Compare(
        p => p.From(PlanFixture.Input).Where(v => v > 0).To(PlanFixture.Output),
        p => p.From(PlanFixture.Input).Select(v => v + 1).Peek(_ => { }).To(PlanFixture.Output)));

    [Fact]
    public void A_source_and_a_sink_may_be_added_and_a_source_that_nobody_reads_any_more_may_go()
    {
        void More(PipelineBuilder p)
        {
            p.From(PlanFixture.Input).To(PlanFixture.Output);
            p.From(Topic.Of<string, int>("other")).To(Topic.Of<string, int>("copy"));
        }

        void Less(PipelineBuilder p) => p.From(PlanFixture.Input).To(PlanFixture.Output);
        Assert.Empty(Compare(Less, More));
        Assert.Empty(Compare(More, Less));
    }

    [Fact]
    public void A_source_under_another_name_would_be_read_again_and_is_refused()
    {
        PlanProblem problem = Assert.Single(Compare(
            p => p.From(PlanFixture.Input).To(PlanFixture.Output), p => p.From(PlanFixture.Input, name: "renamed").To(PlanFixture.Output)));
        Assert.Contains("topic input would be read again from its beginning: its position is that of source input in subgraph to-output (log)", problem.Text, StringComparison.Ordinal);
        Assert.Equal("Keep the names of the source and of the stages that its subgraph is called by, or reset the pipeline to begin at the beginning: pipelines reset.", problem.Remedy);
    }

    [Fact]
    public void A_source_whose_records_now_commit_elsewhere_is_refused()
    {
        PlanProblem problem = Assert.Single(Compare(
            p => p.From(PlanFixture.Input).To(PlanFixture.Output, name: "out"), p => p.From(PlanFixture.Input).To(PlanFixture.Sink<string, int>("table", Orders), name: "out")));
        Assert.Contains("in subgraph out (log), and it is now read in subgraph out (sql:orders)", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_is_gone_renamed_or_of_another_shape_is_refused()
    {
        PlanProblem gone = Assert.Single(Compare(Counting, p => p.From(PlanFixture.Input).To(Topic.Of<string, int>("counts"), name: "count")));
        Assert.Contains("keyed state count has no stage any more", gone.Text, StringComparison.Ordinal);
        Assert.Contains("(name: \"count\")", gone.Remedy, StringComparison.Ordinal);
        Assert.Contains(
            Compare(Counting, p => p.From(PlanFixture.Input).Count(name: "other").To(Topic.Of<string, long>("counts"))),
            problem => problem.Text.Contains("keyed state count has no stage any more", StringComparison.Ordinal));
        PlanProblem changed = Assert.Single(Compare(Counting, p => p.From(PlanFixture.Input).Sum(v => (double)v, name: "count").To(Topic.Of<string, double>("sums"))));
        Assert.Equal("keyed state count has another shape: it was kept as string -> int64, and the stage now keeps string -> double", changed.Text);
        Assert.StartsWith("Go back to the shape it had, or reset the pipeline", changed.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_that_vanishes_is_let_through_when_it_was_read_to_its_end_and_refused_when_not()
    {
        static void Cut(PipelineBuilder p)
        {
            KeyedStream<string, int> made = p.From(PlanFixture.Input).Select(v => v, name: "made");
            made.To(PlanFixture.Output, name: "out");
            made.To(PlanFixture.Sink<string, int>("table", Orders), name: "rows");
        }

        static void Whole(PipelineBuilder p) => p.From(PlanFixture.Input).Select(v => v, name: "made").To(PlanFixture.Output, name: "out");
        PlanRecord before = Record(Cut);
        PlanRecord now = Record(Whole);
        Assert.DoesNotContain(PlanComparison.Compare(before, now, _ => null), problem => problem.Text.Contains("internal topic", StringComparison.Ordinal));
        PlanProblem problem = Assert.Single(
            PlanComparison.Compare(before, now, topic => $"3 of {topic.Name} are left"), problem => problem.Text.Contains("internal topic", StringComparison.Ordinal));
        Assert.Equal("internal topic streamengine.test.rows-in is no longer part of the graph, and 3 of streamengine.test.rows-in are left", problem.Text);
        Assert.StartsWith("Let the old version run to its end (run, without --follow), or reset", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_stands_against_a_plan_is_said_at_once()
    {
        IReadOnlyList<PlanProblem> problems = Compare(
            p => p.From(PlanFixture.Input).KeyBy(v => v).Count(name: "count").To(Topic.Of<int, long>("counts")),
            p => p.From(PlanFixture.Input, name: "renamed").To(PlanFixture.Output),
            left: "5 are left");
        Assert.Equal(3, problems.Count);
    }

    private static void Counting(PipelineBuilder p) => p.From(PlanFixture.Input).Count(name: "count").To(Topic.Of<string, long>("counts"));

    private static IReadOnlyList<PlanProblem> Compare(Action<PipelineBuilder> before, Action<PipelineBuilder> now, string? left = null) =>
        PlanComparison.Compare(Record(before), Record(now), _ => left);

    private static PlanRecord Record(Action<PipelineBuilder> define) => PlanFixture.Plan(define).ToRecord();
}
