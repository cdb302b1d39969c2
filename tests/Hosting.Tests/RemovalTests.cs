using StreamEngine.Conformance;
using StreamEngine.Diagnostics;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

/// <summary><c>pipelines reset</c> and <c>pipelines delete</c>, by processes that are killed in the middle of them.</summary>
[Collection(HostProcesses.Name)]
public sealed class RemovalTests : IDisposable
{
    private const int Rows = 100;
    private const int StepsMax = 20;

    private readonly TemporaryFolder folder = new();
    private readonly PipelinePrograms programs;

    public RemovalTests(PipelinePrograms programs)
    {
        this.programs = programs;
        PipelinePrograms.WriteRows(Input, 0, Rows);
        Run();
    }

    private string Data => folder.Combine("data");

    private string Input => folder.Combine("in.csv");

    private (string, string)[] Program => [("PROGRAM", "table"), ("INPUT", Input)];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_dry_run_says_what_a_reset_then_does_and_changes_nothing()
    {
        string[] arguments = ["pipelines", "reset", "copy", "--data", Data, "--pipelines", programs.Path, "--to", "latest"];
        string[] dry = Lines([.. arguments, "--dry-run"]);
        Assert.Equal("nothing was changed: this is what a reset of pipeline copy would do", dry[^1]);
        Assert.Contains(dry, line => line.StartsWith("remove\tposition\t", StringComparison.Ordinal));
        Assert.Contains(dry, line => line.StartsWith("remove\ttopic\tstreamengine.copy.dead-letters\t", StringComparison.Ordinal));
        Assert.Contains(dry, line => line.StartsWith("set\tposition\t", StringComparison.Ordinal));
        Assert.Contains("keep\toutput\ttopic rows\twhat was written stays", dry);
        Assert.Contains(dry, line => line.StartsWith("keep\tguard\tsqlite:", StringComparison.Ordinal));
        Assert.Contains("nothing to do: all input was read and committed before", Run(), StringComparison.Ordinal);

        string[] done = Lines(arguments);
        Assert.Equal("pipeline copy is reset; its next start begins at the positions that were set", done[^1]);
        Assert.Equal(What(dry), What(done));

        // Of a pipeline that ran in between the epochs are others, and so are the sizes of what it keeps.
        static IEnumerable<string> What(string[] output) => output[..^1].Select(line => string.Join('\t', line.Split('\t').Take(3)));
    }

    [Fact]
    public void A_reset_to_the_latest_that_dies_between_two_steps_never_makes_the_next_run_begin_at_the_beginning()
    {
        for (int step = 1; step <= StepsMax; step++)
        {
            bool died = Dies(step, "reset", "--to", "latest");
            Assert.Contains("nothing to do", Run(), StringComparison.Ordinal);
            if (died) continue;
            Assert.True(step > 5, "a reset has more steps than that");
            Assert.Equal(Rows, TopicText.Count(Data));
            File.AppendAllText(Input, PipelinePrograms.Rows(Rows, 5));
            Run();
            Assert.Equal(Rows + 5, TopicText.Count(Data));
            return;
        }

        Assert.Fail("it died at every step");
    }

    [Fact]
    public void A_deletion_that_dies_between_two_steps_is_finished_by_doing_it_again()
    {
        bool died = true;
        for (int step = 1; died; step++)
        {
            died = Dies(step, "delete");
            if (died)
            {
                using HostProcess again = Remove([], "delete");
                Assert.True(again.ExitCode == 0, again.Text);
            }

            Assert.Empty(Lines(["pipelines", "list", "--data", Data]));
            Assert.Contains("completed", Run(), StringComparison.Ordinal);
            Assert.Equal(Rows * (step + 1), TopicText.Count(Data));
            Assert.True(died || step > 5, "a deletion has more steps than that");
        }
    }

    [Fact]
    public void A_deletion_takes_the_topics_of_the_pipeline_along_where_that_is_wanted()
    {
        string[] lines = Lines(["pipelines", "delete", "copy", "--topics", "--data", Data, "--pipelines", programs.Path]);
        Assert.Contains(lines, line => line.StartsWith("remove\ttopic\trows\t100 offsets, ", StringComparison.Ordinal));
        Assert.Equal("pipeline copy is deleted", lines[^1]);
        Assert.Empty(Lines(["topics", "list", "--data", Data]));
        using HostProcess again = programs.Run(["pipelines", "delete", "copy", "--data", Data]);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("holds no pipeline copy\n  No pipeline was ever started there.", again.Errors, StringComparison.Ordinal);
        Run();
        Assert.Equal(Enumerable.Range(0, Rows), TopicText.Numbers(Data).Order());
    }

    [Fact]
    public void Output_that_is_committed_and_not_published_is_published_by_a_deletion_or_it_is_refused()
    {
        string data = folder.Combine("files");
        (string, string)[] environment = [("PROGRAM", "files"), ("INPUT", Input)];
        using (HostProcess died = programs.Run(["run", programs.Path, "--data", data], [.. environment, (CrashPoints.Variable, CrashPoints.Sealed)])) Assert.Contains("dying at", died.Errors, StringComparison.Ordinal);
        Assert.Empty(Published());
        using (HostProcess refused = programs.Run(["pipelines", "delete", "copy", "--data", data]))
        {
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("has committed output of sink lines that isn't published yet", refused.Errors, StringComparison.Ordinal);
            Assert.Contains("Say where it is defined: --pipelines PATH. Nothing was changed.", refused.Errors, StringComparison.Ordinal);
        }

        using (HostProcess other = programs.Run(["pipelines", "reset", "copy", "--data", data, "--pipelines", programs.Path], Program))
        {
            Assert.Equal(2, other.ExitCode);
            Assert.Contains("Give a definition with a sink of that name (name: \"lines\")", other.Errors, StringComparison.Ordinal);
        }

        using (HostProcess deleted = programs.Run(["pipelines", "delete", "copy", "--data", data, "--pipelines", programs.Path], environment))
        {
            Assert.True(deleted.ExitCode == 0, deleted.Text);
            Assert.StartsWith("publish\tsealed output\tsink lines\tepoch ", deleted.Output, StringComparison.Ordinal);
            Assert.Contains("discard\tstaged output\tsink lines\t", deleted.Output, StringComparison.Ordinal);
            Assert.Contains("keep\toutput\tout\twhat was written stays\n", deleted.Output, StringComparison.Ordinal);
        }

        Assert.Equal(Rows, Published().Length);

        string[] Published() => [.. Directory.Exists(Path.Combine(data, "out")) ? Directory.GetFiles(Path.Combine(data, "out"), "*.jsonl").SelectMany(File.ReadAllLines) : []];
    }

    [Fact]
    public void A_file_can_not_be_begun_at_a_time_and_is_refused_with_what_it_can()
    {
        using HostProcess refused = Remove([], "reset", "--to", "2026-01-01T00:00:00Z");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("which can't be begun at the time 2026-01-01T00:00:00", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("It can begin at earliest or latest. Nothing was changed.", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("nothing to do", Run(), StringComparison.Ordinal);
    }

    private bool Dies(int step, params string[] arguments)
    {
        using HostProcess host = Remove([(CrashPoints.Variable, $"{CrashPoints.Reset}:{step}")], arguments);
        bool died = host.Errors.Contains("dying at reset-step", StringComparison.Ordinal);
        Assert.True(died || host.ExitCode == 0, host.Text);
        return died;
    }

    private HostProcess Remove((string, string)[] environment, params string[] arguments) =>
        programs.Run(["pipelines", arguments[0], "copy", .. arguments[1..], "--data", Data, "--pipelines", programs.Path], [.. Program, .. environment]);

    private string Run()
    {
        using HostProcess host = programs.Run(["run", programs.Path, "--data", Data], Program);
        Assert.True(host.ExitCode == 0, host.Text);
        return host.Output;
    }

    private string[] Lines(string[] arguments)
    {
        using HostProcess host = programs.Run(arguments, Program);
        Assert.True(host.ExitCode == 0, host.Text);
        return host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
