using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Planning;
using StreamEngine.Settings;

namespace StreamEngine.Tests.Settings;

/// <summary>Settings of single subgraphs and stages, over those of their pipeline.</summary>
public sealed class PartSettingsTests
{
    private static PipelineDefinition Pipeline
    {
        get
        {
            var pipeline = new PipelineBuilder("orders");
            KeyedStream<string, string> orders = pipeline.From(Topic.Of<string, string>("orders"), name: "in");
            orders.KeyBy(order => order).Count(name: "by-order").To(Topic.Of<string, long>("counts"), name: "counts");
            return pipeline.Set("commit.interval", "5s").Build(".");
        }
    }

    [Fact]
    public void A_block_of_a_subgraph_or_stage_wins_over_its_pipeline_s_and_that_over_its_code()
    {
        EngineSettings settings = EngineSettings.Parse(
            "stream-engine.pipelines.orders { tasks.max = 3, by-order { tasks.max = 1, commit.interval = 1s }, in.source.prefetch = 1MB, counts.errors.retries = 4 }", "test.conf");

        PipelineSettings orders = settings.For(Pipeline);
        settings.Plan(Pipeline);

        Assert.Equal((3, 5.0), (orders.TasksMax, orders.CommitInterval.TotalSeconds));
        Assert.Equal((1, 1.0), (orders.ForSubgraph("by-order").TasksMax, orders.ForSubgraph("by-order").CommitInterval.TotalSeconds));
        Assert.Equal((1_000_000, 3), (orders.ForStage("in").PrefetchBytes, orders.ForStage("in").TasksMax));
        Assert.Equal((4, 0), (orders.ForStage("counts").Errors.Retries, orders.Errors.Retries));
        Assert.Equal((4, 3), (orders.ForSubgraph("by-order").ForStage("counts").Errors.Retries, orders.ForSubgraph("in").TasksMax));
    }

    [Fact]
    public void The_plan_says_what_is_set_and_where()
    {
        EngineSettings settings = EngineSettings.Parse("stream-engine.pipelines.orders {\n  tasks.max = 3\n  by-order.tasks.max = 1\n}", "test.conf");

        string text = PlanText.Of(settings.Plan(Pipeline).Plan, settings.For(Pipeline));

        Assert.Contains("subgraph by-order: 1 to 1 tasks", text, StringComparison.Ordinal);
        Assert.Contains("  set: tasks.max = 3 (test.conf:2:15)\n", text, StringComparison.Ordinal);
        Assert.Contains("  set: commit.interval = 5s (pipeline orders, in code)\n", text, StringComparison.Ordinal);
        Assert.Contains("  set: by-order.tasks.max = 1 (test.conf:3:24)\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("by-oder.tasks.max = 1", "test.conf:1:1 error SE1110: pipeline orders has no subgraph and no stage by-oder; did you mean by-order?")]
    [InlineData("in.tasks.max = 1", "test.conf:1:1 error SE1101: tasks.max can't be set for stage in alone: it is its subgraph's")]
    public void A_block_of_a_part_that_is_not_there_is_refused(string text, string message)
    {
        EngineSettings settings = EngineSettings.Parse($"stream-engine.pipelines.orders.{text}", "test.conf");

        Assert.StartsWith(message, Assert.Throws<ProblemException>(() => settings.Plan(Pipeline)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("by-order.task.max = 1", "did you mean stream-engine.pipelines.orders.by-order.tasks.max?")]
    [InlineData("comit.interval = 1s", "did you mean stream-engine.pipelines.orders.commit.interval?")]
    [InlineData("by-order.guarantee = at-least-once", "error SE1101: guarantee can")]
    [InlineData("by-order.tasks.max = 0", "stream-engine.pipelines.orders.by-order.tasks.max = 0 must be a whole number from 1 to 1024")]
    public void A_block_of_a_part_is_checked_before_its_pipeline_is_known(string text, string message) => Assert.Contains(
        message, Assert.Throws<ProblemException>(() => EngineSettings.Parse($"stream-engine.pipelines.orders.{text}", "test.conf")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_conflict_between_code_and_a_block_of_a_part_is_found_before_anything_starts()
    {
        EngineSettings settings = EngineSettings.Parse("stream-engine.pipelines.orders.by-order.drain.timeout = 15s", "test.conf");
        PipelineDefinition orders = Pipeline with { Settings = new Dictionary<string, string> { ["commit.timeout"] = "10s", ["drain.timeout"] = "5s" } };

        Assert.Contains("error SE1106: drain.timeout (15s) must be below commit.timeout (10s)", Assert.Throws<ProblemException>(() => settings.Plan(orders)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_for_a_pipeline_of_a_misspelt_name_are_refused_and_for_another_one_said()
    {
        string misspelt = Assert.Throws<ProblemException>(() => EngineSettings.Parse("stream-engine.pipelines.oders.tasks.max = 1", "test.conf").CheckNames(["orders"])).Message;
        Problem other = Assert.Single(EngineSettings.Parse("stream-engine.pipelines.invoices.tasks.max = 1", "test.conf").CheckNames(["orders"]));

        Assert.Contains("there is no pipeline oders; did you mean orders?", misspelt, StringComparison.Ordinal);
        Assert.False(other.IsError);
    }
}
