using System.Text.Json;
using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Planning;
using StreamEngine.Settings;

namespace StreamEngine.Tests.Planning;

public sealed class PlanJsonTests
{
    [Fact]
    public void A_plan_is_an_object_with_its_subgraphs_stages_and_cuts()
    {
        JsonElement plan = Assert.Single(Json(p => p.From(PlanFixture.Input).KeyBy(n => n).Count().To(Topic.Of<int, long>("output"))).EnumerateArray());
        Assert.Equal(["pipeline", "guarantee", "commitInterval", "tasksMax", "subgraphs", "cuts", "deadLetters", "settings"], Members(plan));
        Assert.Equal("test", plan.GetProperty("pipeline").GetString());
        Assert.Equal("exactly-once", plan.GetProperty("guarantee").GetString());
        JsonElement[] subgraphs = [.. plan.GetProperty("subgraphs").EnumerateArray()];
        Assert.Equal(2, subgraphs.Length);
        Assert.All(subgraphs, subgraph => Assert.Equal("log", subgraph.GetProperty("commitPoint").GetProperty("kind").GetString()));
        JsonElement cut = Assert.Single(plan.GetProperty("cuts").EnumerateArray());
        Assert.Equal(["topic", "partitions", "writer", "readers", "reason"], Members(cut));
        Assert.Equal(subgraphs[0].GetProperty("name").GetString(), cut.GetProperty("writer").GetString());
        Assert.Equal(subgraphs[1].GetProperty("name").GetString(), Assert.Single(cut.GetProperty("readers").EnumerateArray()).GetString());
        JsonElement[] stages = [.. subgraphs.SelectMany(subgraph => subgraph.GetProperty("stages").EnumerateArray())];
        Assert.All(stages, stage => Assert.Equal(["name", "role", "kind", "inputs", "target", "topic", "output", "label", "state"], Members(stage)));
        Assert.Equal(["source", "operator", "sink", "source", "operator", "sink"], stages.Select(stage => stage.GetProperty("role").GetString()));
        Assert.Equal(["input", null, cut.GetProperty("topic").GetString(), cut.GetProperty("topic").GetString(), null, "output"], stages.Select(stage => stage.GetProperty("topic").GetString()));
        JsonElement counted = stages[4];
        Assert.True(counted.GetProperty("state").GetProperty("nameIsDerived").GetBoolean());
        Assert.Equal("PlanJsonTests.cs", counted.GetProperty("label").GetProperty("file").GetString());
    }

    [Theory]
    [InlineData("log")]
    [InlineData("staged")]
    [InlineData("database")]
    public void A_commit_point_says_its_kind(string kind)
    {
        CommitPoint point = kind switch
        {
            "log" => LogCommitPoint.Instance,
            "staged" => StagedCommitPoint.Instance,
            _ => PlanFixture.Database("orders"),
        };
        JsonElement plan = Json(p => p.From(PlanFixture.Input).To(PlanFixture.Sink<string, int>("out", point))).EnumerateArray().Single();
        JsonElement found = plan.GetProperty("subgraphs").EnumerateArray().Last().GetProperty("commitPoint");
        Assert.Equal(kind, found.GetProperty("kind").GetString());
        Assert.Equal(point.Id, found.GetProperty("id").GetString());
    }

    [Fact]
    public void What_is_set_stands_there_with_where_it_comes_from()
    {
        JsonElement plan = Json(p =>
        {
            p.Set("tasks.max", "3");
            p.From(PlanFixture.Input).To(Topic.Of<string, int>("output"));
        }).EnumerateArray().Single();

        JsonElement setting = Assert.Single(plan.GetProperty("settings").EnumerateArray());
        Assert.Equal("tasks.max 3 pipeline test, in code", $"{setting.GetProperty("key")} {setting.GetProperty("value")} {setting.GetProperty("origin")}");
        Assert.Equal(3, Assert.Single(plan.GetProperty("subgraphs").EnumerateArray()).GetProperty("tasksMax").GetInt32());
    }

    private static JsonElement Json(Action<PipelineBuilder> define)
    {
        PipelinePlan plan = PlanFixture.Plan(define);
        using var written = new MemoryStream();
        PlanJson.Write(written, [(plan, EngineSettings.Load().For(plan.Definition))]);
        return JsonDocument.Parse(written.ToArray()).RootElement;
    }

    private static string[] Members(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];
}
