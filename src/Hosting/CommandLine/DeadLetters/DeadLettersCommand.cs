using System.CommandLine;
using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Hosting.CommandLine.Pipelines;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Planning;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine.DeadLetters;

/// <summary><c>dlq list|show</c>: the records that pipelines could not process. Those in tables are read there, with the database's own tools.</summary>
internal static class DeadLettersCommand
{
    public static Command Create() => new("dlq", "The records that pipelines could not process, with their causes; also while an engine runs.") { List(), Show() };

    private static Command List()
    {
        Option<string> data = SharedOptions.Data();
        Option<bool> json = SharedOptions.Json("A line of JSON for each pipeline.");
        var command = new Command("list", "List the pipelines that have dead letters, and where they are.") { data, json };
        command.SetAction(parsed =>
        {
            using LogView view = LogView.Open(parsed.GetValue(data)!);
            var listing = new Listing("pipeline", "dead letters", "topic or table");
            foreach ((PipelineName name, HomeRecord home) in PipelineHomes.All(view.Pipelines, view.ReadHome))
            {
                (string topic, long count) = InTopic(view, name);
                if (count == 0 && home.Databases.Count == 0) continue;
                if (parsed.GetValue(json)) Listing.PrintJson(new { Pipeline = name.Value, Topic = topic, Count = count, Tables = home.Databases.Select(store => new { Database = store, DeadLetter.Table }) });
                if (count > 0) listing.Add(name.Value, count.ToString(CultureInfo.InvariantCulture), $"topic {topic}");
                foreach (string store in home.Databases) listing.Add(name.Value, "-", InTable(store));
            }

            if (!parsed.GetValue(json)) listing.Print();
            return ExitCode.Success;
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
        command.SetAction(parsed =>
        {
            PipelineName pipeline = PipelinesCommand.NameOf(parsed.GetValue(name)!);
            string folder = parsed.GetValue(data)!;
            long left = SharedOptions.LimitOf(parsed.GetValue(limit));
            using LogView view = LogView.Open(folder);
            HomeRecord home = PipelineHomes.Read(pipeline, $"the log in {DataDirectory.LogPathOf(folder)}", view.Pipelines, view.ReadHome);
            foreach (string store in home.Databases) Console.Error.WriteLine($"pipeline {pipeline} has a database too: its dead letters there are in {InTable(store)}");
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

    private static (string Topic, long Count) InTopic(LogView view, PipelineName pipeline)
    {
        string name = Planner.OwnTopic(pipeline, Planner.DeadLetters);
        if (view.Find(name) is not { } topic) return (name, 0);
        PartitionRange range = view.Range(topic, 0);
        return (name, range.NextOffset - range.FirstOffset);
    }

    private static string InTable(string store) => $"table {DeadLetter.Table} of {store}";
}
