namespace StreamEngine.Records.Data;

/// <summary>The fields of one object as they are read.</summary>
/// <param name="collector">Where the values go.</param>
/// <param name="root">Where its names begin.</param>
internal struct ObjectFields(ObjectCollector collector, ShapeTree.Node root)
{
    private readonly int start = collector.Top;
    private ShapeTree.Node node = root;
    private List<string>? names;
    private Dictionary<string, int>? index;

    /// <summary>Begins a field.</summary>
    /// <returns>Where its value goes.</returns>
    public int Begin(ReadOnlySpan<byte> name)
    {
        if (names is null)
        {
            if (node.Next(name) is { } next)
            {
                node = next;
                return start + node.Slot;
            }

            names = [.. node.Names()];
            index = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int n = 0; n < names.Count; n++) index.Add(names[n], n);
        }

        string text = ShapeTree.NameOf(name);
        if (index!.TryAdd(text, names.Count)) names.Add(text);
        return start + index[text];
    }

    /// <summary>The object.</summary>
    public readonly DataObject End()
    {
        DataShape shape = names is null ? node.Shape : new DataShape([.. names]);
        return new DataObject(shape, collector.Take(start));
    }
}
