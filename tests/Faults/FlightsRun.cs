using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Diagnostics;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Faults.Tests;

/// <summary>The flights example over one data directory, begun again and again until it is through.</summary>
/// <param name="input">The file of flights; the example's own when null.</param>
/// <param name="cluster">Where its log is; in the data directory when null.</param>
internal sealed class FlightsRun(string? input, FlightsCluster? cluster = null) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>The data directory.</summary>
    public string Data => folder.Combine("data");

    /// <summary>
    /// Starts the host with so many tasks. Epochs are short and files small, so that there is much to be interrupted; internal topics are purged at once.
    /// </summary>
    public HostProcess Start(int tasks, string? crashAt = null)
    {
        string config = folder.Combine("settings.conf");
        File.WriteAllText(config, string.Create(CultureInfo.InvariantCulture, $$"""
            stream-engine.pipeline {
              tasks.max = {{tasks}}
              commit { interval = 20ms, bytes = 500kB }
              staged { records = 200, age = 200ms }
              internal-topics { retention { time = 0s, bytes = 0 }, purge.interval = 50ms }
            }
            stream-engine.checkpoints { interval = {{(crashAt?.StartsWith(CrashPoints.Checkpoint, StringComparison.Ordinal) == true ? "200ms" : "0s")}}, keep = 2 }
            """));
        var environment = new List<(string, string)>();
        if (input is not null) environment.Add(("FLIGHTS", input));
        if (crashAt is not null) environment.Add(("STREAMENGINE_CRASH_AT", crashAt));
        return HostProcess.Start(["run", HostProcess.Flights, "--data", Data, "--config", config, .. cluster?.Settings ?? []], [.. environment]);
    }

    /// <summary>Lets it run to its end.</summary>
    public void Finish(int tasks)
    {
        using HostProcess host = Start(tasks);
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, $"the last run failed:\n{host.Output}\n{host.Errors}");
    }

    public void Dispose() => folder.Dispose();
}
