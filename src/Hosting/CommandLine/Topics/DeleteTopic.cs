using System.CommandLine;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Running;
using StreamEngine.Pipelines;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary><c>topics delete</c>.</summary>
internal static class DeleteTopic
{
    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = TopicsCommand.Name();
        name.AddTopics(data);
        var force = new Option<bool>("--force") { Description = "Delete it though a pipeline reads or writes it: one that reads it is refused its next start until it is reset." };
        var command = new Command("delete", "Delete a topic with all its records.") { name, data, force };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            using OpenLog open = LogOpening.ToChangeTopics(options.Read(parsed).Log, parsed.GetValue(data)!);
            ILog log = open.Log;
            TopicInfo topic = TopicsCommand.Find(log, parsed.GetValue(name)!);
            if (topic.Spec.Owner is { } owner)
            {
                throw new EngineException(
                    ErrorDomain.User, $"topic {topic.Name} is internal to pipeline {owner}, which would lose what is in it", $"It goes with the pipeline: pipelines reset {owner}, or pipelines delete {owner}.");
            }

            IReadOnlyList<string> users = TopicUse.Of(topic.Name, PipelineHomes.All(log.Homes(), log.ReadHome));
            if (users.Count > 0 && !parsed.GetValue(force))
            {
                throw new EngineException(ErrorDomain.User, $"topic {topic.Name} is in use: {string.Join(", ", users)}", "Delete it all the same with --force. Nothing was changed.");
            }

            log.Delete(topic);
            Console.Out.WriteLine($"topic {topic.Name} is deleted");
            return ExitCode.Success;
        });
        return command;
    }
}
