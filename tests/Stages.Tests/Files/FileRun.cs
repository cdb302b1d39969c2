using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Files;

/// <summary>What reading a source to its end gave.</summary>
/// <param name="Values">The values, in order.</param>
/// <param name="Bad">What couldn't be read.</param>
/// <param name="Positions">The position behind each item, with how many values had come by then.</param>
/// <param name="Lines">The line of each value.</param>
internal sealed record FileRun<T>(List<T> Values, List<Poison> Bad, List<(string Partition, int Values, Position Position)> Positions, List<long> Lines)
{
    /// <summary>Where each partition was at the end.</summary>
    public Dictionary<string, Position> At => Positions.GroupBy(entry => entry.Partition).ToDictionary(group => group.Key, group => group.Last().Position);

    /// <summary>Reads a source as one that doesn't follow.</summary>
    public static FileRun<T> Read(SourceDefinition<NoKey, T> definition, string folder, IReadOnlyDictionary<string, Position>? from = null)
    {
        var run = new FileRun<T>([], [], [], []);
        run.ReadOn(definition, folder, from);
        return run;
    }

    /// <summary>Reads on into the same lists, so that what came before an error can be seen.</summary>
    public void ReadOn(SourceDefinition<NoKey, T> definition, string folder, IReadOnlyDictionary<string, Position>? from = null)
    {
        var pool = new ChunkPool();
        using ISource source = definition.Open(new SourceContext("in", folder, null!, TimeProvider.System));
        source.Connect();
        using ISourceReader reader = source.OpenReader(pool, 0);
        Dictionary<int, string> names = [];
        foreach (SourcePartition partition in source.Partitions())
        {
            names[partition.Index] = partition.Name;
            reader.Assign(partition, from is not null && from.TryGetValue(partition.Name, out Position? position) ? position : source.Begin(partition));
        }

        for (int open = names.Count; open > 0;)
        {
            if (reader.Poll(TimeSpan.FromMilliseconds(10)) is not { } item) continue;
            Add(item);
            Positions.Add((names[item.Partition], Values.Count, item.Next));
            if (item.IsEnd) open--;
        }

        Assert.Equal(0, ((StreamEngine.Files.FileReader<T>)reader).Outstanding);
        pool.Close();
    }

    private void Add(SourceItem item)
    {
        if (item.Element is Poison poison) Bad.Add(poison);
        if (item.Element is not Batch<NoKey, T> batch) return;
        foreach (ref Record<NoKey, T> record in batch.Span)
        {
            Values.Add(record.Value);
            Lines.Add(record.Origin.Offset);
        }

        batch.Release();
    }
}
