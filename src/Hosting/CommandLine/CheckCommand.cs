using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Checks;
using StreamEngine.Hosting.Loading;
using StreamEngine.Planning;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>
/// <c>check PATH</c>: all that is wrong with pipelines, and what needs care, before anything is started. Problems are told on standard error, what is well on
/// standard output.
/// </summary>
internal static class CheckCommand
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(IPipelineProgram? own)
    {
        Argument<string?> path = SharedOptions.PathOfPipelines(own);
        Option<string> data = SharedOptions.Data();
        var connect = new Option<bool>("--connect") { Description = "Connect to sources and sinks too; nothing is read, written or made." };
        var json = new Option<bool>("--json") { Description = "For programs: an array of {file, line, column, code, severity, message, remedy}." };
        var command = new Command("check", "Find all that is wrong with pipelines and their settings, and what needs care; nothing is started.") { path, connect, data, json };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            List<Problem> problems = [];
            List<string> connections = [];
            IReadOnlyList<PipelinePlan> plans = [];
            int code;
            try
            {
                IPipelineProgram program = SharedOptions.ProgramAt(parsed.GetValue(path), own);
                var settings = EngineSettings.Load(options.Sources(parsed, program.SettingsFiles), program.FindProblems);
                problems.AddRange(settings.Warnings);
                var check = PipelineCheck.Of(program, parsed.GetValue(path) ?? Invocation.Name, settings);
                problems.AddRange(check.Problems);
                plans = check.Plans;
                code = check.HasWrongSettings ? ExitCode.WrongSettings : problems.Any(problem => problem.IsError) ? ExitCode.Refused : ExitCode.Success;
                if (parsed.GetValue(connect))
                {
                    ConnectionCheck.Result[] results = ConnectionCheck.Of(plans, settings.Log, parsed.GetValue(data)!);
                    connections.AddRange(results.Where(result => result.Problem is null).Select(result => result.Text));
                    problems.AddRange(results.Select(result => result.Problem).OfType<Problem>());
                    if (code == ExitCode.Success && results.Any(result => result.Problem is not null)) code = ExitCode.Failed;
                }
            }
            catch (ProblemException e)
            {
                problems.AddRange(e.Problems);
                code = ExitCode.WrongSettings;
            }

            if (parsed.GetValue(json))
            {
                using Stream output = Console.OpenStandardOutput();
                WriteJson(output, problems);
            }
            else
            {
                Write(problems, plans, connections);
            }

            return code;
        });
        return command;
    }

    private static void Write(List<Problem> problems, IReadOnlyList<PipelinePlan> plans, List<string> connections)
    {
        foreach (PipelinePlan plan in plans)
        {
            Console.Out.WriteLine($"pipeline {plan.Name}: can run, {Words.Of(plan.Guarantee)}; {Counted.Of(plan.Subgraphs.Count, "subgraph")}, {Counted.Of(plan.Cuts.Count, "cut")}");
        }

        foreach (string connection in connections) Console.Out.WriteLine(connection);
        foreach (Problem problem in problems) ErrorText.Print(problem);
        int errors = problems.Count(problem => problem.IsError);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(errors, "problem")}, {Counted.Of(problems.Count - errors, "warning")}"));
    }

    /// <summary>Problems for programs.</summary>
    internal static void WriteJson(Stream output, IEnumerable<Problem> problems)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartArray();
            foreach (Problem problem in problems)
            {
                json.WriteStartObject();
                json.WriteString("file", problem.Place.Origin);
                json.WriteNumber("line", problem.Place.Line);
                json.WriteNumber("column", problem.Place.Column);
                json.WriteString("code", problem.Code);
                json.WriteString("severity", problem.IsError ? "error" : "warning");
                json.WriteString("message", problem.Text);
                json.WriteString("remedy", problem.Remedy);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
    }
}
