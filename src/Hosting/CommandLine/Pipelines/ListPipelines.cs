using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Running;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine.Pipelines;

/// <summary><c>pipelines list</c>.</summary>
internal static class ListPipelines
{
    /// <summary>The state of a pipeline whose record can't be read.</summary>
    private const string Unreadable = "unreadable";

    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        Option<bool> json = SharedOptions.Json("A line of JSON for each pipeline.");
        var command = new Command("list", "List the pipelines that were started here, also while they run.") { data, json };
        SettingsOptions settings = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(data)!;
            EngineSettings read = settings.Read(parsed);
            using ILogView view = LogOpening.ToLook(read.Log, folder);
            var listing = new Listing("pipeline", "state", "generation", "last written", "cause");
            int exitCode = ExitCode.Success;
            foreach ((PipelineName pipeline, HomeRecord? home, EngineException? problem) in PipelineHomes.All(view.Pipelines, view.ReadHome))
            {
                if (home is null)
                {
                    exitCode = ExitCode.Failed;
                    if (parsed.GetValue(json)) Listing.PrintJson(new { Name = pipeline.Value, State = Unreadable, Cause = problem!.Message });
                    else listing.Add(pipeline.Value, Unreadable, "", "", problem!.Message);
                    continue;
                }

                PipelineHistory history = HistoryOf(read.Journal, folder, pipeline, out _) ?? new PipelineHistory();
                PipelineCondition condition = Conditions.Of(home, history, view.IsHeld(pipeline));
                string? cause = condition == PipelineCondition.Failed ? history.Failure!.Cause : null;
                if (parsed.GetValue(json))
                {
                    Listing.PrintJson(new
                    {
                        Name = pipeline.Value, State = condition, Generation = home.Generation.Value, LastWritten = new WriterDescription(home.Heartbeat, home.Process, home.Host), Cause = cause,
                    });
                    continue;
                }

                string written = string.Create(CultureInfo.InvariantCulture, $"last written {home.Heartbeat:yyyy-MM-dd HH:mm:ss} by process {home.Process} on {home.Host}");
                string[] fields = [pipeline.Value, NameOf(condition), string.Create(CultureInfo.InvariantCulture, $"generation {home.Generation.Value}"), written];
                listing.Add(cause is null ? fields : [.. fields, cause]);
            }

            listing.Print();
            return exitCode;
        });
        return command;
    }

    /// <summary>A condition as people and programs read it.</summary>
    internal static string NameOf(PipelineCondition condition) => JsonNamingPolicy.KebabCaseLower.ConvertName(condition.ToString());

    /// <summary>What the journal has of a pipeline; null, and why, when it can't be read: what the log has is shown all the same.</summary>
    internal static PipelineHistory? HistoryOf(JournalSettings journal, string folder, PipelineName pipeline, out string? problem)
    {
        problem = null;
        try
        {
            return JournalReader.Read(journal, DataDirectory.JournalPathOf(folder), pipeline);
        }
        catch (EngineException e)
        {
            problem = e.Message;
            return null;
        }
    }
}
