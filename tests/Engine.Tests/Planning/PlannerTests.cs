using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Planning;
using StreamEngine.Records;

namespace StreamEngine.Tests.Planning;

/// <summary>How graphs are cut into subgraphs with one commit point each.</summary>
public sealed class PlannerTests
{
    private static readonly CommitPoint Orders = PlanFixture.Database("orders");
    private static readonly CommitPoint Billing = PlanFixture.Database("billing");

    [Fact]
    public void A_graph_whose_sinks_commit_in_the_log_is_one_subgraph()
    {
        PipelinePlan plan = PlanFixture.Plan(p =>
        {
            KeyedStream<string, int> input = p.From(PlanFixture.Input);
            input.Where(v => v > 0).To(PlanFixture.Output);
            input.Count(name: "count").To(Topic.Of<string, long>("counts"));
        });
        SubgraphPlan subgraph = Assert.Single(plan.Subgraphs);
        Assert.Equal("count", subgraph.Name);
        Assert.Equal(LogCommitPoint.Instance, subgraph.CommitPoint);
        Assert.Empty(plan.Cuts);
    }

    [Fact]
    public void A_topic_that_goes_to_a_database_is_read_by_the_subgraph_that_commits_there()
    {
        PipelinePlan plan = PlanFixture.Plan(p => p.From(PlanFixture.Input).Select(v => v + 1).To(PlanFixture.Sink<string, int>("table", Orders)));
        SubgraphPlan subgraph = Assert.Single(plan.Subgraphs);
        Assert.Equal((Orders, "sql:orders"), (subgraph.CommitPoint, subgraph.Store));
        Assert.Empty(plan.Cuts);
    }

    [Fact]
    public void A_topic_that_goes_to_the_log_and_to_a_database_is_read_by_both_and_needs_no_cut()
    {
        PipelinePlan plan = PlanFixture.Plan(p =>
        {
            KeyedStream<string, int> input = p.From(PlanFixture.Input);
            input.To(PlanFixture.Output);
            input.To(PlanFixture.Sink<string, int>("table", Orders));
        });
        Assert.Empty(plan.Cuts);
        Assert.Equal([["input"], ["input"]], plan.Subgraphs.Select(subgraph => subgraph.TopicsRead.ToArray()));
        Assert.Equal(["log", "sql:orders"], plan.Subgraphs.Select(subgraph => subgraph.Store).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_stage_that_leads_to_two_commit_points_is_computed_once_and_cut_behind()
    {
        PipelinePlan plan = PlanFixture.Plan(p =>
        {
            KeyedStream<string, int> computed = p.From(PlanFixture.Input).Select(v => v * 2, name: "double");
            computed.To(PlanFixture.Output);
            computed.To(PlanFixture.Sink<string, int>("table", Orders), name: "rows");
            computed.Where(v => v > 0).To(PlanFixture.Sink<string, int>("bills", Billing), name: "bills");
        });
        Assert.Equal(3, plan.Subgraphs.Count);
        Assert.Equal(["streamengine.test.rows-in", "streamengine.test.bills-in"], plan.Cuts.Select(cut => cut.Spec.Name));
        Assert.All(plan.Cuts, cut => Assert.Equal((plan.Subgraphs[0].Name, 4, "test"), (cut.Writer, cut.Spec.Partitions, cut.Spec.Owner)));
        Assert.Equal("double", Assert.Single(plan.Subgraphs.SelectMany(subgraph => subgraph.Stages), stage => stage.Node.Name == "double").Node.Name);
        Assert.Equal(["rows", "bills"], plan.Cuts.SelectMany(cut => cut.Readers));
    }

    [Fact]
    public void Every_subgraph_has_one_commit_point_that_all_its_sinks_share_and_keyed_state_is_kept_in_the_log_only()
    {
        PipelinePlan plan = PlanFixture.Plan(p =>
        {
            KeyedStream<string, long> counts = p.From(PlanFixture.Input).Count(name: "count");
            counts.To(PlanFixture.Sink<string, long>("table", Orders), name: "rows");
            counts.To(PlanFixture.Sink<string, long>("files", StagedCommitPoint.Instance), name: "files");
            counts.To(Topic.Of<string, long>("counts"));
        });
        Assert.All(plan.Subgraphs, subgraph => Assert.All(subgraph.Sinks, sink => Assert.Equal(subgraph.CommitPoint, ((SinkNode)sink.Node).Sink.CommitPoint)));
        Assert.Equal(LogCommitPoint.Instance, Assert.Single(plan.Subgraphs, subgraph => subgraph.States.Count > 0).CommitPoint);
        Assert.Equal(["files", "rows"], Assert.Single(plan.Cuts).Readers.Order(StringComparer.Ordinal));
        Assert.Equal("streamengine.test.count", plan.Cuts[0].Spec.Name);
    }

    [Fact]
    public void Two_sinks_of_one_database_are_one_subgraph_and_those_of_two_are_two()
    {
        static PipelinePlan To(CommitPoint second) => PlanFixture.Plan(p =>
        {
            KeyedStream<string, int> input = p.From(PlanFixture.Input);
            input.To(PlanFixture.Sink<string, int>("one", Orders));
            input.To(PlanFixture.Sink<string, int>("two", second));
        });
        Assert.Single(To(PlanFixture.Database("orders")).Subgraphs);
        Assert.Equal(2, To(Billing).Subgraphs.Count);
    }

    [Fact]
    public void Writers_of_internal_topics_come_before_their_readers()
    {
        PipelinePlan plan = PlanFixture.Plan(p => p.From(PlanFixture.Input)
            .KeyBy(v => v % 7).Count(name: "first").KeyBy(v => v % 3).Count(name: "second").To(PlanFixture.Sink<long, long>("table", Orders), name: "rows"));
        Assert.Equal(["first-by-key-out", "first", "second", "rows"], plan.Subgraphs.Select(subgraph => subgraph.Name));
        Assert.Equal(["streamengine.test.first-by-key", "streamengine.test.second", "streamengine.test.second-by-key"], plan.Cuts.Select(cut => cut.Spec.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Keyed_state_behind_a_changed_key_or_a_merge_is_re_keyed_and_behind_other_verbs_is_not()
    {
        static int Cuts(Func<PipelineBuilder, KeyedStream<string, int>> define) => PlanFixture.Plan(p => define(p).Count(name: "c").To(Topic.Of<string, long>("counts"))).Cuts.Count;
        Assert.Equal(0, Cuts(p => p.From(PlanFixture.Input)));
        Assert.Equal(0, Cuts(p => p.From(PlanFixture.Input).Where(v => v > 0).Select(v => v).SelectMany(v => new[] { v }).Peek(_ => { }).WithHeader("h", _ => "x")));
        Assert.Equal(0, Cuts(p => p.From(PlanFixture.Input).SelectAsync((v, _) => ValueTask.FromResult(v), ordered: false)));
        Assert.Equal(0, Cuts(p => p.From(PlanFixture.Input).Merge(p.From(PlanFixture.Input, name: "again"))));
        Assert.Equal(1, Cuts(p => p.From(PlanFixture.Input).Merge(p.From(Topic.Of<string, int>("other")))));
        Assert.Equal(1, Cuts(p => p.From(PlanFixture.Input).KeyBy(v => $"{v}")));
    }

    [Fact]
    public void What_would_have_a_subgraph_wait_for_itself_is_refused()
    {
        PlanException error = Assert.Throws<PlanException>(() => PlanFixture.Plan(p =>
        {
            KeyedStream<int, int> keyed = p.From(PlanFixture.Input).KeyBy(v => v);
            keyed.Count(name: "c").Select(count => (int)count).Merge(keyed).To(Topic.Of<int, int>("output"));
        }));
        Assert.Contains("flow together again, so subgraph c would wait for itself", error.Message, StringComparison.Ordinal);
        Assert.Contains("Write one of the two to a topic of its own", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guarantee_that_a_sink_cannot_keep_is_refused_with_the_best_it_can_give_and_that_is_let_through()
    {
        static void Define(PipelineBuilder p) => p.From(PlanFixture.Input).To(PlanFixture.Sink<string, int>("store", FlushCommitPoint.Instance));
        PlanException error = Assert.Throws<PlanException>(() => PlanFixture.Plan(Define));
        Assert.Contains("exactly-once can't be kept: stage to-store: To(", error.Message, StringComparison.Ordinal);
        Assert.Contains("the best it can give is at-least-once", error.Message, StringComparison.Ordinal);
        Assert.Equal(Guarantee.AtLeastOnce, PlanFixture.Plan(Define, Guarantee.AtLeastOnce).Guarantee);
        Assert.Equal(Guarantee.AtMostOnce, PlanFixture.Plan(Define, Guarantee.AtMostOnce).Guarantee);
    }

    [Fact]
    public void Two_stages_or_states_of_one_name_in_a_definition_made_by_hand_are_refused()
    {
        var p = new PipelineBuilder("test");
        p.From(PlanFixture.Input).Count(name: "c").To(Topic.Of<string, long>("counts"));
        PipelineDefinition definition = p.Build("/");
        var doubled = new PipelineDefinition(new PipelineName("test"), [.. definition.Stages, .. Again()]);
        PlanException error = Assert.Throws<PlanException>(() => Planner.Plan(doubled, Guarantee.ExactlyOnce, 4));
        Assert.Contains("2 stages are called c: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 keyed states are called c", error.Message, StringComparison.Ordinal);
        Assert.Equal(["Give each stage a name of its own (name: ...).", "Give each keyed state a name of its own (name: ...)."], error.Remedy.Split('\n'));

        static IReadOnlyList<StageNode> Again()
        {
            var q = new PipelineBuilder("test");
            q.From(PlanFixture.Input).Count(name: "c").To(Topic.Of<string, long>("counts"));
            return q.Build("/").Stages;
        }
    }
}
