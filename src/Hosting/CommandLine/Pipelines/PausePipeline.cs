using System.CommandLine;
using StreamEngine.Hosting.Running;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine.Pipelines;

/// <summary><c>pipelines pause</c> and <c>pipelines resume</c>: whether runs start a pipeline from now on.</summary>
internal static class PausePipeline
{
    public static Command Pause() => WithAction(
        new Command("pause", "Keep a pipeline from being started by runs, until it is resumed. What reads its topics runs on."),
        runs: false,
        name => $"pipeline {name} is paused: runs don't start it until pipelines resume {name}",
        name => $"pipeline {name} was paused already");

    public static Command Resume() => WithAction(
        new Command("resume", "Let runs start a pipeline again that was paused. It goes on where it stopped."),
        runs: true,
        name => $"pipeline {name} is resumed: the next run starts it",
        name => $"pipeline {name} was not paused");

    private static Command WithAction(Command command, bool runs, Func<PipelineName, string> changed, Func<PipelineName, string> unchanged)
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = PipelinesCommand.Name(data);
        command.Add(name);
        command.Add(data);
        SettingsOptions settings = SettingsOptions.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            PipelineName pipeline = PipelinesCommand.NameOf(parsed.GetValue(name)!);
            EngineSettings read = settings.Read(parsed);
            using DataDirectory directory = SharedOptions.OpenExisting(parsed.GetValue(data)!);
            using (ILogView view = LogOpening.ToLook(read.Log, directory.Path)) PipelineHomes.Read(pipeline, view.Description, view.Pipelines, view.ReadHome);
            bool changes = await EngineRuntime.SetDesiredAsync(read.Journal, directory.JournalPath, pipeline, runs).ConfigureAwait(false);
            await Console.Out.WriteLineAsync(changes ? changed(pipeline) : unchanged(pipeline)).ConfigureAwait(false);
            return ExitCode.Success;
        });
        return command;
    }
}
