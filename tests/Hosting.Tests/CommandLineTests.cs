using System.Text.Json;
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
    [InlineData("no command was given", "The commands are new, ")]
    [InlineData("there is no command 'rnu'; did you mean run?", "--help says more.", "rnu")]
    [InlineData("there is no command 'topcis'; did you mean topics?", "--help says more.", "topcis", "list")]
    [InlineData("there is no command 'frobnicate'\n", "The commands are new, ", "frobnicate")]
    [InlineData("topics needs a command behind it", "There are topics list, ", "topics")]
    [InlineData("pipelines has no command 'remove'", "There are pipelines list, ", "pipelines", "remove", "copy")]
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
    [InlineData("stream-engine.pipeline.tasks.mx = 3", ":1:1 error SE1101: there is no setting stream-engine.pipeline.tasks.mx; did you mean stream-engine.pipeline.tasks.max?")]
    [InlineData("stream-engine.pipeline {\n  tasks.max = many\n}", ":2:15 error SE1102: ")]
    [InlineData("stream-engine.pipeline.tasks.max = 0", ":1:36 error SE1103: stream-engine.pipeline.tasks.max = 0 must be a whole number from 1 to 1024")]
    [InlineData("stream-engine.pipeline.guarantee = mostly", ":1:36 error SE1104: ")]
    public void A_wrong_setting_ends_with_three_and_is_told_with_its_place_and_a_caret(string text, string error)
    {
        string file = folder.Combine("own.conf");
        File.WriteAllText(file, text);
        foreach (string command in (string[])["plan", "run", "check"])
        {
            using HostProcess host = HostProcess.StartCommand(["dotnet", HostProcess.Program, command, programs.Path, "--config", file], folder.Path, programs.Cache);
            host.WaitForExit();
            Assert.Equal(3, host.ExitCode);
            Assert.Contains($"own.conf{error}", host.Errors, StringComparison.Ordinal);
            Assert.Contains("^\n  ", host.Errors, StringComparison.Ordinal);
            Assert.Equal([file], Directory.GetFileSystemEntries(folder.Path));
        }
    }

    [Fact]
    public void Settings_that_are_not_there_end_with_three()
    {
        using HostProcess host = HostProcess.StartCommand(["dotnet", HostProcess.Program, "plan", programs.Path, "--config", "none.conf"], folder.Path, programs.Cache);
        host.WaitForExit();
        Assert.Equal(3, host.ExitCode);
        Assert.Contains("none.conf", host.Errors, StringComparison.Ordinal);
        Assert.Equal("", host.Output);
    }

    [Fact]
    public void A_setting_of_the_command_line_is_over_that_of_a_file()
    {
        File.WriteAllText(folder.Combine("own.conf"), "stream-engine.pipeline.tasks.max = 3");
        using HostProcess host = HostProcess.StartCommand(
            ["dotnet", HostProcess.Program, "plan", programs.Path, "--config", "own.conf", "--set", "stream-engine.pipeline.tasks.max=7"], folder.Path, programs.Cache);
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, host.Text);
        Assert.Contains("1 to 7 tasks", host.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throws", "copying.cs: a pipeline can't be defined at copying.cs:7: InvalidOperationException: there is no such shop", "nothing was started")]
    [InlineData("throws-early", "copying.cs: its entry point failed at copying.cs:4: FormatException: The input string 'twelve'", "nothing was started")]
    [InlineData("no-call", "copying.cs never calls StreamApp.Run", "return await StreamApp.Run(args, app => ...);")]
    [InlineData("empty", "copying.cs defines no pipeline", "Call app.Pipeline(\"name\", p => ...)")]
    [InlineData("twice", "there are two pipelines of the name copy", "nothing was started")]
    public void A_program_that_defines_nothing_usable_is_told_where(string program, string error, string remedy) =>
        CheckRefused(["plan", programs.Path], error, remedy, ("PROGRAM", program));

    [Fact]
    public void Connectors_are_listed_and_described_for_people_and_for_programs()
    {
        string list = Output("connectors", "list");
        Assert.Contains("source\tfiles\tReads files of CSV", list, StringComparison.Ordinal);
        Assert.Contains("transform\tfilter\t", list, StringComparison.Ordinal);
        Assert.Contains("sink\tsqlite\t", list, StringComparison.Ordinal);
        string files = Output("connectors", "describe", "files");
        Assert.StartsWith("source files\n  Reads files of CSV, JSON or text lines", files, StringComparison.Ordinal);
        Assert.Contains("\nsink files\n", files, StringComparison.Ordinal);
        Assert.Contains("    header (flag, default true)\n      csv: whether the first record names the columns.\n", files, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Output("connectors", "describe", "topic", "--json"));
        Assert.Equal(["source", "sink"], json.RootElement.EnumerateArray().Select(one => one.GetProperty("kind").GetString()));
        CheckRefused(["connectors", "describe", "sqlight"], "there is no connector and no transform sqlight; did you mean sqlite?", "connectors list shows those there are.");
    }

    private string Output(params string[] arguments)
    {
        using HostProcess host = HostProcess.StartCommand(["dotnet", HostProcess.Program, .. arguments], folder.Path, [programs.Cache]);
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, host.Text);
        return host.Output;
    }

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
