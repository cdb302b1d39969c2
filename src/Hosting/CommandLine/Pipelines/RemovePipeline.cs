using System.CommandLine;
using StreamEngine.Commits;
using StreamEngine.Hosting.Loading;
using StreamEngine.Hosting.Running;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine.Pipelines;

/// <summary><c>pipelines reset</c> and <c>pipelines delete</c>.</summary>
internal static class RemovePipeline
{
    private const string WhyDefinition = "needed if it commits in a database, stages files, or is to begin elsewhere than at the beginning";

    public static Command Reset(IPipelineProgram? own)
    {
        var to = new Option<string?>("--to")
        {
            Description = "Where it begins then: earliest, latest, a time (2026-01-31T12:00:00Z), or topic:partition=offset,... Where its sources say when left out.",
            HelpName = "PLACE",
        };
        var command = new Command("reset", "Remove a pipeline's positions, states, internal topics and dead letters, so that it begins anew. Its output stays.") { to };
        return WithAction(command, own, StartIntent.Reset, parsed => parsed.GetValue(to) is { } place ? ResetTarget.Parse(place) : null, _ => false);
    }

    public static Command Delete(IPipelineProgram? own)
    {
        var topics = new Option<bool>("--topics") { Description = "Delete the topics that it writes as well." };
        var command = new Command("delete", "Remove all that is kept of a pipeline, but for the number of its last start. Its output stays.") { topics };
        return WithAction(command, own, StartIntent.Delete, _ => null, parsed => parsed.GetValue(topics));
    }

    private static Command WithAction(Command command, IPipelineProgram? own, StartIntent intent, Func<ParseResult, ResetTarget?> target, Func<ParseResult, bool> deletesTopics)
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = PipelinesCommand.Name(data);
        Option<string?> definition = PipelinesCommand.Definition(WhyDefinition);
        var dry = new Option<bool>("--dry-run") { Description = "Show what it would do, and change nothing." };
        command.Add(name);
        command.Add(data);
        command.Add(definition);
        command.Add(dry);
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            PipelineName pipeline = PipelinesCommand.NameOf(parsed.GetValue(name)!);
            ResetTarget? to = target(parsed);
            IPipelineProgram? program = PipelinesCommand.ProgramOf(parsed.GetValue(definition), own);
            EngineSettings settings = options.Read(parsed, program);
            string folder = Path.GetFullPath(parsed.GetValue(data)!);
            using OpenLog open = LogOpening.ToChangePipelines(settings.Log, folder);
            var removal = new PipelineRemoval(new PipelineRemoval.Options
            {
                Log = open.Log,
                Folder = folder,
                Pipeline = pipeline,
                Intent = intent,
                Plan = PipelinesCommand.PlanOf(pipeline, program, parsed.GetValue(definition), settings),
                Target = to,
                DeletesTopics = deletesTopics(parsed),
            });
            RemovalPreview preview = removal.Look();
            if (!parsed.GetValue(dry))
            {
                await removal.RunAsync(preview).ConfigureAwait(false);

                // A pipeline that gets the name later is another one, and nobody has paused it.
                bool wasPaused = intent == StartIntent.Delete && ListPipelines.HistoryOf(settings.Journal, folder, pipeline, out string? _) is { Runs: false };
                if (wasPaused) await EngineRuntime.SetDesiredAsync(settings.Journal, DataDirectory.JournalPathOf(folder), pipeline, runs: true).ConfigureAwait(false);
            }

            foreach (RemovalAct act in preview.Acts) await Console.Out.WriteLineAsync(act.ToString()).ConfigureAwait(false);
            await Console.Out.WriteLineAsync(Closing(pipeline, intent, preview, parsed.GetValue(dry))).ConfigureAwait(false);
            return ExitCode.Success;
        });
        return command;
    }

    private static string Closing(PipelineName pipeline, StartIntent intent, RemovalPreview preview, bool isDry)
    {
        if (isDry) return $"nothing was changed: this is what a {(intent == StartIntent.Reset ? "reset" : "deletion")} of pipeline {pipeline} would do";
        if (intent == StartIntent.Delete) return $"pipeline {pipeline} is deleted";
        return $"pipeline {pipeline} is reset; its next start begins at {(preview.Reset is null ? "the beginning" : "the positions that were set")}";
    }
}
