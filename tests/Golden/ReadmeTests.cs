using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Golden.Tests;

/// <summary>What README shows a newcomer does what it says.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_pipeline_that_README_shows_runs_behind_the_example_and_counts_what_SQL_counts()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Combine("data"), file = folder.Combine("count.cs"), csv = folder.Combine("flights.csv");
        File.WriteAllText(file, FirstProgram());
        Answer.CopyCsv(HostProcess.January, csv, "departure < TIMESTAMP '2001-01-02'");
        Succeeds(HostProcess.Run(["run", HostProcess.Flights, "--data", data], ("FLIGHTS", csv)));
        Succeeds(HostProcess.Run(["run", file, "--data", data], ("XDG_DATA_HOME", folder.Combine("cache"))));
        using HostProcess read = HostProcess.Run(["topics", "read", "late-by-origin", "--data", data]);
        Dictionary<string, long> counts = [];
        foreach (string[] columns in read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')))
        {
            counts[columns[2]] = long.Parse(columns[3], CultureInfo.InvariantCulture);
        }

        Dictionary<string, long> expected = Answer.Of(csv).Flights.Values.SelectMany(flights => flights).Where(flight => flight.Delay > 0)
            .GroupBy(flight => flight.Origin).ToDictionary(group => group.Key, group => group.LongCount());
        Assert.Equal(expected.OrderBy(entry => entry.Key, StringComparer.Ordinal), counts.OrderBy(entry => entry.Key, StringComparer.Ordinal));
    }

    private static string FirstProgram()
    {
        string readme = File.ReadAllText(Path.Combine(HostProcess.Repository, "README.md"));
        return readme.Split("```csharp\n")[1].Split("```")[0];
    }

    private static void Succeeds(HostProcess host)
    {
        using (host) Assert.True(host.ExitCode == 0, host.Output + host.Errors);
    }
}
