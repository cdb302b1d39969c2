using System.CommandLine;
using StreamEngine.Hosting.Loading;
using StreamEngine.Hosting.Running;

namespace StreamEngine.Hosting.CommandLine;

/// <summary><c>run PATH</c>: runs pipelines until their input is exhausted, or for as long as they are let.</summary>
internal static class RunCommand
{
    public static Command Create(IPipelineProgram? own)
    {
        Argument<string?> path = SharedOptions.PathOfPipelines(own);
        Option<string> data = SharedOptions.Data();
        var follow = new Option<bool>("--follow") { Description = "Keep watching for more input, rather than ending when there is none." };
        var takeOver = new Option<bool>("--take-over") { Description = "Take pipelines over that run in another process on the same Kafka cluster, rather than standing by for them." };
        var command = new Command("run", "Run pipelines; Ctrl+C commits what was read, and stops.") { path, data, follow, takeOver };
        SettingsOptions settings = SettingsOptions.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            IPipelineProgram program = SharedOptions.ProgramAt(parsed.GetValue(path), own);
            return RunSession.RunAsync(new RunSession.Options
            {
                Program = program,
                DataFolder = parsed.GetValue(data)!,
                Settings = settings.Read(parsed, program),
                Follows = parsed.GetValue(follow),
                TakesOver = parsed.GetValue(takeOver),
            });
        });
        return command;
    }
}
