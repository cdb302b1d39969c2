using System.CommandLine;
using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary><c>topics</c>: looks at the topics of a data directory, whether its engine runs or not; makes, fills and deletes them while none runs.</summary>
internal static class TopicsCommand
{
    private const int NamesMax = 40;

    public static Command Create() => new("topics", "Look at the topics of a data directory; make, fill and delete them.")
    {
        ListTopics.Create(),
        DescribeTopic.Create(),
        ReadTopic.Create(),
        CreateTopic.Create(),
        WriteTopic.Create(),
        DeleteTopic.Create(),
    };

    /// <summary>The argument that names a topic.</summary>
    internal static Argument<string> Name() => new("TOPIC") { Description = "The topic's name." };

    /// <summary>The topic of a name that was given.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    internal static TopicInfo Find(ILogView view, string name) => view.Find(name) ?? throw Missing(name, view.Topics);

    /// <summary>The topic of a name that was given.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    internal static TopicInfo Find(ILog log, string name) => log.Find(name) ?? throw Missing(name, log.Topics());

    /// <summary>What a topic is besides its name and size.</summary>
    internal static string Kind(TopicSpec spec) => (spec.Compacted ? ", compacted" : "") + (spec.Owner is { } owner ? $", internal to pipeline {owner}" : "");

    /// <summary>A number of partitions, in words.</summary>
    internal static string Partitions(int count) => count == 1 ? "1 partition" : string.Create(CultureInfo.InvariantCulture, $"{count} partitions");

    private static EngineException Missing(string name, IReadOnlyList<TopicInfo> topics) => new(
        ErrorDomain.User,
        $"there is no topic {name}",
        topics.Count switch
        {
            0 => "There are no topics yet.",
            <= NamesMax => $"There are {string.Join(", ", topics.Select(topic => topic.Name))}.",
            _ => "topics list shows those there are.",
        });
}
