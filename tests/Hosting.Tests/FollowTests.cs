using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

[Collection(HostProcesses.Name)]
public sealed class FollowTests(PipelinePrograms programs)
{
    [SkippableFact]
    public void A_followed_run_takes_up_new_files_is_looked_at_meanwhile_and_ends_in_order_when_it_is_told_to()
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGTERM to send to another process here");
        using var followed = new FollowedRun(programs);
        string data = followed.Data;

        followed.Add("b.csv", 100, 50);
        followed.Host.WaitFor(() => TopicText.Count(data) == 150, "the rows of the second file are in the topic");
        Assert.Equal(Enumerable.Range(0, 150), TopicText.Numbers(data).Order());

        Assert.Contains("rows\t2 partitions\t150 offsets\t", Ask("topics", "list", "--data", data), StringComparison.Ordinal);
        Assert.Equal(150, Ask("topics", "read", "rows", "--data", data).Count(c => c == '\n'));
        Assert.StartsWith("copy\trunning\tgeneration 1\t", Ask("pipelines", "list", "--data", data), StringComparison.Ordinal);
        foreach (string[] second in (string[][])[["run", programs.Path], ["pipelines", "reset", "copy"]])
        {
            using HostProcess host = programs.Run([.. second, "--data", data]);
            Assert.Equal(2, host.ExitCode);
            Assert.Contains($"error: the data directory {data} is in use by process {followed.Host.Id} on {Environment.MachineName}", host.Errors, StringComparison.Ordinal);
            Assert.Contains("Stop that process, or choose another directory with --data DIR.", host.Errors, StringComparison.Ordinal);
        }

        Assert.False(followed.Host.HasExited);
        followed.Host.Terminate();
        followed.Host.WaitForExit();
        Assert.True(followed.Host.ExitCode == 0, followed.Host.Text);
        Assert.Contains("copy stopped: 150 records in, 150 out", followed.Host.Output, StringComparison.Ordinal);
        Assert.Contains("stopped in order", followed.Host.Output, StringComparison.Ordinal);
    }

    private string Ask(params string[] arguments)
    {
        using HostProcess host = programs.Run(arguments);
        Assert.True(host.ExitCode == 0, host.Text);
        return host.Output;
    }
}
