using System.Text;
using System.Text.Json;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Hosting.Tests;

/// <summary>What topics of a data directory hold, read as <c>topics read</c> does.</summary>
internal static class TopicText
{
    /// <summary>The values of a topic, partition by partition; none while there is no such topic.</summary>
    public static IReadOnlyList<string> Values(string dataFolder, string topic) => [.. Read(dataFolder, topic).Select(record => record.Value)];

    /// <summary>The numbers of the rows in a topic, in no order.</summary>
    public static IReadOnlyList<int> Numbers(string dataFolder, string topic = "rows") => [.. Values(dataFolder, topic).Select(value => JsonDocument.Parse(value).RootElement.GetProperty("number").GetInt32())];

    /// <summary>How many records a topic has.</summary>
    public static long Count(string dataFolder, string topic = "rows")
    {
        try
        {
            using LogView view = LogView.Open(dataFolder);
            return view.Find(topic) is { } info ? Enumerable.Range(0, info.Partitions).Sum(partition => view.Range(info, partition).NextOffset) : 0;
        }
        catch (Diagnostics.EngineException)
        {
            // It is being made.
            return 0;
        }
    }

    /// <summary>Values with what their headers say, where they have one.</summary>
    /// <param name="dataFolder">The data directory.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="header">The header's name.</param>
    public static IReadOnlyList<(string Value, string Header)> Read(string dataFolder, string topic, string header = "")
    {
        var records = new List<(string, string)>();
        using LogView view = LogView.Open(dataFolder);
        if (view.Find(topic) is not { } info) return records;
        var pool = new ChunkPool();
        for (int partition = 0; partition < info.Partitions; partition++)
        {
            foreach (Chunk chunk in view.Read(info, partition, view.Range(info, partition).FirstOffset, pool))
            {
                var reader = new ChunkReader(chunk);
                while (reader.MoveNext())
                {
                    string told = "";
                    foreach (RecordHeader one in reader.Headers)
                    {
                        if (one.Name == header && one.Value is { } value) told = Encoding.UTF8.GetString(value.Span);
                    }

                    records.Add((Encoding.UTF8.GetString(reader.Value), told));
                }

                chunk.Release();
            }
        }

        return records;
    }
}
