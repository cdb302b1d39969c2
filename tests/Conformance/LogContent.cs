using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>All that a log shows from outside, line by line, so that two of them compare and a difference can be read.</summary>
public static class LogContent
{
    /// <summary>Topics with their records, homes, positions, states and unpublished stages.</summary>
    /// <param name="log">The log.</param>
    /// <param name="states">The keys of state that are looked up, since states can't be walked.</param>
    public static IReadOnlyList<string> Of(ILog log, params IReadOnlyList<(StateInfo State, int Partition, string Key)> states)
    {
        var lines = new List<string> { $"log {log.Id}" };
        foreach (TopicInfo topic in log.Topics())
        {
            lines.Add($"{topic}");
            for (int partition = 0; partition < topic.Partitions; partition++) AddPartition(lines, log, topic, partition);
        }

        foreach (PipelineName pipeline in log.Homes())
        {
            HomeEntry home = log.ReadHome(pipeline)!;
            lines.Add($"home {pipeline} {home.Start} {home.Version} {Convert.ToHexString(home.Record.Span)}");
            lines.AddRange(log.Positions(pipeline).Select(found => $"position {pipeline} {found}").Order(StringComparer.Ordinal));
            lines.AddRange(log.States(pipeline).Select(state => $"state {pipeline} {state}"));
            lines.AddRange(log.Unpublished(pipeline)
                .Select(stage => $"stage {stage.Task} {stage.Start} {stage.Epoch} {stage.Sink} {Convert.ToHexString(stage.Manifest.Span)}")
                .Order(StringComparer.Ordinal));
        }

        foreach ((StateInfo state, int partition, string key) in states)
        {
            var value = new ByteWriter();
            bool found = log.ReadState(state).TryRead(partition, System.Text.Encoding.Latin1.GetBytes(key), value);
            lines.Add($"value {state.Number} {partition} {key} = {(found ? Convert.ToHexString(value.Written) : "none")}");
        }

        return lines;
    }

    private static void AddPartition(List<string> lines, ILog log, TopicInfo topic, int partition)
    {
        PartitionRange range = log.Range(topic, partition);
        lines.Add($"{topic.Name}/{partition} {range}");
        using ILogReader reader = log.OpenReader(new ChunkPool());
        reader.Assign(topic, partition, range.FirstOffset);
        while (reader.Poll(TimeSpan.Zero) is { } read)
        {
            lines.AddRange(TestRecord.In(read.Chunk).Select(found => $"{topic.Name}/{partition} {found}"));
            read.Chunk.Release();
        }
    }
}
