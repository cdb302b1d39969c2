using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

/// <summary>What a person sees, and what a pipe gets.</summary>
[Collection(HostProcesses.Name)]
public sealed class TerminalTests(PipelinePrograms programs) : IDisposable
{
    private const string Escape = "\e[", Red = "\e[1;31m", Bold = "\e[1m";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SkippableFact]
    public void Help_is_coloured_on_a_terminal_and_as_wide_as_it()
    {
        SkipWithoutTerminals();
        (int code, string shown) = PseudoTerminal.Run(["run", "--help"], columns: 72);
        Assert.Equal(0, code);
        Assert.Contains($"{Bold}Usage:\e[0m streamengine run PATH [options]", shown, StringComparison.Ordinal);
        Assert.All(Plain(shown).Split('\n').TakeWhile(line => !line.StartsWith("Examples", StringComparison.Ordinal)), line => Assert.InRange(line.TrimEnd('\r').Length, 0, 72));
    }

    [SkippableTheory]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "dumb")]
    public void Colours_can_be_refused(string variable, string value)
    {
        SkipWithoutTerminals();
        (int code, string shown) = PseudoTerminal.Run(["rnu"], environment: [(variable, value)]);
        Assert.Equal(2, code);
        Assert.Contains("error: there is no command 'rnu'; did you mean run?", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, shown.Replace("\e[?1h\e=", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_label_of_an_error_is_red_on_a_terminal_and_plain_in_a_pipe()
    {
        SkipWithoutTerminals();
        Assert.Contains($"{Red}error:\e[0m there is no command 'rnu'", PseudoTerminal.Run(["rnu"]).Shown, StringComparison.Ordinal);
        using HostProcess piped = HostProcess.Run(["rnu"], ("TERM", "xterm-256color"));
        Assert.StartsWith("error: there is no command 'rnu'", piped.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', piped.Text);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("doctor")]
    public void What_is_piped_has_no_colours(string command)
    {
        using HostProcess host = HostProcess.Run([command], ("TERM", "xterm-256color"));
        Assert.DoesNotContain('\e', host.Text);
        Assert.NotEqual("", host.Output);
    }

    [SkippableFact]
    public void A_run_draws_a_table_and_a_key_stops_it_in_order()
    {
        SkipWithoutTerminals();
        using PseudoTerminal terminal = StartFollowing();
        terminal.WaitFor("records/s");
        terminal.WaitFor(@"copy +\w+ +[0-9]+ +10 ");
        terminal.Type("\u0003");
        Assert.Equal(0, terminal.WaitForExit());
        Assert.Contains("stopped in order: all that was read is committed", terminal.Shown, StringComparison.Ordinal);
        Assert.Contains("copy stopped: 10 records in", terminal.Shown, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_dumb_terminal_gets_lines_rather_than_a_table()
    {
        SkipWithoutTerminals();
        using PseudoTerminal terminal = StartFollowing(("TERM", "dumb"));
        terminal.WaitFor("10 in");
        terminal.Type("\u0003");
        Assert.Equal(0, terminal.WaitForExit());
        Assert.DoesNotContain(Escape, terminal.Shown, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_run_that_is_interrupted_twice_ends_at_once()
    {
        SkipWithoutTerminals();
        PipelinePrograms.WriteRows(folder.Combine("in.csv"), 0, 10);
        using PseudoTerminal terminal = PseudoTerminal.Start(
            ["run", programs.Path, "--data", folder.Combine("store")], environment: [programs.Cache, ("INPUT", folder.Combine("in.csv")), ("PROGRAM", "stuck")]);
        terminal.WaitFor("a row is stuck");
        terminal.Type("\u0003");
        terminal.WaitFor("stopping: what was read is being committed");
        terminal.Type("\u0003");
        Assert.Equal(130, terminal.WaitForExit());
    }

    private PseudoTerminal StartFollowing(params (string Name, string Value)[] environment)
    {
        PipelinePrograms.WriteRows(folder.Combine("in.csv"), 0, 10);
        return PseudoTerminal.Start(
            ["run", programs.Path, "--data", folder.Combine("store"), "--follow"], environment: [programs.Cache, ("INPUT", folder.Combine("in.csv")), .. environment]);
    }

    private static void SkipWithoutTerminals() => Skip.IfNot(OperatingSystem.IsLinux(), "terminals are made as Linux does");

    private static string Plain(string shown) => System.Text.RegularExpressions.Regex.Replace(shown, "\e(\\[[?0-9;]*[A-Za-z]|=)", "");
}
