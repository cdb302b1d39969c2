using System.CommandLine;
using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Running;
using StreamEngine.Log;
using StreamEngine.Pipelines;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary><c>topics describe</c>.</summary>
internal static class DescribeTopic
{
    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = TopicsCommand.Name();
        name.AddTopics(data);
        Option<bool> json = SharedOptions.Json("The description as JSON.");
        var command = new Command("describe", "Describe a topic and its partitions, also while an engine runs.") { name, data, json };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            using ILogView view = LogOpening.ToLook(options.Read(parsed).Log, parsed.GetValue(data)!);
            TopicInfo topic = TopicsCommand.Find(view, parsed.GetValue(name)!);
            TopicDescription found = TopicDescription.Of(view, topic);
            if (parsed.GetValue(json)) Listing.PrintJson(found);
            else Print(found, topic.Spec, TopicUse.Of(topic.Name, PipelineHomes.All(view.Pipelines, view.ReadHome)));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(TopicDescription topic, TopicSpec spec, IReadOnlyList<string> users)
    {
        Console.Out.WriteLine($"{topic.Name}: {TopicsCommand.Partitions(topic.Partitions)}{TopicsCommand.Kind(spec)}, id {topic.Id}{string.Concat(users.Select(user => $"; {user}"))}");
        Console.Out.WriteLine($"keys {Or(topic.KeyFormat)}, values {Or(topic.ValueFormat)}");
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"retention: time {spec.RetentionTime?.ToString() ?? "none"}, bytes a partition {spec.RetentionBytes?.ToString(CultureInfo.InvariantCulture) ?? "none"}"));
        foreach (PartitionDescription range in topic.Ranges)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"partition {range.Partition}: offsets {range.FirstOffset} to {range.NextOffset} (next), {Counted.Bytes(range.Bytes, range.BytesEstimated)}"));
        }
    }

    private static string Or(string format) => format.Length == 0 ? "unknown" : format;
}
