namespace StreamEngine.Records.Data;

/// <summary>
/// Remembers what was worked out for a shape, so that it is worked out once for all objects that share it. Thread-safe; the function may be called again for
/// a shape that many others came after.
/// </summary>
/// <typeparam name="T">What is worked out.</typeparam>
/// <param name="make">Works it out.</param>
public sealed class ShapeCache<T>(Func<DataShape, T> make)
{
    private const int EntriesMax = 16;

    private Entry? last;
    private Entry[] entries = [];
    private int next;

    /// <summary>What belongs to a shape.</summary>
    public T For(DataShape shape)
    {
        Entry? entry = last;
        return entry is not null && ReferenceEquals(entry.Shape, shape) ? entry.Value : Find(shape);
    }

    private T Find(DataShape shape)
    {
        foreach (Entry entry in Volatile.Read(ref entries))
        {
            if (!ReferenceEquals(entry.Shape, shape)) continue;
            last = entry;
            return entry.Value;
        }

        return Add(new Entry(shape, make(shape)));
    }

    /// <summary>Two threads may add at once; one of both then is found out anew, which does no harm.</summary>
    private T Add(Entry added)
    {
        Entry[] before = Volatile.Read(ref entries);
        Entry[] after;
        if (before.Length < EntriesMax)
        {
            after = [.. before, added];
        }
        else
        {
            after = (Entry[])before.Clone();
            after[(int)((uint)Interlocked.Increment(ref next) % EntriesMax)] = added;
        }

        Volatile.Write(ref entries, after);
        last = added;
        return added.Value;
    }

    private sealed class Entry(DataShape shape, T value)
    {
        public DataShape Shape { get; } = shape;

        public T Value { get; } = value;
    }
}
