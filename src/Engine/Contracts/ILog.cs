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

    /// <summary>A session in which one attempt of a task commits.</summary>
    /// <param name="claim">Who commits.</param>
    /// <param name="deadLetters">The topic that takes its dead letters.</param>
    ILogSession OpenSession(TaskClaim claim, TopicInfo deadLetters);

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
    /// <summary>A writer to a topic, whose sealed output this session commits.</summary>
    ITopicWriter OpenWriter(TopicInfo topic);
}

/// <summary>Collects the chunks of an epoch for one topic. Used by the task's thread.</summary>
public interface ITopicWriter : IDisposable
{
    /// <summary>How many bytes the open epoch has collected.</summary>
    long OpenBytes { get; }

    /// <summary>Adds a chunk to the open epoch, and takes over its hold.</summary>
    void Write(Chunk chunk);

    /// <summary>Closes the epoch and opens the next.</summary>
    SealedOutput Seal();
}

/// <summary>Where the home records of pipelines live. Members may block; all are thread-safe.</summary>
public interface IHomeStore
{
    /// <summary>The record of a pipeline; null when it was never started here.</summary>
    HomeEntry? ReadHome(PipelineName pipeline);

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
public sealed record HomeEntry(StartId Start, ReadOnlyMemory<byte> Record, long Version);
