using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Checks;
using StreamEngine.Hosting.CommandLine;
using StreamEngine.Hosting.Loading;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;
using StreamEngine.Sql;

namespace StreamEngine.Hosting.Tests;

[Collection(HostProcesses.Name)]
public sealed class CheckTests(PipelinePrograms programs) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_can_run_is_said_to_and_nothing_is_left_behind()
    {
        using var host = programs.Run(["check", programs.Path, "--data", folder.Combine("store")]);
        Assert.True(host.ExitCode == 0, host.Text);
        Assert.Equal("pipeline copy: can run, exactly-once; 1 subgraph, 0 cuts\n0 problems, 0 warnings\n", host.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_program_that_can_not_be_loaded_is_a_problem_for_programs_too()
    {
        using var host = programs.Run(["check", programs.Path, "--json"], ("PROGRAM", "throws"));
        Assert.Equal(2, host.ExitCode);
        JsonElement problem = Assert.Single(JsonDocument.Parse(host.Output).RootElement.EnumerateArray());
        Assert.Equal(["file", "line", "column", "code", "severity", "message", "remedy"], problem.EnumerateObject().Select(member => member.Name));
        Assert.Equal("SE1300", problem.GetProperty("code").GetString());
        Assert.Equal("error", problem.GetProperty("severity").GetString());
        Assert.Contains("there is no such shop", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_with_all_pipelines_is_told()
    {
        PipelineCheck check = Check(app =>
        {
            app.Pipeline("good", p => p.From(Files.Files.Lines("in.txt")).To(Topic.Of<NoKey, string>("lines")));
            app.Pipeline("idle", p => p.From(Files.Files.Lines("in.txt")).Where(line => line.Length > 0));
            app.Pipeline("loose", p => p.From(Files.Files.Lines("in.txt")).ForEach((_, _) => { }));
        });
        Assert.Equal("good", Assert.Single(check.Plans).Name.Value);
        Assert.All(check.Problems, problem => Assert.True(problem.IsError));
        Assert.Contains(check.Problems, problem => problem.Text == "pipeline idle: it has no sink");
        Assert.Contains(check.Problems, problem => problem.Text.StartsWith("pipeline idle: stage where", StringComparison.Ordinal));
        Assert.Contains(check.Problems, problem => problem.Text.StartsWith("pipeline loose: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_keyed_state_without_a_name_is_warned_of_at_its_place()
    {
        PipelineCheck check = Check(app => app.Pipeline("lines", p => p.From(Files.Files.Lines("in.txt"))
            .KeyBy(line => line)
            .Count()
            .To(Topic.Of<string, long>("counts"))));
        Problem warning = Assert.Single(check.Problems);
        Assert.False(warning.IsError);
        Assert.Equal(ProblemCodes.StateNameDerived, warning.Code);
        Assert.Equal("CheckTests.cs", warning.Place.Origin);
        Assert.Equal("            .Count()", warning.SourceLine);
        Assert.Equal("Count()", warning.SourceLine![(warning.Place.Column - 1)..]);
    }

    [Fact]
    public async Task Wrong_settings_end_with_three_and_other_definitions_with_two()
    {
        var place = new SourcePlace("orders.conf", 3, 5);
        var wrong = new Program(() => throw new ProblemException([new Problem("SE1201", place, "there is no connector filez", "Did you mean files?")]));
        var refused = new Program(() => throw new EngineException(ErrorDomain.User, "it can't be defined", "Mend it."));
        foreach (string command in (string[])["check", "plan", "run"])
        {
            Assert.Equal(ExitCode.WrongSettings, await Commands.RunAsync([command, .. command == "run" ? (string[])["--data", folder.Combine(command)] : []], wrong));
            Assert.Equal(ExitCode.Refused, await Commands.RunAsync([command, .. command == "run" ? (string[])["--data", folder.Combine(command)] : []], refused));
        }
    }

    [Fact]
    public void Connections_are_tried_and_nothing_is_made()
    {
        File.WriteAllText(folder.Combine("in.txt"), "a\n");
        string data = folder.Combine("store");
        string[] results = [.. Connect(
            data,
            app => app.Pipeline("lines", p =>
            {
                var lines = p.From(Files.Files.Lines("in.txt"));
                lines.To(Topic.Of<NoKey, string>("lines"));
                lines.To(Files.Files.JsonLines<string>("out"));
                lines.Select(line => new Line(line)).To(Sqlite.Table<Line>("lines.db", "lines", line => line.Text));
                p.From(Topic.Of<NoKey, string>("lines")).To(Files.Files.JsonLines<string>("again"));
            })).Select(result => result.Problem?.ToString() ?? result.Text)];
        Assert.Equal(
            new[]
            {
                "lines/in: files in.txt: can be read",
                "lines/lines: topic lines: a start makes it",
                $"lines/to-again: files again: a start makes folder {data}/again",
                "lines/to-lines-2: sqlite table lines of sqlite:lines.db: a start makes it",
                "lines/to-lines: topic lines: a start makes it",
                $"lines/to-out: files out: a start makes folder {data}/out",
            },
            results.Order(StringComparer.Ordinal));
        Assert.Equal([folder.Combine("in.txt")], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void What_can_not_be_reached_is_a_problem_with_a_remedy()
    {
        ConnectionCheck.Result[] results = Connect(
            folder.Combine("store"),
            app => app.Pipeline("lines", p =>
            {
                p.From(Files.Files.Lines("missing.txt")).Select(line => new Line(line)).To(Sqlite.Table<Line>(folder.Combine("no", "lines.db"), "lines", line => line.Text));
                p.From(Topic.Of<NoKey, string>("nobodys")).To(Files.Files.JsonLines<string>("out"));
            }));
        Problem[] problems = [.. results.Select(result => result.Problem).OfType<Problem>()];
        Assert.Equal([ProblemCodes.SourceNotReached, ProblemCodes.SourceNotReached, ProblemCodes.SinkNotReached], problems.Select(problem => problem.Code).Order());
        Assert.Contains(problems, problem => problem.Text.Contains("missing.txt doesn't exist", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Text.Contains("topic nobodys isn't there, and none of the pipelines writes it", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Text.Contains($"there is no folder {folder.Combine("no")}", StringComparison.Ordinal));
    }

    [Fact]
    public void A_table_that_does_not_fit_is_found_and_left_as_it_is()
    {
        File.WriteAllText(folder.Combine("in.txt"), "a\n");
        string file = folder.Combine("lines.db");
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE lines (other TEXT PRIMARY KEY)";
            command.ExecuteNonQuery();
        }

        byte[] before = File.ReadAllBytes(file);
        Problem problem = Assert.Single(Connect(
            folder.Combine("store"),
            app => app.Pipeline("lines", p => p.From(Files.Files.Lines("in.txt")).Select(line => new Line(line)).To(Sqlite.Table<Line>(file, "lines", line => line.Text))))
            .Select(result => result.Problem).OfType<Problem>());
        Assert.Contains("; it has other", problem.Text, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(file));
        Assert.Equal(["in.txt", "lines.db"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    private PipelineCheck Check(Action<StreamAppBuilder> define) => PipelineCheck.Of(new OwnProgram(define, folder.Path), "the program", EngineSettings.Load());

    private ConnectionCheck.Result[] Connect(string data, Action<StreamAppBuilder> define)
    {
        PipelineCheck check = Check(define);
        Assert.Empty(check.Problems);
        return ConnectionCheck.Of(check.Plans, EngineSettings.Load().Log, data);
    }

    public sealed record Line(string Text);

    private sealed class Program(Func<IReadOnlyList<PipelineDefinition>> load) : IPipelineProgram
    {
        public string Folder => Path.GetTempPath();

        public IReadOnlyList<PipelineDefinition> Load(EngineSettings settings) => load();
    }
}
