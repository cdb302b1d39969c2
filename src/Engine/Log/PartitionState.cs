using StreamEngine.Contracts;

namespace StreamEngine.Log;

/// <summary>
/// A partition in memory: what readers may see, and what the group of commits being written will make of it.
/// </summary>
/// <remarks>
/// <see cref="Pending"/> belongs to the committer's thread. What readers see changes only after the sync, and readers are woken then.
/// </remarks>
internal sealed class PartitionState(TopicState topic, int number, PartitionRecord record)
{
    private readonly Lock gate = new();
    private PartitionRecord visible = record;
    private EmbeddedLogReader[] readers = [];

    public TopicState Topic { get; } = topic;

    public int Number { get; } = number;

    /// <summary>What the partition will be when the group is durable.</summary>
    public PartitionRecord Pending { get; set; } = record;

    /// <summary>Whether the group changes it.</summary>
    public bool IsPending { get; set; }

    public PartitionRecord Visible
    {
        get
        {
            lock (gate) return visible;
        }
    }

    public PartitionRange Range => Visible.Range;

    /// <summary>The group is durable: readers may see it.</summary>
    public void Publish()
    {
        EmbeddedLogReader[] woken;
        lock (gate)
        {
            visible = Pending;
            woken = readers;
        }

        IsPending = false;
        foreach (EmbeddedLogReader reader in woken) reader.Notify();
    }

    /// <summary>The group was not written.</summary>
    public void Forget()
    {
        Pending = Visible;
        IsPending = false;
    }

    public void Attach(EmbeddedLogReader reader)
    {
        lock (gate) readers = [.. readers, reader];
    }

    public void Detach(EmbeddedLogReader reader)
    {
        lock (gate) readers = [.. readers.Where(other => other != reader)];
    }

    public void WakeReaders()
    {
        EmbeddedLogReader[] woken;
        lock (gate) woken = readers;
        foreach (EmbeddedLogReader reader in woken) reader.Notify();
    }
}

/// <summary>A topic in memory.</summary>
internal sealed class TopicState
{
    private volatile bool deleted;

    public TopicState(TopicInfo info, IReadOnlyList<PartitionRecord> partitions)
    {
        Info = info;
        Partitions = [.. partitions.Select((record, number) => new PartitionState(this, number, record))];
    }

    public TopicInfo Info { get; }

    public IReadOnlyList<PartitionState> Partitions { get; }

    public bool IsDeleted => deleted;

    public void MarkDeleted()
    {
        deleted = true;
        WakeReaders();
    }

    public void WakeReaders()
    {
        foreach (PartitionState partition in Partitions) partition.WakeReaders();
    }
}
