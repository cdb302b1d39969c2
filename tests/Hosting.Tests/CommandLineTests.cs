using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

[Collection(HostProcesses.Name)]
public sealed class CommandLineTests(PipelinePrograms programs) : IDisposable
{
    private const int Refused = 2;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Required command was not provided.")]
    [InlineData("Unrecognized command or argument 'rnu'.", "rnu")]
    [InlineData("Required argument 'PATH' missing for command: 'run'.", "run")]
    [InlineData("Unrecognized command or argument '--folow'.", "run", "x.cs", "--folow")]
    [InlineData("Unrecognized command or argument 'remove'.", "pipelines", "remove", "copy")]
    public void A_wrong_command_line_says_what_is_wrong_and_where_to_look(string error, params string[] arguments) => CheckRefused(arguments, error, "--help lists commands and options.");

    [Theory]
    [InlineData("nothing.cs: there is no such file or folder", "Give the folder of a project, a .csproj or a .cs file.", "plan", "nothing.cs")]
    [InlineData("README.md: pipelines are not read from such a file", "Give the folder of a project, a .csproj or a .cs file.", "plan", "README.md")]
    [InlineData(": the folder has no project file", "Give the folder of a project, a .csproj or a .cs file.", "plan", ".")]
    [InlineData("none.conf: the settings can't be read", "Give the path of a file with --config FILE.", "plan", "x.cs", "--config", "none.conf")]
    [InlineData("there is no log in", "Give the data directory of an engine with --data DIR.", "topics", "list", "--data", "nowhere")]
    [InlineData("there is no log in", "Give the data directory of an engine with --data DIR.", "pipelines", "list", "--data", "nowhere")]
    [InlineData("is no data directory", "Give one with --data DIR.", "pipelines", "reset", "copy", "--data", "nowhere")]
    [InlineData("is no data directory", "Give one with --data DIR.", "pipelines", "delete", "copy", "--data", "nowhere")]
    [InlineData("--to yesterday: 'yesterday' is no place to begin", "Give earliest, latest, a time", "pipelines", "reset", "copy", "--to", "yesterday")]
    [InlineData("--to rows:0=1,rows:0=2: partition 0 of topic rows is named twice", "topic:partition=offset", "pipelines", "reset", "copy", "--to", "rows:0=1,rows:0=2")]
    [InlineData("--to rows=5: 'rows=5' is no topic:partition=offset", "topic:partition=offset", "pipelines", "reset", "copy", "--to", "rows=5")]
    public void What_is_not_there_is_named_with_a_remedy(string error, string remedy, params string[] arguments)
    {
        File.WriteAllText(folder.Combine("README.md"), "");
        File.WriteAllText(folder.Combine("x.cs"), "");
        CheckRefused(arguments, error, remedy);
    }

    [Theory]
    [InlineData("stream-engine.pipeline.tasks.mx = 3", "there is no setting stream-engine.pipeline.tasks.mx")]
    [InlineData("stream-engine.pipelines.copy { commit.intervall = 1s }", "there is no setting stream-engine.pipelines.copy.commit.intervall")]
    [InlineData("stream-engine.pipeline.tasks.max = many", "stream-engine.pipeline.tasks.max = many: it can't be read")]
    [InlineData("stream-engine.pipeline.tasks.max = 0", "stream-engine.pipeline.tasks.max = 0: it must be a number from 1 to 1024")]
    [InlineData("stream-engine.pipeline.guarantee = mostly", "stream-engine.pipeline.guarantee = mostly: it must be one of")]
    public void A_wrong_setting_is_named_with_its_file(string text, string error)
    {
        File.WriteAllText(folder.Combine("own.conf"), text);
        CheckRefused(["plan", programs.Path, "--config", folder.Combine("own.conf")], $"own.conf: {error}", "hocon/reference.conf");
    }

    [Theory]
    [InlineData("throws", "copying.cs: a pipeline can't be defined at copying.cs:7: InvalidOperationException: there is no such shop", "nothing was started")]
    [InlineData("throws-early", "copying.cs: its entry point failed at copying.cs:4: FormatException: The input string 'twelve'", "nothing was started")]
    [InlineData("no-call", "copying.cs never calls StreamApp.Run", "return await StreamApp.Run(args, app => ...);")]
    [InlineData("empty", "copying.cs defines no pipeline", "Call app.Pipeline(\"name\", p => ...)")]
    [InlineData("twice", "there are two pipelines of the name copy", "nothing was started")]
    public void A_program_that_defines_nothing_usable_is_told_where(string program, string error, string remedy) =>
        CheckRefused(["plan", programs.Path], error, remedy, ("PROGRAM", program));

    private void CheckRefused(string[] arguments, string error, string remedy, params (string Name, string Value)[] environment)
    {
        using HostProcess host = HostProcess.StartCommand(["dotnet", HostProcess.Program, .. arguments], folder.Path, [programs.Cache, .. environment]);
        host.WaitForExit();
        Assert.Equal(Refused, host.ExitCode);
        Assert.Contains("error: ", host.Errors, StringComparison.Ordinal);
        Assert.Contains(error, host.Errors, StringComparison.Ordinal);
        Assert.Contains(remedy, host.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Errors, StringComparison.Ordinal);
        Assert.Equal("", host.Output);
    }
}
