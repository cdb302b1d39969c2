using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Kafka.State;

/// <summary>The copies of a state's partitions on this machine. Thread-safe.</summary>
internal sealed class StateCopies : IStateReader
{
    private readonly ILocalStateStore? store;
    private readonly ILocalState?[] copies;

    /// <param name="info">The state.</param>
    /// <param name="changelog">The topic of its changes.</param>
    /// <param name="store">Where copies are; null where none can be made.</param>
    public StateCopies(StateInfo info, TopicInfo changelog, ILocalStateStore? store)
    {
        Info = info;
        Changelog = changelog;
        this.store = store;
        copies = new ILocalState?[info.Spec.Partitions];
    }

    /// <summary>The state.</summary>
    public StateInfo Info { get; }

    /// <summary>The topic of its changes.</summary>
    public TopicInfo Changelog { get; }

    /// <summary>The copy of a partition.</summary>
    public ILocalState Copy(int partition) => copies[partition] ??= (store ?? throw new InvalidOperationException("there is no place for copies of states")).Open(Changelog.Id, partition);

    /// <summary>The copy of a partition was dropped, or may be of no use after an error; the next use asks for it again.</summary>
    public void Forget(int partition) => copies[partition] = null;

    public bool TryRead(int partition, ReadOnlySpan<byte> key, ByteWriter value) => Copy(partition).TryRead(key, value);
}
