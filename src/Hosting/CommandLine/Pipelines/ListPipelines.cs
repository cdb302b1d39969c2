using System.CommandLine;
using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine.Pipelines;

/// <summary><c>pipelines list</c>.</summary>
internal static class ListPipelines
{
    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        var command = new Command("list", "List the pipelines that were started here, also while they run.") { data };
        command.SetAction(parsed =>
        {
            using LogView view = LogView.Open(parsed.GetValue(data)!);
            foreach ((PipelineName pipeline, HomeRecord home) in PipelineHomes.All(view.Pipelines, view.ReadHome))
            {
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{pipeline}\t{home.State.ToString().ToLowerInvariant()}\tgeneration {home.Generation.Value}\tlast written {home.Heartbeat:yyyy-MM-dd HH:mm:ss} by process {home.Process} on {home.Host}"));
            }

            return ExitCode.Success;
        });
        return command;
    }
}
