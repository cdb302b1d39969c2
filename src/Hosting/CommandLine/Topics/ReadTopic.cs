using System.CommandLine;
using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Running;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary><c>topics read</c>.</summary>
internal static class ReadTopic
{
    private const string Earliest = "earliest";
    private const string Latest = "latest";

    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = TopicsCommand.Name();
        name.AddTopics(data);
        var from = new Option<string>("--from")
        {
            Description = "Where to begin in each partition: earliest, latest, or an offset.",
            DefaultValueFactory = _ => Earliest,
            HelpName = "PLACE",
        };
        from.CompletionSources.Add(Earliest, Latest);
        var partition = new Option<int?>("--partition") { Description = "Only this partition.", HelpName = "N" };
        Option<long?> limit = SharedOptions.Limit();
        Option<bool> json = SharedOptions.Json("A line of JSON for each record: partition, offset, timestamp, key, value, headers.");
        var command = new Command("read", "Print the records of a topic that are committed now, also while an engine runs.") { name, data, from, partition, limit, json };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            using ILogView view = LogOpening.ToLook(options.Read(parsed).Log, parsed.GetValue(data)!);
            TopicInfo topic = TopicsCommand.Find(view, parsed.GetValue(name)!);
            if (parsed.GetValue(partition) is { } one && (one < 0 || one >= topic.Partitions))
            {
                throw new EngineException(ErrorDomain.User, $"topic {topic.Name} has {topic.Partitions} partitions, so none of number {one}", $"Give --partition 0 to {topic.Partitions - 1}.");
            }

            long left = SharedOptions.LimitOf(parsed.GetValue(limit));
            string place = parsed.GetValue(from)!;
            long[] begin = [.. Enumerable.Range(0, topic.Partitions).Select(number => Begin(place, view.Range(topic, number)))];
            using var output = new RecordPrinter(Console.OpenStandardOutput(), topic.Spec, parsed.GetValue(json));
            var pool = new ChunkPool();
            foreach (int number in parsed.GetValue(partition) is { } only ? [only] : Enumerable.Range(0, topic.Partitions))
            {
                foreach (Chunk chunk in view.Read(topic, number, begin[number], pool))
                {
                    left = output.Print(chunk, left);
                    chunk.Release();
                    if (left == 0) return ExitCode.Success;
                }
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static long Begin(string from, PartitionRange range) => from switch
    {
        Earliest => range.FirstOffset,
        Latest => range.NextOffset,
        _ when long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out long offset) => Math.Clamp(offset, range.FirstOffset, range.NextOffset),
        _ => throw new EngineException(ErrorDomain.User, $"--from {from} is no place to begin", "Give earliest, latest, or an offset."),
    };
}
