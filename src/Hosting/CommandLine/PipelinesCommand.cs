using System.CommandLine;
using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>
/// <c>pipelines list|reset</c>: what a data directory holds of pipelines. There is no command that deletes one: its generations would begin anew, below
/// those that the guards of its databases hold.
/// </summary>
internal static class PipelinesCommand
{
    public static Command Create(IPipelineProgram? own) => new("pipelines", "What a data directory holds of pipelines.")
    {
        List(),
        Reset(own),
    };

    private static Command List()
    {
        Option<string> data = SharedOptions.Data();
        var command = new Command("list", "List the pipelines that were started here, also while they run.") { data };
        command.SetAction(parsed =>
        {
            using LogView view = LogView.Open(parsed.GetValue(data)!);
            foreach (PipelineName pipeline in view.Pipelines)
            {
                HomeRecord home = HomeRecord.Parse(view.ReadHome(pipeline)!.Record.Span);
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{pipeline}\t{home.State.ToString().ToLowerInvariant()}\tgeneration {home.Generation.Value}\tlast written {home.Heartbeat:yyyy-MM-dd HH:mm:ss} by process {home.Process} on {home.Host}"));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Reset(IPipelineProgram? own)
    {
        var name = new Argument<string>("NAME") { Description = "The pipeline." };
        Option<string> data = SharedOptions.Data();
        name.AddPipelines(data);
        var pipelines = new Option<string?>("--pipelines") { Description = "Where it is defined; needed if it commits in a database.", HelpName = "PATH" };
        var command = new Command("reset", "Remove a pipeline's positions, states, internal topics and dead letters, so that it begins at the beginning. Its output stays.") { name, data, pipelines };
        SettingsOptions settings = SettingsOptions.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            if (!NameRule.IsValid(parsed.GetValue(name)!)) throw new EngineException(ErrorDomain.User, $"'{parsed.GetValue(name)}' is no name of a pipeline", "pipelines list shows those there are.");
            var pipeline = new PipelineName(parsed.GetValue(name)!);
            PipelinePlan? plan = PlanOf(pipeline, parsed.GetValue(pipelines), own, program => settings.Read(parsed, program.SettingsFiles));
            using DataDirectory directory = OpenExisting(parsed.GetValue(data)!);
            using EmbeddedLog log = EmbeddedLog.Open(directory.LogPath);
            await PipelineRemoval.RunAsync(log, directory.Path, pipeline, StartIntent.Reset, plan).ConfigureAwait(false);
            await Console.Out.WriteLineAsync($"pipeline {pipeline} is reset; its next start begins at the beginning").ConfigureAwait(false);
            await Console.Out.WriteLineAsync("what it has written stays: topics of yours, rows and files").ConfigureAwait(false);
            return ExitCode.Success;
        });
        return command;
    }

    private static PipelinePlan? PlanOf(PipelineName name, string? path, IPipelineProgram? own, Func<IPipelineProgram, EngineSettings> read)
    {
        if (path is null && own is null) return null;
        IPipelineProgram program = SharedOptions.ProgramAt(path, own);
        EngineSettings settings = read(program);
        PipelineDefinition? pipeline = program.Load(settings).FirstOrDefault(defined => defined.Name == name);
        if (pipeline is null) return null;
        PipelineSettings set = settings.For(pipeline);
        return Planner.Plan(pipeline, set.Guarantee, set.InternalTopics.Partitions);
    }

    private static DataDirectory OpenExisting(string path) => Directory.Exists(DataDirectory.EnginePathOf(path))
        ? DataDirectory.Open(path)
        : throw new EngineException(ErrorDomain.User, $"{path} is no data directory", "Give one with --data DIR.");
}
