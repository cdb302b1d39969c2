using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

[Collection(HostProcesses.Name)]
public sealed class TopicsTests : IDisposable
{
    private const int Rows = 100;

    private readonly TemporaryFolder folder = new();
    private readonly PipelinePrograms programs;

    public TopicsTests(PipelinePrograms programs)
    {
        this.programs = programs;
        PipelinePrograms.WriteRows(folder.Combine("in.csv"), 0, Rows);
        using HostProcess host = programs.Run(["run", programs.Path, "--data", Data], ("INPUT", folder.Combine("in.csv")));
        Assert.True(host.ExitCode == 0, host.Text);
    }

    private string Data => folder.Combine("data");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Topics_are_listed_described_and_read()
    {
        string[] topics = Ask("list");
        Assert.Collection(
            topics,
            topic => Assert.StartsWith($"rows\t2 partitions\t{Rows} offsets\t", topic, StringComparison.Ordinal),
            topic => Assert.Equal("streamengine.copy.dead-letters\t1 partition\t0 offsets\t0 bytes, internal to pipeline copy", topic));

        string[] described = Ask("describe", "rows");
        Assert.StartsWith("rows: 2 partitions, id ", described[0], StringComparison.Ordinal);
        Assert.Equal("keys string, values json", described[1]);
        int[] next = [.. described[3..].Select(line => int.Parse(line.Split("offsets 0 to ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(2, next.Length);
        Assert.Equal(Rows, next.Sum());

        JsonElement[] all = Json("rows", "--from", "earliest");
        Assert.Equal(Rows, all.Length);
        foreach (JsonElement record in all) Assert.Equal(["partition", "offset", "timestamp", "key", "value", "headers"], record.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Enumerable.Range(0, Rows), all.Select(record => record.GetProperty("value").GetProperty("number").GetInt32()).Order());
        Assert.All(all, record => Assert.Equal(record.GetProperty("value").GetProperty("name").GetString(), record.GetProperty("key").GetString()));
        Assert.Equal(
            Enumerable.Range(0, 2).SelectMany(partition => Enumerable.Range(0, next[partition]).Select(offset => (partition, offset))),
            all.Select(record => (record.GetProperty("partition").GetInt32(), record.GetProperty("offset").GetInt32())));

        Assert.Empty(Json("rows", "--from", "latest"));
        Assert.Equal(Enumerable.Range(5, next[1] - 5), Json("rows", "--from", "5", "--partition", "1").Select(record => record.GetProperty("offset").GetInt32()));
        Assert.Equal(3, Json("rows", "--limit", "3").Length);
        Assert.Equal(Rows, Ask("read", "rows").Length);
    }

    [Theory]
    [InlineData("there is no topic raws", "There are rows, streamengine.copy.dead-letters.", "describe", "raws")]
    [InlineData("there is no topic raws", "There are rows, streamengine.copy.dead-letters.", "read", "raws")]
    [InlineData("topic rows has 2 partitions, so none of number 2", "Give --partition 0 to 1.", "read", "rows", "--partition", "2")]
    [InlineData("--from yesterday is no place to begin", "Give earliest, latest, or an offset.", "read", "rows", "--from", "yesterday")]
    [InlineData("--limit -1 is no number of records", "Give a number from 1 on.", "read", "rows", "--limit", "-1")]
    public void What_a_topic_has_not_is_refused_with_what_it_has(string error, string remedy, params string[] arguments)
    {
        using HostProcess host = programs.Run(["topics", .. arguments, "--data", Data]);
        Assert.Equal(2, host.ExitCode);
        Assert.Equal($"error: {error}\n  {remedy}\n", host.Errors);
        Assert.Equal("", host.Output);
    }

    private JsonElement[] Json(params string[] arguments) => [.. Ask(["read", .. arguments, "--json"]).Select(line => JsonDocument.Parse(line).RootElement)];

    private string[] Ask(params string[] arguments)
    {
        using HostProcess host = programs.Run(["topics", .. arguments, "--data", Data]);
        Assert.True(host.ExitCode == 0, host.Text);
        Assert.Equal("", host.Errors);
        return host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
