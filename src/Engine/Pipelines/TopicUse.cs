using StreamEngine.Commits;
using StreamEngine.Records;

namespace StreamEngine.Pipelines;

/// <summary>Which pipelines use a topic, as far as their home records tell: those that were reset and not started since are not known.</summary>
internal static class TopicUse
{
    /// <summary>Who reads or writes a topic, in words; empty when nobody is known to.</summary>
    public static IReadOnlyList<string> Of(string topic, IEnumerable<(PipelineName Name, HomeRecord Home)> homes)
    {
        var users = new List<string>();
        foreach ((PipelineName name, HomeRecord home) in homes)
        {
            IReadOnlyList<SubgraphRecord> subgraphs = home.Plan?.Subgraphs ?? [];
            if (subgraphs.SelectMany(subgraph => subgraph.Sources).Any(source => source.Topic == topic)) users.Add($"pipeline {name} reads it");
            if (subgraphs.SelectMany(subgraph => subgraph.Sinks).Any(sink => sink.Topic == topic)) users.Add($"pipeline {name} writes it");
        }

        return users;
    }
}
