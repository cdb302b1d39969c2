using StreamEngine.Contracts;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>Reads what a log's database holds of a pipeline, whoever has it open.</summary>
internal static class LogScan
{
    /// <summary>All positions of a pipeline, by subgraph.</summary>
    public static IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(RocksDatabase db, PipelineName pipeline)
    {
        var found = new List<(string, CommittedPosition)>();
        byte[] prefix = LogLayout.PositionPrefix(pipeline);
        using RocksCursor cursor = db.Scan(LogLayout.Positions, keepInCache: true);
        for (bool more = cursor.Seek(prefix); more && cursor.Key.StartsWith(prefix); more = cursor.MoveNext())
        {
            (string subgraph, SourcePartitionId partition) = LogLayout.ParsePositionKey(cursor.Key);
            found.Add((subgraph, LogLayout.ParsePosition(partition, cursor.Value)));
        }

        return found;
    }

    /// <summary>Output of a pipeline that is sealed and not noted as published.</summary>
    public static IReadOnlyList<UnpublishedStage> Unpublished(RocksDatabase db, PipelineName pipeline)
    {
        var found = new List<UnpublishedStage>();
        byte[] prefix = LogLayout.UnpublishedPrefix(pipeline);
        using RocksCursor cursor = db.Scan(LogLayout.Commits, keepInCache: true);
        for (bool more = cursor.Seek(prefix); more && cursor.Key.StartsWith(prefix); more = cursor.MoveNext())
        {
            found.Add(LogLayout.ParseUnpublished(pipeline, cursor.Key, cursor.Value));
        }

        return found;
    }
}
