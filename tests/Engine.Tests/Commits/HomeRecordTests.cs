using System.Text;
using System.Text.Json.Nodes;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Commits;

public sealed class HomeRecordTests
{
    [Fact]
    public void A_record_of_the_first_format_has_no_sinks_and_is_read()
    {
        var subgraph = new SubgraphRecord("copy", PlanRecord.LogStore, [new SourceRecord("in", "topic in")], []) { Sinks = [new SinkRecord("out", "topic out", "out")] };
        var record = new HomeRecord { Start = StartId.New(), Generation = new Generation(1), State = HomeState.Running, Plan = new PlanRecord([subgraph], []) };
        Assert.Equal("out", Assert.Single(Assert.Single(HomeRecord.Parse(record.ToBytes()).Plan!.Subgraphs).Sinks).Name);
        JsonNode json = JsonNode.Parse(record.ToBytes())!;
        JsonObject written = Member(Member(json, "Plan"), "Subgraphs")[0]!.AsObject();
        Assert.True(written.Remove(written.Single(member => member.Key.Equals("Sinks", StringComparison.OrdinalIgnoreCase)).Key));
        HomeRecord read = HomeRecord.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
        Assert.Empty(Assert.Single(read.Plan!.Subgraphs).Sinks);
        Assert.Equal("in", Assert.Single(read.Plan.Subgraphs[0].Sources).Name);
    }

    private static JsonNode Member(JsonNode node, string name) => node.AsObject().Single(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value!;
}
