using StreamEngine.Commits;
using StreamEngine.Records;

namespace StreamEngine.Pipelines;

/// <summary>Which pipelines use a topic, as far as their home records tell: of those that were reset and not started since that isn't known, so they may.</summary>
internal static class TopicUse
{
    /// <summary>Who reads or writes a topic, or may, in words; empty when nobody does.</summary>
    public static IReadOnlyList<string> Of(string topic, IEnumerable<(PipelineName Name, HomeRecord Home)> homes)
    {
        var users = new List<string>();
        foreach ((PipelineName name, HomeRecord home) in homes)
        {
            if (home.Plan is null) users.Add($"pipeline {name} may use it: it was reset, and hasn't run since");
            IReadOnlyList<SubgraphRecord> subgraphs = home.Plan?.Subgraphs ?? [];
            if (subgraphs.SelectMany(subgraph => subgraph.Sources).Any(source => source.Topic == topic)) users.Add($"pipeline {name} reads it");
            if (subgraphs.SelectMany(subgraph => subgraph.Sinks).Any(sink => sink.Topic == topic)) users.Add($"pipeline {name} writes it");
        }

        return users;
    }
}
