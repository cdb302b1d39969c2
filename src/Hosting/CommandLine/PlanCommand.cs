using System.CommandLine;
using StreamEngine.Contracts;
using StreamEngine.Hosting.Loading;
using StreamEngine.Planning;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine;

/// <summary><c>plan PATH</c>: shows what would run, without opening anything.</summary>
internal static class PlanCommand
{
    public static Command Create(IPipelineProgram? own)
    {
        Argument<string?> path = SharedOptions.PathOfPipelines(own);
        Option<string?> config = SharedOptions.Config();
        var command = new Command("plan", "Show stages, tasks, commit points, cuts and guarantees; nothing is started.") { path, config };
        command.SetAction(parsed =>
        {
            EngineSettings settings = SharedOptions.Settings(parsed.GetValue(config));
            foreach (PipelineDefinition pipeline in SharedOptions.ProgramAt(parsed.GetValue(path), own).Load())
            {
                PipelineSettings set = settings.For(pipeline);
                Console.Out.Write(PlanText.Of(Planner.Plan(pipeline, set.Guarantee, set.InternalTopics.Partitions), set));
            }

            return ExitCode.Success;
        });
        return command;
    }
}
