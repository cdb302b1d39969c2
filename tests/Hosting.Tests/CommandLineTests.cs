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
    [InlineData("no command was given", "The commands are run, ")]
    [InlineData("there is no command 'rnu'; did you mean run?", "--help says more.", "rnu")]
    [InlineData("there is no command 'topcis'; did you mean topics?", "--help says more.", "topcis", "list")]
    [InlineData("there is no command 'frobnicate'\n", "The commands are run, ", "frobnicate")]
    [InlineData("topics needs a command behind it", "There are topics list, ", "topics")]
    [InlineData("topics has no command 'lst'; did you mean list?", "There are topics list, ", "topics", "lst")]
    [InlineData("run needs PATH", "The pipelines: the folder of a project", "run")]
    [InlineData("run has no option --folow; did you mean --follow?", "Its options are --data", "run", "x.cs", "--folow")]
    [InlineData("run has no option --folow; did you mean --follow?", "Its options are --data", "run", "--folow")]
    [InlineData("topics read has no option --limt; did you mean --limit?", "Its options are --data", "topics", "read", "--limt", "5", "flights")]
    [InlineData("topics read can make nothing of 'more'", "It takes TOPIC, and its options.", "topics", "read", "flights", "more")]
    [InlineData("--limit five: a whole number is needed", "At most this many records.", "topics", "read", "flights", "--limit", "five")]
    [InlineData("--limit needs a value: N", "At most this many records.", "topics", "read", "flights", "--limit")]
    [InlineData("--data is given 2 times", "Give it once.", "topics", "list", "--data", "a", "--data", "b")]
    [InlineData("--data stands before the command that it belongs to", "Give it last: topics list ... --data.", "--data", "a", "topics", "list")]
    public void A_wrong_command_line_is_told_in_one_error_with_a_remedy(string error, string remedy, params string[] arguments)
    {
        string errors = CheckRefused(arguments, $"error: {error}", remedy);
        Assert.Equal(2, errors.Split("error: ").Length);
    }

    [Fact]
    public void Two_mistakes_are_two_errors() => Assert.Equal(
        3, CheckRefused(["run", "x.cs", "--folow", "--dtaa", "here"], "run has no option --folow", "run has no option --dtaa; did you mean --data?").Split("error: ").Length);

    [Fact]
    public void A_file_whose_name_looks_like_an_option_is_given_behind_two_dashes() =>
        CheckRefused(["plan", "--", "--folow"], "--folow: there is no such file or folder", "Give the folder of a project");

    [Theory]
    [InlineData("nothing.cs: there is no such file or folder", "Give the folder of a project, a .csproj, a .cs file, or a .conf file of pipelines.", "plan", "nothing.cs")]
    [InlineData("README.md: pipelines are not read from such a file", "Give the folder of a project, a .csproj, a .cs file, or a .conf file of pipelines.", "plan", "README.md")]
    [InlineData(": the folder has no project file", "Give the folder of a project, a .csproj, a .cs file, or a .conf file of pipelines.", "plan", ".")]
    [InlineData("none.conf: the settings can't be read", "Give the path of a file with --config FILE.", "plan", "x.cs", "--config", "none.conf")]
    [InlineData("there is no log in", "Give the data directory of an engine with --data DIR.", "topics", "list", "--data", "nowhere")]
    [InlineData("there is no log in", "Give the data directory of an engine with --data DIR.", "pipelines", "list", "--data", "nowhere")]
    [InlineData("is no data directory", "Give one with --data DIR.", "pipelines", "reset", "copy", "--data", "nowhere")]
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

    private string CheckRefused(string[] arguments, string error, string remedy, params (string Name, string Value)[] environment)
    {
        using HostProcess host = HostProcess.StartCommand(["dotnet", HostProcess.Program, .. arguments], folder.Path, [programs.Cache, .. environment]);
        host.WaitForExit();
        Assert.Equal(Refused, host.ExitCode);
        Assert.Contains("error: ", host.Errors, StringComparison.Ordinal);
        Assert.Contains(error, host.Errors, StringComparison.Ordinal);
        Assert.Contains(remedy, host.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Errors, StringComparison.Ordinal);
        Assert.Equal("", host.Output);
        return host.Errors;
    }
}
