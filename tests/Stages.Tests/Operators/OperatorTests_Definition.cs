using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>What is refused before anything runs, and how stages are called and labelled.</summary>
public sealed class OperatorTests_Definition
{
    private static readonly Topic<string, int> Input = Topic.Of<string, int>("input");
    private static readonly Topic<string, int> Output = Topic.Of<string, int>("output");

    [Fact]
    public void A_name_given_twice_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Build(p => p.From(Input).Where(v => v > 0, name: "same").Select(v => v, name: "same").To(Output)));
        Assert.Contains("pipeline test has a stage same already: give each stage a name of its own", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a.b")]
    [InlineData("-a")]
    [InlineData("ä")]
    [InlineData("a/../b")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345")]
    public void A_name_that_breaks_the_rule_is_refused_with_the_rule(string name)
    {
        string message = Assert.Throws<ArgumentException>(() => Build(p => p.From(Input).Where(v => v > 0, name: name).To(Output))).Message;
        Assert.Contains($"'{name}' can't name a stage: letters, digits, '-' and '_' may be used, at most 64 of them", message, StringComparison.Ordinal);
        Assert.Contains("can't name a pipeline", Assert.Throws<ArgumentException>(() => new PipelineBuilder(name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_without_a_name_get_one_from_what_they_are_with_a_number_where_there_are_several()
    {
        PipelineDefinition definition = Build(p => p.From(Topic.Of<string, int>("my.input")).Where(v => v > 0).Where(v => v > 1).Select(v => v).To(Output));
        Assert.Equal(["my_input", "where", "where-2", "select", "to-output"], definition.Stages.Select(stage => stage.Name));
    }

    [Fact]
    public void A_label_is_the_source_text_with_its_file_and_line_in_one_line_and_not_too_long()
    {
        PipelineDefinition definition = Build(p => p.From(Input)
            .Where(v => v
                >   7)
            .Select(v => v.ToString(System.Globalization.CultureInfo.InvariantCulture) + " and something that makes this expression longer than a label")
            .To(Topic.Of<string, string>("output")));
        SourceLabel where = definition.Stages[1].Label;
        Assert.Matches(@"^Where\(v => v > 7\) \(OperatorTests_Definition\.cs:\d+\)$", where.ToString());
        Assert.True(where.Line < definition.Stages[2].Label.Line);
        Assert.Equal(80, definition.Stages[2].Label.Short.Length);
        Assert.EndsWith("…", definition.Stages[2].Label.Short, StringComparison.Ordinal);
        Assert.StartsWith("From(Input)", definition.Stages[0].Label.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_derived_name_of_a_state_changes_with_its_text_and_not_with_its_place_or_layout()
    {
        string Named(Action<PipelineBuilder> define) => Build(define).Stages.OfType<IStatefulNode>().Single().State.Name;
        string one = Named(p => p.From(Input).Sum(v => v * 2).To(Output));
        string moved = Named(p => p.From(Input).Where(v => v > 0).Sum(v =>
            v   * 2).To(Output));
        string edited = Named(p => p.From(Input).Sum(v => v * 3).To(Output));
        Assert.Equal(one, moved);
        Assert.NotEqual(one, edited);
    }

    [Fact]
    public void A_source_that_cannot_be_read_again_is_refused_where_more_than_at_most_once_is_promised()
    {
        var once = new TestSource<string, int>("socket", canReplay: false);
        EngineException error = Assert.ThrowsAny<EngineException>(() => PipelineTestKit.For(p => p.From(once).To(Output)));
        Assert.Matches(@"exactly-once can't be kept: stage socket: From\(once\) \(OperatorTests_Definition\.cs:\d+\) can't be read again from a position; the best it can give is at-most-once", error.Message);
        Assert.Contains("guarantee = at-most-once", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_cannot_be_read_again_runs_at_most_once()
    {
        var once = new TestSource<string, int>("socket", canReplay: false);
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.Promise(Guarantee.AtMostOnce).From(once).To(Output));
        once.Add("a", 1);
        once.Add("a", 2);
        await kit.RunToEnd();
        Assert.Equal([1, 2], kit.Output(Output).Select(record => record.Value));
    }

    [Fact]
    public void A_sink_without_transactions_is_refused_where_exactly_once_is_promised()
    {
        var sink = new TestSink<string, int>("store");
        EngineException error = Assert.ThrowsAny<EngineException>(() => PipelineTestKit.For(p =>
        {
            Stream<string, int> stream = p.From(Input);
            stream.To(sink);
            stream.ForEach((_, _) => { });
        }));
        Assert.Contains("exactly-once can't be kept: stage to-store", error.Message, StringComparison.Ordinal);
        Assert.Contains("exactly-once can't be kept: stage for-each", error.Message, StringComparison.Ordinal);
        Assert.Contains("the best it can give is at-least-once", error.Message, StringComparison.Ordinal);
        Assert.Contains("Ask for guarantee = at-least-once", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_without_an_end_and_a_pipeline_without_a_sink_are_refused_both_at_once()
    {
        EngineException error = Assert.ThrowsAny<EngineException>(() => PipelineTestKit.For(p => p.From(Input).Where(v => v > 0)));
        Assert.Contains("it has no sink", error.Message, StringComparison.Ordinal);
        Assert.Contains("stage where: Where(v => v > 0)", error.Message, StringComparison.Ordinal);
        Assert.Contains("hands its records to nobody", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pipelines_that_feed_each_other_in_a_circle_are_refused()
    {
        PipelineTestKit kit = PipelineTestKit.For(new PipelineTestOptions(), ("one", p => p.From(Input).To(Output)), ("two", p => p.From(Output).To(Input)));
        EngineException error = Assert.ThrowsAny<EngineException>(kit.Start);
        Assert.Contains("pipelines feed each other in a circle: one -> two -> one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_promised_in_code_gives_way_to_the_settings_and_settings_in_code_to_those_given()
    {
        static string PlanOf(Action<PipelineBuilder> promise, string settings) => PipelineTestKit.For(
            p => { promise(p); p.From(Input).To(Output); }, new PipelineTestOptions { Settings = settings }).Plan;
        Assert.Contains("pipeline test: at-least-once,", PlanOf(p => p.Promise(Guarantee.AtLeastOnce), ""), StringComparison.Ordinal);
        Assert.Contains("pipeline test: exactly-once,", PlanOf(p => p.Promise(Guarantee.AtLeastOnce), "stream-engine.pipelines.test.guarantee = exactly-once"), StringComparison.Ordinal);
        Assert.Contains("1 to 7 tasks", PlanOf(p => p.Set("tasks.max", "7"), ""), StringComparison.Ordinal);
        Assert.Contains("1 to 3 tasks", PlanOf(p => p.Set("tasks.max", "7"), "stream-engine.pipelines.test.tasks.max = 3"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_there_is_not_or_that_is_wrong_is_refused_by_its_name()
    {
        Assert.Contains("there is no setting stream-engine.pipelines.test.task.max; did you mean stream-engine.pipelines.test.tasks.max?", Assert.ThrowsAny<EngineException>(() => PipelineTestKit.For(p => p.Set("task.max", "2").From(Input).To(Output))).Message, StringComparison.Ordinal);
        Assert.Contains("tasks.max = \"0\" must be a whole number", Assert.ThrowsAny<EngineException>(() => PipelineTestKit.For(p => p.Set("tasks.max", "0").From(Input).To(Output))).Message, StringComparison.Ordinal);
    }

    private static PipelineDefinition Build(Action<PipelineBuilder> define)
    {
        var p = new PipelineBuilder("test");
        define(p);
        return p.Build("/");
    }
}
