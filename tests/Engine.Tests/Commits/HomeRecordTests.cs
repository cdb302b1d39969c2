using System.Text;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Commits;

public sealed class HomeRecordTests
{
    [Fact]
    public void A_record_of_the_first_format_has_no_sinks_and_is_read()
    {
        const string first = """
            {"Version":1,"Start":"START","Generation":1,"State":1,"Host":"here","Process":7,"Heartbeat":"2026-01-31T12:00:00+00:00","Tasks":1,"FenceUpTo":1,
             "Plan":{"Subgraphs":[{"Name":"copy","Store":"log","Sources":[{"Name":"in","Target":"topic in"}],"States":[]}],"Topics":[]}}
            """;
        HomeRecord now = HomeRecord.Parse(Encoding.UTF8.GetBytes(Written(first)));
        Assert.Empty(Assert.Single(now.Plan!.Subgraphs).Sinks);
        Assert.Equal("in", Assert.Single(now.Plan.Subgraphs[0].Sources).Name);
    }

    /// <summary>The text with a start and a generation as they are written today; their form is the same in both formats.</summary>
    private static string Written(string text)
    {
        var record = new HomeRecord { Start = StartId.New(), Generation = new Generation(1), State = HomeState.Running };
        using var today = System.Text.Json.JsonDocument.Parse(record.ToBytes());
        return text
            .Replace("\"START\"", today.RootElement.GetProperty("Start").GetRawText(), StringComparison.Ordinal)
            .Replace("\"Generation\":1", $"\"Generation\":{today.RootElement.GetProperty("Generation").GetRawText()}", StringComparison.Ordinal)
            .Replace("\"State\":1", $"\"State\":{today.RootElement.GetProperty("State").GetRawText()}", StringComparison.Ordinal);
    }
}
