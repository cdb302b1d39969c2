using System.IO.Hashing;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Faults.Tests;

/// <summary>
/// Reads a topic bit by bit while its writers are killed, and remembers what stood at which offset: whoever reads last must see the same.
/// </summary>
internal sealed class TopicWatcher(string dataFolder, string topic)
{
    private readonly Dictionary<(int Partition, long Offset), ulong> seen = [];
    private readonly Dictionary<int, long> next = [];
    private readonly ChunkPool pool = new();

    /// <summary>How many records it has seen.</summary>
    public int Seen => seen.Count;

    /// <summary>Reads what has come since the last time.</summary>
    /// <returns>How many records that was; 0 also while the log is being made.</returns>
    public int ReadOn()
    {
        int before = seen.Count;
        try
        {
            using LogView view = LogView.Open(dataFolder);
            if (view.Find(topic) is not { } info) return 0;
            for (int partition = 0; partition < info.Partitions; partition++)
            {
                Read(view, info, partition, next.GetValueOrDefault(partition), (at, hash, offset) =>
                {
                    seen[at] = hash;
                    next[at.Partition] = offset;
                });
            }
        }
        catch (Exception e) when (e is EngineException { Domain: not ErrorDomain.Data } or IOException)
        {
            // It is being made.
        }

        return seen.Count - before;
    }

    /// <summary>What differs between what was seen and what is there now.</summary>
    public IReadOnlyList<string> CompareWithNow()
    {
        var now = new Dictionary<(int, long), ulong>();
        using LogView view = LogView.Open(dataFolder);
        TopicInfo info = view.Find(topic)!;
        for (int partition = 0; partition < info.Partitions; partition++) Read(view, info, partition, 0, (at, hash, _) => now[at] = hash);
        return
        [
            .. seen.Where(record => !now.TryGetValue(record.Key, out ulong hash) || hash != record.Value)
                .Take(10).Select(record => $"{topic}: what was read at {record.Key.Partition}:{record.Key.Offset} is {(now.ContainsKey(record.Key) ? "another record" : "gone")}"),
        ];
    }

    private void Read(LogView view, TopicInfo info, int partition, long from, Action<(int Partition, long Offset), ulong, long> take)
    {
        foreach (Chunk chunk in view.Read(info, partition, from, pool))
        {
            var reader = new ChunkReader(chunk);
            while (reader.MoveNext()) take((partition, reader.Offset), XxHash3.HashToUInt64(reader.Value, (long)XxHash3.HashToUInt64(reader.Key)), reader.Offset + 1);
            chunk.Release();
        }
    }
}
