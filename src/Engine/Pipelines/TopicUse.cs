using StreamEngine.Commits;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Pipelines;

/// <summary>Which pipelines use a topic, as far as their home records tell; one whose record can't be read may.</summary>
internal static class TopicUse
{
    /// <summary>Who reads or writes a topic, or may, in words; empty when nobody does.</summary>
    public static IReadOnlyList<string> Of(string topic, IEnumerable<HeldPipeline> homes)
    {
        var users = new List<string>();
        foreach ((PipelineName name, HomeRecord? home, EngineException? problem) in homes)
        {
            if (home is null)
            {
                users.Add($"pipeline {name} may use it: its record can't be read ({problem!.Message})");
                continue;
            }

            if (home.Plan is null && home.Used is null) users.Add($"pipeline {name} may use it: it was reset, and hasn't run since");
            if (home.Used?.Contains(topic) == true) users.Add($"pipeline {name} used it before it was reset, and hasn't run since");
            IReadOnlyList<SubgraphRecord> subgraphs = home.Plan?.Subgraphs ?? [];
            if (subgraphs.SelectMany(subgraph => subgraph.Sources).Any(source => source.Topic == topic)) users.Add($"pipeline {name} reads it");
            if (subgraphs.SelectMany(subgraph => subgraph.Sinks).Any(sink => sink.Topic == topic)) users.Add($"pipeline {name} writes it");
        }

        return users;
    }
}
