using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Planning;

/// <summary>Where the dead letters of subgraphs lie that don't commit in the log: in a table of the database, or in a topic of the other cluster.</summary>
/// <param name="Store">Where they commit.</param>
/// <param name="Cluster">The cluster's name; null for a database.</param>
/// <param name="Topic">The topic; null for a database.</param>
/// <param name="Table">The table; null for a cluster.</param>
internal sealed record DeadLetterPlace(string Store, string? Cluster, string? Topic, string? Table)
{
    /// <summary>The place that goes with a store.</summary>
    public static DeadLetterPlace In(PipelineName pipeline, string store) => store.StartsWith(DatabaseCommitPoint.ClusterPrefix, StringComparison.Ordinal)
        ? new DeadLetterPlace(store, store[DatabaseCommitPoint.ClusterPrefix.Length..], Planner.OwnTopic(pipeline, Planner.DeadLetters), null)
        : new DeadLetterPlace(store, null, null, DeadLetter.Table);

    /// <inheritdoc/>
    public override string ToString() => Topic is null ? $"table {Table} of {Store}" : $"topic {Topic} of cluster {Cluster}";
}
