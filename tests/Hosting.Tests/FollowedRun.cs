using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

/// <summary>A run with <c>--follow</c> over a folder of files, for tests that look at it from outside.</summary>
public sealed class FollowedRun : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FollowedRun(PipelinePrograms programs)
    {
        Directory.CreateDirectory(folder.Combine("in"));
        PipelinePrograms.WriteRows(folder.Combine("in", "a.csv"), 0, 100);
        File.WriteAllText(folder.Combine("own.conf"), "stream-engine.pipeline { source.discovery = 100ms }");
        Host = programs.Start(["run", programs.Path, "--follow", "--data", Data, "--config", folder.Combine("own.conf")], ("INPUT", folder.Combine("in", "*.csv")));
        Host.WaitFor(() => TopicText.Count(Data) == 100, "the rows of the first file are in the topic");
    }

    public HostProcess Host { get; }

    public string Data => folder.Combine("data");

    /// <summary>Puts one more file beside those that are watched, whole at once.</summary>
    public void Add(string name, int first, int count)
    {
        PipelinePrograms.WriteRows(folder.Combine("new"), first, count);
        File.Move(folder.Combine("new"), folder.Combine("in", name));
    }

    public void Dispose()
    {
        Host.Dispose();
        folder.Dispose();
    }
}
