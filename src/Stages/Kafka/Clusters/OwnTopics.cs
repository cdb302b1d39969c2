using StreamEngine.Records;

namespace StreamEngine.Kafka.Clusters;

/// <summary>The names on a cluster that are a pipeline's own: topics, transactional ids, the consumer group. Names of pipelines and stages hold no separator.</summary>
internal static class OwnTopics
{
    /// <summary>Before every name of the engine's.</summary>
    public const string Prefix = "streamengine.";

    private const string PositionsSuffix = ".positions";
    private const string ChangelogSuffix = ".changelog";

    /// <summary>What every name of a pipeline begins with.</summary>
    public static string PrefixOf(PipelineName pipeline) => $"{Prefix}{pipeline}.";

    /// <summary>The topic of a pipeline's home record and positions.</summary>
    public static string Positions(PipelineName pipeline) => $"{Prefix}{pipeline}{PositionsSuffix}";

    /// <summary>The changelog of a state.</summary>
    public static string Changelog(PipelineName pipeline, string state) => $"{Prefix}{pipeline}.{state}{ChangelogSuffix}";

    /// <summary>The transactional id that writes the home record.</summary>
    public static string TransactionalId(PipelineName pipeline) => $"{Prefix}{pipeline}";

    /// <summary>The transactional id of a task.</summary>
    public static string TransactionalId(PipelineName pipeline, int slot) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Prefix}{pipeline}.{slot}");

    /// <summary>The consumer group that mirrors a pipeline's positions.</summary>
    public static string Group(PipelineName pipeline) => $"{Prefix}{pipeline}";

    /// <summary>Those topics of a pipeline that come and go with what it does: all but its positions.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="names">The names of any topics.</param>
    public static IEnumerable<string> AllButPositions(PipelineName pipeline, IEnumerable<string> names)
    {
        string own = PrefixOf(pipeline), positions = Positions(pipeline);
        return names.Where(name => name != positions && name.StartsWith(own, StringComparison.Ordinal));
    }

    /// <summary>The pipeline that a topic belongs to; null for a topic of users.</summary>
    public static string? OwnerOf(string topic)
    {
        if (!topic.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        int end = topic.IndexOf(NameRule.Separator, Prefix.Length);
        return end > Prefix.Length && topic[Prefix.Length..end] is var name && NameRule.IsValid(name) ? name : null;
    }

    /// <summary>The pipeline whose positions topic this is; null when it is none.</summary>
    public static string? PipelineOfPositions(string topic) =>
        OwnerOf(topic) is { } owner && topic.Length == Prefix.Length + owner.Length + PositionsSuffix.Length && topic.EndsWith(PositionsSuffix, StringComparison.Ordinal) ? owner : null;
}
