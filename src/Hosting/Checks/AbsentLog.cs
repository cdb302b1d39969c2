using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Hosting.Checks;

/// <summary>The log where none is open: a source that is only connected to has no use for it.</summary>
internal sealed class AbsentLog : ILog
{
    private AbsentLog()
    {
    }

    /// <summary>The only one.</summary>
    public static AbsentLog Instance { get; } = new();

    public string Id => throw NotOpen;

    public string Description => throw NotOpen;

    private static InvalidOperationException NotOpen => new("the engine's log isn't open while connections are checked");

    public ILogSession OpenSession(TaskClaim claim, TopicInfo deadLetters, Guarantee guarantee = Guarantee.ExactlyOnce) => throw NotOpen;

    public void Append(TopicInfo topic, IReadOnlyList<Chunk> appended) => throw NotOpen;

    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(PipelineName pipeline) => throw NotOpen;

    public IReadOnlyList<UnpublishedStage> Unpublished(PipelineName pipeline) => throw NotOpen;

    public void NotePublished(UnpublishedStage stage) => throw NotOpen;

    public IReadOnlyList<StateInfo> States(PipelineName pipeline) => throw NotOpen;

    public StateInfo OpenState(PipelineName pipeline, StateSpec spec) => throw NotOpen;

    public IStateReader ReadState(StateInfo state) => throw NotOpen;

    public void Clear(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin) => throw NotOpen;

    public HomeEntry? ReadHome(PipelineName pipeline) => throw NotOpen;

    public bool WriteHome(PipelineName pipeline, StartId start, ReadOnlyMemory<byte> record, long expectedVersion) => throw NotOpen;

    public IReadOnlyList<PipelineName> Homes() => throw NotOpen;

    public IReadOnlyList<TopicInfo> Topics() => throw NotOpen;

    public TopicInfo? Find(string name) => throw NotOpen;

    public TopicInfo Create(TopicSpec spec) => throw NotOpen;

    public void Delete(TopicInfo topic) => throw NotOpen;

    public PartitionRange Range(TopicInfo topic, int partition) => throw NotOpen;

    public long OffsetAt(TopicInfo topic, int partition, long timestamp) => throw NotOpen;

    public void Purge(TopicInfo topic, int partition, long before) => throw NotOpen;

    public ILogReader OpenReader(ChunkPool pool) => throw NotOpen;

    public void Dispose()
    {
    }
}
