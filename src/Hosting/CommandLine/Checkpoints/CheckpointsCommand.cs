using System.CommandLine;
using System.Globalization;
using StreamEngine.Checkpoints;
using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine.Checkpoints;

/// <summary><c>checkpoints list|create|restore</c>: copies of the whole log, of one instant.</summary>
internal static class CheckpointsCommand
{
    public static Command Create() => new("checkpoints", "Consistent copies of a data directory's log: topics, positions and states of all pipelines.") { List(), Take(), Restore() };

    private static Command List()
    {
        Option<string> data = SharedOptions.Data();
        Option<bool> json = SharedOptions.Json("A line of JSON for each checkpoint.");
        var command = new Command("list", "List the checkpoints, and check that their files are whole; also while an engine runs.") { data, json };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(data)!;
            if (!Directory.Exists(DataDirectory.EnginePathOf(path))) throw SharedOptions.NoDataDirectory(path);
            var listing = new Listing("checkpoint", "taken", "size", "pipelines", "state");
            foreach ((CheckpointEntry entry, string? problem) in CheckpointStore.List(DataDirectory.CheckpointsPathOf(path)))
            {
                string[] pipelines = [.. entry.Positions.Select(position => position.Pipeline).Distinct().Order(StringComparer.Ordinal)];
                if (parsed.GetValue(json)) Listing.PrintJson(new { entry.Id, entry.At, entry.Bytes, entry.Commit, entry.Positions, Problem = problem });
                else
                {
                    listing.Add(
                        entry.Id,
                        string.Create(CultureInfo.InvariantCulture, $"{entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}"),
                        string.Create(CultureInfo.InvariantCulture, $"{entry.Bytes} bytes"),
                        pipelines.Length == 0 ? "-" : string.Join(", ", pipelines),
                        problem ?? "whole");
                }
            }

            listing.Print();
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Take()
    {
        Option<string> data = SharedOptions.Data();
        var command = new Command("create", "Take a checkpoint now.") { data };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            CheckLog(options.Read(parsed).Log);
            using DataDirectory directory = SharedOptions.OpenExisting(parsed.GetValue(data)!);
            using EmbeddedLog log = EmbeddedLog.Open(directory.LogPath);
            CheckpointEntry entry = CheckpointStore.Take(log, directory.CheckpointsPath, DateTimeOffset.UtcNow);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"checkpoint {entry.Id} is taken, {entry.Bytes} bytes"));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Restore()
    {
        var id = new Argument<string>("ID") { Description = "The checkpoint, as checkpoints list shows it." };
        Option<string> data = SharedOptions.Data();
        var command = new Command("restore", "Put a checkpoint in the place of the log. The log that is there is kept beside it.") { id, data };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            CheckLog(options.Read(parsed).Log);
            using DataDirectory directory = SharedOptions.OpenExisting(parsed.GetValue(data)!);
            string wanted = parsed.GetValue(id)!;

            // Only what the catalogue has: an id is the name of a folder, and another path must not become one.
            CheckpointEntry entry = CheckpointStore.Entries(directory.CheckpointsPath).FirstOrDefault(entry => entry.Id == wanted)
                ?? throw new EngineException(ErrorDomain.User, $"there is no checkpoint {RecordPrinter.Visible(wanted)} in {directory.CheckpointsPath}", "checkpoints list shows those there are. Nothing was changed.");
            string? kept = CheckpointStore.Restore(directory, wanted);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the log is that of checkpoint {entry.Id} now, of {entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}"));
            Console.Out.WriteLine(kept is null ? "there was no log before" : $"the log that was there is kept as {kept}");
            foreach (string line in NotRestored(directory.Path)) Console.Out.WriteLine(line);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Refuses what concerns the log of a data directory where topics live elsewhere: a copy of it would hold nothing of them.</summary>
    private static void CheckLog(LogSettings settings)
    {
        if (!settings.IsKafka) return;
        throw new EngineException(
            ErrorDomain.User,
            "checkpoints are copies of a data directory's log, and the log is on Kafka: stream-engine.log.kind",
            "Kafka keeps copies itself, on as many brokers as topics have replicas; for backups use what the cluster's operators do. Nothing was changed.");
    }

    private static IEnumerable<string> NotRestored(string dataFolder)
    {
        using LogView view = LogView.Open(dataFolder);
        foreach (HeldPipeline held in PipelineHomes.All(view.Pipelines, view.ReadHome))
        {
            if (held.Problem is not null) yield return $"whether pipeline {held.Name} commits in databases isn't known: {held.Problem.Message}";
            foreach (string store in held.Home?.Databases ?? [])
            {
                yield return $"pipeline {held.Name} commits in {store}, which was not restored: its next start is refused there and says what to do";
            }
        }

        yield return "files that were published stay as they are";
    }
}
