using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Diagnostics;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

[Collection(HostProcesses.Name)]
public sealed class RunTests(PipelinePrograms programs) : IDisposable
{
    private const char Escape = '\u001b';

    private readonly TemporaryFolder folder = new();

    private string Data => folder.Combine("data");

    private string Input => folder.Combine("in.csv");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_sums_up_in_plain_lines_and_a_second_one_says_that_nothing_is_left()
    {
        PipelinePrograms.WriteRows(Input, 0, 1000);
        using HostProcess first = Run();
        Assert.True(first.ExitCode == 0, first.Text);
        Assert.Contains("copy completed: 1,000 records in, 1,000 out, 0 dead letters, ", first.Output, StringComparison.Ordinal);
        Assert.Contains("  -> topic rows\n", first.Output, StringComparison.Ordinal);
        Assert.Contains($"results: {Data}\n", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, first.Text);
        using HostProcess second = Run();
        Assert.True(second.ExitCode == 0, second.Text);
        Assert.StartsWith("nothing to do: all input was read and committed before\n", second.Output, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 1000), TopicText.Numbers(Data).Order());
    }

    [Fact]
    public void A_failed_run_ends_with_1_and_the_place_and_its_log_tells_of_the_task()
    {
        File.WriteAllText(Input, "name,number\na,1\nb,0\n");
        using HostProcess host = Run("divides");
        Assert.Equal(1, host.ExitCode);
        Assert.Contains(
            "  error: stage where, Where(row => 100 / row.Number > 0) (copying.cs:17): in, ", host.Output, StringComparison.Ordinal);
        Assert.Contains("in.csv, 3: DivideByZeroException: Attempted to divide by zero.\n    Mend the stage or the record", host.Output, StringComparison.Ordinal);
        Assert.Contains("copy failed: ", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Text, StringComparison.Ordinal);

        JsonElement[] lines = LogLines();
        JsonElement[] ofTasks = [.. lines.Where(line => line.GetProperty("Properties").TryGetProperty("Task", out _))];
        Assert.Contains(ofTasks, line => line.GetProperty("MessageTemplate").GetString()!.StartsWith("task failed", StringComparison.Ordinal));
        Assert.Contains(ofTasks, line => line.GetProperty("MessageTemplate").GetString()!.StartsWith("pipeline failed", StringComparison.Ordinal));
        foreach (JsonElement line in ofTasks)
        {
            JsonElement properties = line.GetProperty("Properties");
            Assert.Equal("copy", properties.GetProperty("Pipeline").GetString());
            Assert.Equal("to-rows", properties.GetProperty("Subgraph").GetString());
            Assert.Equal(0, properties.GetProperty("Task").GetInt32());
            Assert.True(properties.GetProperty("Epoch").GetInt64() > 0);
            Assert.Contains("DivideByZeroException", line.GetProperty("Exception").GetString(), StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Interrupted_it_commits_what_was_read_and_the_next_run_does_the_rest()
    {
        NeedsSignals();
        const int Rows = 2_000_000;
        PipelinePrograms.WriteRows(Input, 0, Rows);
        using (HostProcess host = Start("copy", "commit.interval = 10ms"))
        {
            host.WaitFor(() => TopicText.Count(Data) > 0, "the first commit");
            host.Interrupt();
            host.WaitForExit();
            Assert.True(host.ExitCode == 0, host.Text);
            Assert.Contains("stopping: what was read is being committed; once more to stop at once\n", host.Errors, StringComparison.Ordinal);
            Assert.Contains("copy stopped: ", host.Output, StringComparison.Ordinal);
            Assert.Contains("stopped in order: all that was read is committed; the next run goes on from there\n", host.Output, StringComparison.Ordinal);
        }

        Assert.InRange(TopicText.Count(Data), 1, Rows - 1);
        using HostProcess rest = Run();
        Assert.Contains("copy completed: ", rest.Output, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, Rows), TopicText.Numbers(Data).Order());
    }

    [SkippableFact]
    public void Interrupted_twice_it_stops_at_once_and_the_next_run_does_all()
    {
        NeedsSignals();
        PipelinePrograms.WriteRows(Input, 0, 10);
        using (HostProcess host = Start("stuck"))
        {
            host.WaitFor(() => host.Errors.Contains("a row is stuck", StringComparison.Ordinal), "the first row");
            host.Interrupt();
            host.WaitFor(() => host.Errors.Contains("once more to stop at once", StringComparison.Ordinal), "the answer to Ctrl+C");
            host.Interrupt();
            host.WaitForExit();
            Assert.Equal(130, host.ExitCode);
            Assert.Contains("stopped at once; the next run goes on from the last commit", host.Errors, StringComparison.Ordinal);
        }

        using HostProcess rest = Run();
        Assert.True(rest.ExitCode == 0, rest.Text);
        Assert.Equal(Enumerable.Range(0, 10), TopicText.Numbers(Data).Order());
    }

    [SkippableFact]
    public void A_stop_that_runs_out_of_time_is_no_stop_in_order()
    {
        NeedsSignals();
        PipelinePrograms.WriteRows(Input, 0, 10);
        using HostProcess host = Start("stuck", "stop.timeout = 100ms");
        host.WaitFor(() => host.Errors.Contains("a row is stuck", StringComparison.Ordinal), "the first row");
        host.Interrupt();
        host.WaitFor(() => host.Output.Contains("results: ", StringComparison.Ordinal), "the summary");
        Assert.Contains("error: pipeline copy: 1 task had not stopped within 0.1 s\n", host.Output, StringComparison.Ordinal);
        Assert.Contains("What was not committed is read again at the next start.", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stopped in order", host.Output, StringComparison.Ordinal);
        host.WaitForExit();
        Assert.Equal(1, host.ExitCode);
        Assert.Contains("a stage hangs and is left behind\n", host.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("This should not happen", host.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reset_makes_the_next_run_begin_at_the_beginning_also_when_it_died_in_between()
    {
        PipelinePrograms.WriteRows(Input, 0, 100);
        using (HostProcess host = Run()) Assert.True(host.ExitCode == 0, host.Text);
        using (HostProcess listed = programs.Run(["pipelines", "list", "--data", Data])) Assert.StartsWith("copy\tstopped\tgeneration 1\t", listed.Output, StringComparison.Ordinal);
        using (HostProcess reset = programs.Run(["pipelines", "reset", "copy", "--data", Data]))
        {
            Assert.True(reset.ExitCode == 0, reset.Text);
            Assert.Contains("pipeline copy is reset; its next start begins at the beginning\n", reset.Output, StringComparison.Ordinal);
        }

        using (HostProcess host = Run()) Assert.Contains("100 records in, 100 out", host.Output, StringComparison.Ordinal);

        // Dies with the record saying that it is being reset, and nothing removed yet.
        using (HostProcess died = programs.Run(["pipelines", "reset", "copy", "--data", Data], (CrashPoints.Variable, $"{CrashPoints.Reset}:4")))
        {
            Assert.NotEqual(0, died.ExitCode);
            Assert.Contains("dying at reset-step", died.Errors, StringComparison.Ordinal);
        }

        using (HostProcess listed = programs.Run(["pipelines", "list", "--data", Data])) Assert.StartsWith("copy\tresetting\t", listed.Output, StringComparison.Ordinal);
        using (HostProcess host = Run()) Assert.Contains("100 records in, 100 out", host.Output, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 100).SelectMany(n => Enumerable.Repeat(n, 3)), TopicText.Numbers(Data).Order());
    }

    [Fact]
    public void A_reset_of_a_pipeline_that_writes_a_table_needs_its_definition()
    {
        PipelinePrograms.WriteRows(Input, 0, 100);
        using (HostProcess host = Run("table")) Assert.True(host.ExitCode == 0, host.Text);
        using (HostProcess reset = programs.Run(["pipelines", "reset", "copy", "--data", Data]))
        {
            Assert.Equal(2, reset.ExitCode);
            Assert.Contains("pipeline copy commits in sqlite:", reset.Errors, StringComparison.Ordinal);
            Assert.Contains("Say where it is defined: --pipelines PATH.", reset.Errors, StringComparison.Ordinal);
        }

        using (HostProcess reset = programs.Run(["pipelines", "reset", "copy", "--data", Data, "--pipelines", programs.Path], ("PROGRAM", "table"), ("INPUT", Input))) Assert.True(reset.ExitCode == 0, reset.Text);
        using (HostProcess host = Run("table")) Assert.Contains("200 out, 0 dead letters", host.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void On_a_terminal_a_table_lives_and_the_summary_stands_at_the_end()
    {
        Skip.IfNot(File.Exists("/usr/bin/script"), "there is no /usr/bin/script to make a terminal with");
        PipelinePrograms.WriteRows(Input, 0, 100);
        using HostProcess host = HostProcess.StartCommand(
            ["/usr/bin/script", "-qec", $"dotnet '{HostProcess.Program}' run '{programs.Path}' --data '{Data}'", "/dev/null"],
            folder.Path, programs.Cache, ("INPUT", Input), ("TERM", "xterm"), ("COLUMNS", "160"));
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, host.Text);
        string text = host.Output.Replace("\r", "", StringComparison.Ordinal);
        Assert.Contains("records/s", text, StringComparison.Ordinal);
        Assert.Contains(Escape, text);
        string end = text[(text.LastIndexOf(Escape) + 1)..];
        Assert.Contains("copy completed: 100 records in, 100 out", end, StringComparison.Ordinal);
        Assert.Contains(" in all\n", end, StringComparison.Ordinal);
    }

    private static void NeedsSignals() => Skip.If(OperatingSystem.IsWindows(), "there is no SIGINT to send to another process here");

    private JsonElement[] LogLines() => [.. Directory.GetFiles(Path.Combine(Data, "logs")).SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)];

    private HostProcess Run(string program = "copy")
    {
        HostProcess host = Start(program);
        host.WaitForExit();
        return host;
    }

    private HostProcess Start(string program, string settings = "restarts.delay = 10ms")
    {
        File.WriteAllText(folder.Combine("own.conf"), $"stream-engine.pipeline {{ {settings} }}");
        return programs.Start(["run", programs.Path, "--data", Data, "--config", folder.Combine("own.conf")], ("PROGRAM", program), ("INPUT", Input));
    }
}
