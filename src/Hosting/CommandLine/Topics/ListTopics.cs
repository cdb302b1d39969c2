using System.CommandLine;
using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Running;
using StreamEngine.Log;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary><c>topics list</c>.</summary>
internal static class ListTopics
{
    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        Option<bool> json = SharedOptions.Json("A line of JSON for each topic.");
        var command = new Command("list", "List the topics, also while an engine runs.") { data, json };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            using ILogView view = LogOpening.ToLook(options.Read(parsed).Log, parsed.GetValue(data)!);
            var listing = new Listing("topic", "partitions", "offsets", "size");
            foreach (TopicInfo topic in view.Topics)
            {
                TopicDescription found = TopicDescription.Of(view, topic);
                if (parsed.GetValue(json)) Listing.PrintJson(found);
                else
                {
                    listing.Add(
                        topic.Name,
                        TopicsCommand.Partitions(topic.Partitions),
                        string.Create(CultureInfo.InvariantCulture, $"{found.Offsets} offsets"),
                        Counted.Bytes(found.Bytes, found.BytesEstimated) + TopicsCommand.Kind(topic.Spec));
                }
            }

            listing.Print();
            return ExitCode.Success;
        });
        return command;
    }
}
