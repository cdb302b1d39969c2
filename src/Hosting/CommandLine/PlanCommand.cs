using System.CommandLine;
using StreamEngine.Diagnostics;
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
        var json = new Option<bool>("--json") { Description = "For programs: an array with an object for each pipeline." };
        var mermaid = new Option<bool>("--mermaid") { Description = "As a Mermaid flowchart, for documents." };
        var command = new Command("plan", "Show stages, tasks, commit points, cuts and guarantees; nothing is started.") { path, json, mermaid };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json) && parsed.GetValue(mermaid)) throw new EngineException(ErrorDomain.User, "--json and --mermaid exclude each other", "Give one of them.");
            IPipelineProgram program = SharedOptions.ProgramAt(parsed.GetValue(path), own);
            EngineSettings settings = options.Read(parsed, program);
            (PipelinePlan Plan, PipelineSettings Settings)[] plans = [.. program.Load(settings, ErrorText.Print).Select(settings.Plan)];
            if (parsed.GetValue(json)) WriteJson(plans);
            else if (parsed.GetValue(mermaid)) Console.Out.Write(PlanMermaid.Of([.. plans.Select(plan => plan.Plan)]));
            else foreach ((PipelinePlan plan, PipelineSettings set) in plans) Console.Out.Write(PlanText.Of(plan, set) + (settings.Log.IsKafka ? ClusterPlanText.Of(plan, set, settings.Log.Kafka) : ""));
            return ExitCode.Success;
        });
        return command;
    }

    private static void WriteJson(IEnumerable<(PipelinePlan Plan, PipelineSettings Settings)> plans)
    {
        using Stream output = Console.OpenStandardOutput();
        PlanJson.Write(output, plans);
        output.WriteByte((byte)'\n');
    }
}
