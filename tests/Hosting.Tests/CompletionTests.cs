using System.Diagnostics;
using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;
using StreamEngine.Hosting.CommandLine;

namespace StreamEngine.Hosting.Tests;

[Collection(HostProcesses.Name)]
public sealed class CompletionTests(PipelinePrograms programs) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("to", "topics")]
    [InlineData("checkpoints ", "create", "list", "restore")]
    [InlineData("topics re", "read")]
    [InlineData("topics read --f", "--from")]
    [InlineData("topics read --from ", "earliest", "latest")]
    [InlineData("topics read --from e", "earliest")]
    [InlineData("completion ", "bash", "pwsh", "zsh")]
    [InlineData("run --follow --h", "--help")]
    [InlineData("run --data ")]
    [InlineData("run ")]
    [InlineData("nonsense --x")]
    public void A_word_is_completed_by_what_can_stand_there(string typed, params string[] expected) =>
        Assert.Equal(expected, Completions.Of(Commands.Create(own: null), typed.Split(' ')));

    [Fact]
    public void Bash_completes_commands_options_topics_and_pipelines()
    {
        RunPipeline();
        Assert.Equal("topics", InBash("", "top"));
        Assert.Equal("--follow", InBash("run", "--fo"));
        Assert.Equal("rows", InBash("topics read --data store", "r"));
        Assert.Equal("copy", InBash("pipelines reset --data store", ""));

        // Files are bash's own matter, which it takes up when there is nothing.
        Assert.Equal("", InBash("run", "s"));
        Assert.Equal("", InBash("topics read --data nowhere", ""));
    }

    [SkippableTheory]
    [InlineData("zsh")]
    [InlineData("pwsh")]
    public void The_script_of_another_shell_is_one(string shell)
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(path => Path.Combine(path, shell)).FirstOrDefault(File.Exists);
        Skip.If(program is null, $"{shell} isn't on this machine");
        string script = folder.Combine("script");
        using (HostProcess host = HostProcess.Run(["completion", shell])) File.WriteAllText(script, host.Output);
        string[] command = shell == "zsh" ? ["-n", script] : ["-NoProfile", "-File", script];
        using var process = Process.Start(program, command);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void A_shell_that_is_not_known_is_refused()
    {
        using HostProcess host = HostProcess.Run(["completion", "fish"]);
        Assert.Equal(ExitCode.Refused, host.ExitCode);
        Assert.Contains("error: there is no completion for 'fish'\n  There is one for bash, zsh, pwsh.", host.Errors, StringComparison.Ordinal);
    }

    private void RunPipeline()
    {
        PipelinePrograms.WriteRows(folder.Combine("in.csv"), 0, 10);
        using HostProcess host = programs.Run(["run", programs.Path, "--data", folder.Combine("store")], ("INPUT", folder.Combine("in.csv")));
        Assert.True(host.ExitCode == 0, host.Text);
    }

    /// <summary>What bash completes a word by, behind others: its own completion is called as it calls it.</summary>
    private string InBash(string before, string typed)
    {
        // The host is a program on the path there, as it is once it is installed.
        string bin = folder.Combine("bin");
        Directory.CreateDirectory(bin);
        string program = Path.Combine(bin, "streamengine");
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet '{HostProcess.Program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        const string script = """
            PATH=$1:$PATH
            eval "$(streamengine completion bash)"
            complete -p streamengine | grep -q -- '-o default -F _streamengine_complete' || exit 1
            COMP_WORDS=(streamengine $2 "$3")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _streamengine_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using HostProcess bash = HostProcess.StartCommand(["bash", "-c", script, "bash", bin, before, typed], folder.Path);
        bash.WaitForExit();
        Assert.True(bash.ExitCode == 0, bash.Text);
        return bash.Output.Trim();
    }
}
