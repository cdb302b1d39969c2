using System.CommandLine;
using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.CommandLine.Pipelines;
using StreamEngine.Hosting.Running;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Planning;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine.DeadLetters;

/// <summary><c>dlq list|show</c>: the records that pipelines could not process. Those in tables and on other clusters are read there, with the tools of those.</summary>
internal static class DeadLettersCommand
{
    public static Command Create() => new("dlq", "The records that pipelines could not process, with their causes; also while an engine runs.") { List(), Show() };

    private static Command List()
    {
        Option<string> data = SharedOptions.Data();
        Option<bool> json = SharedOptions.Json("A line of JSON for each pipeline.");
        var command = new Command("list", "List the pipelines that have dead letters, and where they are.") { data, json };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            using ILogView view = LogOpening.ToLook(options.Read(parsed).Log, parsed.GetValue(data)!);
            var listing = new Listing("pipeline", "dead letters", "topic or table");
            int exitCode = ExitCode.Success;
            foreach ((PipelineName name, HomeRecord? home, EngineException? problem) in PipelineHomes.All(view.Pipelines, view.ReadHome))
            {
                IReadOnlyList<string> stores = home?.Databases ?? [];
                if (problem is not null)
                {
                    exitCode = ExitCode.Failed;
                    Console.Error.WriteLine(RecordPrinter.Visible($"pipeline {name}: whether it has dead letters elsewhere too isn't known: {problem.Message}"));
                }

                (string topic, long count) = InTopic(view, name);
                if (count == 0 && stores.Count == 0) continue;
                DeadLetterPlace[] elsewhere = [.. stores.Select(store => DeadLetterPlace.In(name, store))];
                if (parsed.GetValue(json))
                {
                    Listing.PrintJson(new
                    {
                        Pipeline = name.Value,
                        Topic = topic,
                        Count = count,
                        Tables = elsewhere.Where(place => place.Table is not null).Select(place => new { Database = place.Store, place.Table }),
                        Topics = elsewhere.Where(place => place.Topic is not null).Select(place => new { place.Cluster, place.Topic }),
                    });
                }

                if (count > 0) listing.Add(name.Value, count.ToString(CultureInfo.InvariantCulture), $"topic {topic}");
                foreach (DeadLetterPlace place in elsewhere) listing.Add(name.Value, "-", place.ToString());
            }

            if (!parsed.GetValue(json)) listing.Print();
            return exitCode;
        });
        return command;
    }

    private static Command Show()
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = PipelinesCommand.Name(data);
        Option<long?> limit = SharedOptions.Limit();
        Option<bool> json = SharedOptions.Json("A line of JSON for each dead letter.");
        var command = new Command("show", "Print the dead letters of a pipeline, the oldest first.") { name, data, limit, json };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            PipelineName pipeline = PipelinesCommand.NameOf(parsed.GetValue(name)!);
            string folder = parsed.GetValue(data)!;
            long left = SharedOptions.LimitOf(parsed.GetValue(limit));
            using ILogView view = LogOpening.ToLook(options.Read(parsed).Log, folder);
            HomeRecord home = PipelineHomes.Read(pipeline, view.Description, view.Pipelines, view.ReadHome);
            foreach (string store in home.Databases) Console.Error.WriteLine($"pipeline {pipeline} commits in {store} too: its dead letters there are in {DeadLetterPlace.In(pipeline, store)}");
            if (view.Find(Planner.OwnTopic(pipeline, Planner.DeadLetters)) is not { } topic) return ExitCode.Success;
            using var printer = new DeadLetterPrinter(Console.OpenStandardOutput(), parsed.GetValue(json));
            foreach (Chunk chunk in view.Read(topic, 0, view.Range(topic, 0).FirstOffset, new ChunkPool()))
            {
                var reader = new ChunkReader(chunk);
                while (left > 0 && reader.MoveNext())
                {
                    printer.Print(reader.Offset, DeadLetterFormat.Decode(ref reader));
                    left--;
                }

                chunk.Release();
                if (left == 0) break;
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static (string Topic, long Count) InTopic(ILogView view, PipelineName pipeline)
    {
        string name = Planner.OwnTopic(pipeline, Planner.DeadLetters);
        return (name, view.Find(name) is { } topic ? view.Count(topic, 0) : 0);
    }
}
