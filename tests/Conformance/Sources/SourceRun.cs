using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance.Sources;

/// <summary>A source opened as the engine opens it, read on the test's own thread.</summary>
public sealed class SourceRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly ChunkPool pool = new();
    private readonly Dictionary<int, SourcePartition> partitions = [];
    private readonly SourceFactory factory;

    /// <summary>Opens and connects a source; reads nothing yet.</summary>
    public SourceRun(SourceFactory factory, bool follows)
    {
        this.factory = factory;
        Source = factory.Definition.Open(new SourceContext("source", factory.Folder, null!, TimeProvider.System) { Follows = follows });
        Source.Connect();
        Reader = Source.OpenReader(pool, 0);
    }

    public ISource Source { get; }

    public ISourceReader Reader { get; }

    /// <summary>Reads all partitions, each from the position given for its name or from its beginning.</summary>
    public void AssignAll(IReadOnlyDictionary<string, Position>? from = null)
    {
        foreach (SourcePartition partition in Source.Partitions())
        {
            partitions[partition.Index] = partition;
            Position? position = null;
            from?.TryGetValue(partition.Name, out position);
            Reader.Assign(partition, position ?? Source.Begin(partition));
        }
    }

    /// <summary>The name of an item's partition.</summary>
    public string NameOf(SourceItem item) => partitions[item.Partition].Name;

    /// <summary>The next item; fails when none comes.</summary>
    public SourceItem Next()
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (Environment.TickCount64 < end)
        {
            if (Reader.Poll(Wait) is { } item) return item;
        }

        throw new TimeoutException($"the source had nothing for {Patience.TotalSeconds} s");
    }

    /// <summary>The values of an item, given back; none for a bad record.</summary>
    public long[] Take(SourceItem item)
    {
        long[] values = item.Element is null or Poison ? [] : factory.ValuesOf(item.Element);
        item.Element?.Release();
        return values;
    }

    /// <summary>Reads until every partition has ended; the values in order, and where each partition is then.</summary>
    public (List<long> Values, int Bad, Dictionary<string, Position> Positions) ReadToEnd()
    {
        var values = new List<long>();
        var positions = new Dictionary<string, Position>();
        int bad = 0;
        for (int open = partitions.Count; open > 0;)
        {
            SourceItem item = Next();
            if (item.Element is Poison) bad++;
            values.AddRange(Take(item));
            positions[NameOf(item)] = item.Next;
            if (item.IsEnd) open--;
        }

        return (values, bad, positions);
    }

    public void Dispose()
    {
        Reader.Dispose();
        Source.Dispose();
        pool.Close();
    }
}
