using System.CommandLine;
using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary><c>topics list|describe|read</c>: looks at the topics of a data directory, whether its engine runs or not.</summary>
internal static class TopicsCommand
{
    private const string Earliest = "earliest";
    private const string Latest = "latest";

    public static Command Create() => new("topics", "Look at the topics of a data directory, also while its engine runs.") { List(), Describe(), Read() };

    private static Command List()
    {
        Option<string> data = SharedOptions.Data();
        var command = new Command("list", "List the topics.") { data };
        command.SetAction(parsed =>
        {
            using LogView view = LogView.Open(parsed.GetValue(data)!);
            foreach (TopicInfo topic in view.Topics)
            {
                IEnumerable<PartitionRange> ranges = Enumerable.Range(0, topic.Partitions).Select(partition => view.Range(topic, partition));
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{topic.Name}\t{Count(topic.Partitions, "partition")}\t{ranges.Sum(range => range.NextOffset - range.FirstOffset)} offsets\t{ranges.Sum(range => range.Bytes)} bytes{Kind(topic.Spec)}"));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Describe()
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = Name();
        var command = new Command("describe", "Describe a topic and its partitions.") { name, data };
        command.SetAction(parsed =>
        {
            using LogView view = LogView.Open(parsed.GetValue(data)!);
            TopicInfo topic = Find(view, parsed.GetValue(name)!);
            TopicSpec spec = topic.Spec;
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{topic.Name}: {Count(topic.Partitions, "partition")}{Kind(spec)}, id {topic.Id}"));
            Console.Out.WriteLine($"keys {Or(spec.KeyFormat)}, values {Or(spec.ValueFormat)}");
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"retention: time {spec.RetentionTime?.ToString() ?? "none"}, bytes a partition {spec.RetentionBytes?.ToString(CultureInfo.InvariantCulture) ?? "none"}"));
            for (int partition = 0; partition < topic.Partitions; partition++)
            {
                PartitionRange range = view.Range(topic, partition);
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"partition {partition}: offsets {range.FirstOffset} to {range.NextOffset} (next), {range.Bytes} bytes"));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Read()
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = Name();
        var from = new Option<string>("--from")
        {
            Description = "Where to begin in each partition: earliest, latest, or an offset.",
            DefaultValueFactory = _ => Earliest,
            HelpName = "PLACE",
        };
        var partition = new Option<int?>("--partition") { Description = "Only this partition.", HelpName = "N" };
        var limit = new Option<long?>("--limit") { Description = "At most this many records.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "A line of JSON for each record: partition, offset, timestamp, key, value, headers." };
        var command = new Command("read", "Print the records of a topic that are committed now.") { name, data, from, partition, limit, json };
        command.SetAction(parsed =>
        {
            using LogView view = LogView.Open(parsed.GetValue(data)!);
            TopicInfo topic = Find(view, parsed.GetValue(name)!);
            if (parsed.GetValue(partition) is { } one && (one < 0 || one >= topic.Partitions))
            {
                throw new EngineException(ErrorDomain.User, $"topic {topic.Name} has {topic.Partitions} partitions, so none of number {one}", $"Give --partition 0 to {topic.Partitions - 1}.");
            }

            if (parsed.GetValue(limit) is <= 0) throw new EngineException(ErrorDomain.User, $"--limit {parsed.GetValue(limit)} is no number of records", "Give a number from 1 on.");
            string place = parsed.GetValue(from)!;
            long[] begin = [.. Enumerable.Range(0, topic.Partitions).Select(number => Begin(place, view.Range(topic, number)))];
            using var output = new RecordPrinter(Console.OpenStandardOutput(), topic.Spec, parsed.GetValue(json));
            long left = parsed.GetValue(limit) ?? long.MaxValue;
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

    private static Argument<string> Name() => new("TOPIC") { Description = "The topic's name." };

    private static TopicInfo Find(LogView view, string name) => view.Find(name) ?? throw new EngineException(
        ErrorDomain.User, $"there is no topic {name}", view.Topics.Count == 0 ? "There are no topics yet." : $"There are {string.Join(", ", view.Topics.Select(topic => topic.Name))}.");

    private static string Kind(TopicSpec spec) => (spec.Compacted ? ", compacted" : "") + (spec.Owner is { } owner ? $", internal to pipeline {owner}" : "");

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : string.Create(CultureInfo.InvariantCulture, $"{count} {what}s");

    private static string Or(string format) => format.Length == 0 ? "unknown" : format;
}
