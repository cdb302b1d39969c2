using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// Where topics live, and where the tasks whose commit point it is commit: the embedded log, or a Kafka cluster. One log serves an engine.
/// </summary>
/// <remarks>
/// What every log promises, and the conformance suite checks: nothing uncommitted can be read, an aborted epoch leaves no trace, an
/// older start or attempt is refused, positions, state and output of an epoch are atomic, and several tasks that write one partition lose
/// nothing for its readers. Members may block, so they are called from threads of their own; all are thread-safe.
/// </remarks>
public interface ILog : ITopicStore, IHomeStore, IDisposable
{
    /// <summary>The identity of the log, renewed when a backup is restored: positions into the old one then point into nothing.</summary>
    string Id { get; }

    /// <summary>What it is and where, for messages.</summary>
    string Description { get; }

    /// <summary>
    /// Whether a start makes topics of users that its pipeline writes and that aren't there. If not, a misspelt one is an error; a pipeline's own topics are made in any
    /// case.
    /// </summary>
    bool CreatesUserTopics => true;

    /// <summary>
    /// How long an epoch may be open before the log aborts it by itself; null where it doesn't. Epochs that are filled into an open transaction have to be
    /// committed within it.
    /// </summary>
    TimeSpan? TransactionTimeout => null;

    /// <summary>A session in which one attempt of a task commits.</summary>
    /// <param name="claim">Who commits.</param>
    /// <param name="deadLetters">The topic that takes its dead letters.</param>
    /// <param name="guarantee">What the pipeline promises; a log may keep more.</param>
    ILogSession OpenSession(TaskClaim claim, TopicInfo deadLetters, Guarantee guarantee = Guarantee.ExactlyOnce);

    /// <summary>
    /// Makes sure that no task of an older start commits any more, whatever its slot: when this completes, their open transactions are aborted. A
    /// log that checks the start at each commit has nothing to do. Repeated without harm.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="start">The start that fences.</param>
    /// <param name="upTo">The slots below this number (<see cref="TaskClaim.Slot"/>).</param>
    void FenceTasks(PipelineName pipeline, StartId start, int upTo)
    {
    }

    /// <summary>Appends chunks to a topic, as a program outside the engine does that writes to the log; returns when they are durable.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="appended">The chunks, each with its partition; their caller keeps its holds.</param>
    /// <exception cref="TopicException">The topic was deleted, or has no such partition.</exception>
    void Append(TopicInfo topic, IReadOnlyList<Chunk> appended);

    /// <summary>All positions of a pipeline that the log holds, by subgraph.</summary>
    IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(PipelineName pipeline);

    /// <summary>Output of a pipeline that is sealed and not noted as published, whatever task sealed it.</summary>
    IReadOnlyList<UnpublishedStage> Unpublished(PipelineName pipeline);

    /// <summary>Notes that sealed output was published; what is noted already is no error.</summary>
    void NotePublished(UnpublishedStage stage);

    /// <summary>The states of a pipeline.</summary>
    IReadOnlyList<StateInfo> States(PipelineName pipeline);

    /// <summary>Finds a state, or makes it when the pipeline has none of that name.</summary>
    StateInfo OpenState(PipelineName pipeline, StateSpec spec);

    /// <summary>Reads what is committed of a state.</summary>
    IStateReader ReadState(StateInfo state);

    /// <summary>Whether a topic of a pipeline's own stays when the pipeline is cleared, because its home record is in it.</summary>
    bool Keeps(TopicInfo topic) => false;

    /// <summary>
    /// Removes what the log holds of a pipeline besides its home record, and puts the positions there that it is to begin at, in one act: positions,
    /// states, unpublished notes and the topics it owns go. Refused unless <paramref name="start"/> is the pipeline's start, so a reset fences
    /// before it acts.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="start">Its start.</param>
    /// <param name="begin">Where partitions begin; those that aren't named begin where their source says.</param>
    /// <exception cref="CommitRefusedException">Another start holds the pipeline.</exception>
    void Clear(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin);
}

/// <summary>A task's session with the log: its commit point, and its writers to topics. One for each attempt.</summary>
public interface ILogSession : ICommitPoint
{
    /// <summary>
    /// Whether what is written stays in memory until the commit, so that an epoch's size has to be bounded. A log that takes records while the epoch
    /// fills says no.
    /// </summary>
    bool HoldsEpochs => true;

    /// <summary>A writer to a topic, whose sealed output this session commits.</summary>
    ITopicWriter OpenWriter(TopicInfo topic);

    /// <summary>
    /// Brings what is kept locally of states up to what is committed. Called between <see cref="ICommitPoint.ReadPositionsAsync"/> and the first commit; may
    /// block for long. A log that holds states itself has nothing to do.
    /// </summary>
    /// <param name="states">The states.</param>
    /// <param name="partitions">Which partitions of them the task works on.</param>
    /// <param name="progress">Is told now and then how far it is, in words.</param>
    /// <exception cref="Diagnostics.EngineException">What is kept locally and what is committed contradict each other.</exception>
    void RestoreStates(IReadOnlyList<StateInfo> states, IReadOnlyList<int> partitions, Action<string> progress)
    {
    }
}

/// <summary>
/// Collects the chunks of an epoch for one topic. Used by the task's thread, or by one of its own if it <see cref="Blocks"/>.
/// </summary>
public interface ITopicWriter : IDisposable
{
    /// <summary>Whether <see cref="Write"/> and <see cref="Seal"/> may wait, and so need a thread of their own.</summary>
    bool Blocks => false;

    /// <summary>How many bytes the open epoch has collected.</summary>
    long OpenBytes { get; }

    /// <summary>Whether it takes chunks whose records are of several partitions (<see cref="Route"/>).</summary>
    bool Routes => false;

    /// <summary>Adds a chunk to the open epoch, and takes over its hold.</summary>
    void Write(Chunk chunk);

    /// <summary>
    /// Adds a chunk to the open epoch as it was read from elsewhere, and takes over its hold: each record goes to the partition where Kafka's clients expect its key.
    /// </summary>
    /// <param name="chunk">The records.</param>
    /// <param name="keyless">The partition of those without a key.</param>
    void Route(Chunk chunk, int keyless) => throw new NotSupportedException();

    /// <summary>Closes the epoch and opens the next.</summary>
    SealedOutput Seal();
}

/// <summary>Where the home records of pipelines live. Members may block; all are thread-safe.</summary>
public interface IHomeStore
{
    /// <summary>
    /// How often a running start has to show that it lives, by <see cref="Beat"/>; null where something else stands for that, as the lock of the embedded
    /// log's directory does: then whoever can write a home record is the only one.
    /// </summary>
    TimeSpan? HeartbeatInterval => null;

    /// <summary>How long after its last heartbeat a start counts as gone.</summary>
    TimeSpan HeartbeatTimeout => TimeSpan.Zero;

    /// <summary>The record of a pipeline; null when it was never started here.</summary>
    HomeEntry? ReadHome(PipelineName pipeline);

    /// <summary>
    /// Takes the right to write a pipeline's record away from whoever has it: from here on no write by another start goes through, until that one claims in
    /// turn. Comes before the record is read for <see cref="WriteHome"/>. A log whose lock stands for that has nothing to do.
    /// </summary>
    void ClaimHome(PipelineName pipeline, StartId start)
    {
    }

    /// <summary>
    /// Shows that a start lives. Doesn't count as a write of the record.
    /// </summary>
    /// <returns>False when the record is no longer this start's.</returns>
    bool Beat(PipelineName pipeline, StartId start) => true;

    /// <summary>
    /// Writes a pipeline's record if nobody has written it since <paramref name="expectedVersion"/> was read (0: there was none). From then on
    /// commits under any other start are refused.
    /// </summary>
    /// <returns>Whether it was written; if not, the record is what somebody else wrote.</returns>
    bool WriteHome(PipelineName pipeline, StartId start, ReadOnlyMemory<byte> record, long expectedVersion);

    /// <summary>The pipelines that have a record. None is ever removed: guards elsewhere hold a generation, and a start below it would be refused for ever.</summary>
    IReadOnlyList<PipelineName> Homes();
}

/// <summary>A home record as the log holds it.</summary>
/// <param name="Start">The start that wrote it.</param>
/// <param name="Record">The record, in the protocol's own encoding.</param>
/// <param name="Version">How often it was written, from 1.</param>
public sealed record HomeEntry(StartId Start, ReadOnlyMemory<byte> Record, long Version)
{
    /// <summary>When the start that wrote it last showed that it lives; null where a lock stands for that.</summary>
    public DateTimeOffset? Heartbeat { get; init; }
}
