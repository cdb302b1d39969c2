using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// Where a pipeline writes to: immutable, made where the pipeline is defined. It opens nothing itself.
/// </summary>
public abstract class SinkDefinition
{
    /// <summary>The connector's name, as in the list of connectors: <c>files</c>.</summary>
    public abstract string Connector { get; }

    /// <summary>What it writes to, for plans and errors: a topic, a table, a folder.</summary>
    public abstract string Target { get; }

    /// <summary>Part of the stage's derived name; letters, digits, <c>-</c> and <c>_</c>.</summary>
    public abstract string Slug { get; }

    /// <summary>Where an epoch that writes to it is decided.</summary>
    public abstract CommitPoint CommitPoint { get; }

    /// <summary>Opens it for a task.</summary>
    public abstract ISinkWriter Open(SinkContext context);

    /// <summary>
    /// Connects to what would be written to, and tests that it takes what is written, without writing or making anything. May block. A sink that has nothing
    /// outside to connect to leaves it as it is.
    /// </summary>
    /// <param name="folder">The data directory; it need not be there yet.</param>
    /// <returns>What a start would make, as messages name it; null when nothing.</returns>
    /// <exception cref="Exception">It can't be written to, with the place and the cause.</exception>
    public virtual string? Check(string folder) => null;
}

/// <summary>A sink of typed records.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public abstract class SinkDefinition<TKey, TValue> : SinkDefinition
{
    /// <summary>The topic of the engine's log that a stream is written to; null for what lies outside.</summary>
    public virtual TopicSpec? TopicFor(StreamShape<TKey, TValue> shape) => null;

    /// <summary>
    /// Makes the half of the sink that runs in the task's segment: it turns records into the elements that the writer takes.
    /// </summary>
    /// <param name="shape">The stream that is written.</param>
    /// <param name="writer">The task's writer to this sink.</param>
    /// <param name="context">What the stage may use.</param>
    /// <param name="output">Takes the elements on their way to the writer.</param>
    public abstract Receiver<TKey, TValue> CreateEncoder(StreamShape<TKey, TValue> shape, ISinkWriter writer, IStageContext context, IElementOutput output);
}

/// <summary>A sink that writes values whatever their keys are.</summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
public abstract class ValueSinkDefinition<TValue>
{
    /// <summary>The sink for a stream with keys of that type.</summary>
    public abstract SinkDefinition<TKey, TValue> For<TKey>();
}

/// <summary>Takes elements that leave a segment. Belongs to the task's thread.</summary>
public interface IElementOutput
{
    /// <summary>Hands an element on, and the caller's hold with it.</summary>
    void Emit(Element element);
}

/// <summary>What a sink may know of where it runs.</summary>
/// <param name="Name">The stage's name.</param>
/// <param name="Folder">The folder that relative paths count from, and that file sinks can't leave: the data directory.</param>
/// <param name="Claim">The task's claim.</param>
/// <param name="Log">The engine's log.</param>
/// <param name="Session">The session in which the task commits, where its commit point is the log.</param>
/// <param name="CommitPoint">The task's commit point.</param>
/// <param name="Clock">The engine's clock.</param>
public sealed record SinkContext(string Name, string Folder, TaskClaim Claim, ILog Log, ILogSession? Session, ICommitPoint CommitPoint, TimeProvider Clock);

/// <summary>
/// The half of a sink that has to do with the outside: it collects what the encoder made, and seals it at the barrier.
/// </summary>
/// <remarks>
/// All calls come one after the other: from the task's thread if it never blocks, from a thread of its own if it <see cref="Blocks"/>.
/// <see cref="Flush"/> and <see cref="Sync"/> come between a <see cref="Seal"/> and the next, from the committing
/// thread, while the next epoch is written.
/// </remarks>
public interface ISinkWriter : IDisposable
{
    /// <summary>Whether <see cref="Write"/> and <see cref="Seal"/> may wait for a disk or a network, and so need a thread of their own.</summary>
    bool Blocks { get; }

    /// <summary>Takes an element, and its hold.</summary>
    /// <exception cref="Exception">The task fails.</exception>
    void Write(Element element);

    /// <summary>Closes the epoch, and opens the next.</summary>
    /// <returns>What the task's commit point commits; null when there is nothing.</returns>
    SealedOutput? Seal(Epoch epoch);

    /// <summary>Waits until what was sent has arrived, where the store has no transactions.</summary>
    void Flush() => throw new NotSupportedException();

    /// <summary>Makes staged output durable, where there is any.</summary>
    void Sync(SealedStage stage) => throw new NotSupportedException();
}

/// <summary>The writer of a sink that takes chunks for a topic.</summary>
public interface ITopicSinkWriter : ISinkWriter
{
    /// <summary>The topic.</summary>
    TopicInfo Topic { get; }

    /// <summary>Whether it takes an <see cref="UnroutedChunk"/> too.</summary>
    bool Routes { get; }
}

/// <summary>
/// A sink whose output is staged under another name and published once the log holds it as sealed. Calls may block; they may come
/// again, and from a later start.
/// </summary>
public interface IStagedSink
{
    /// <summary>When an epoch of a task with this sink ends; what the pipeline is set to when null.</summary>
    StageLimits? Limits { get; }

    /// <summary>Makes sealed output visible under its final name, never replacing what is there; done already is done.</summary>
    /// <param name="manifest">What the writer sealed.</param>
    /// <param name="folder">The data directory.</param>
    void Publish(ReadOnlyMemory<byte> manifest, string folder);

    /// <summary>Removes what was staged and never sealed, by what is older than it says.</summary>
    void Discard(StageOwner older, string folder);
}

/// <summary>Who staged output, so that only what is older is ever discarded.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Before">The generation before which everything goes.</param>
/// <param name="Attempt">If given, what goes instead: output of this task, in this generation, of attempts before this one.</param>
public sealed record StageOwner(PipelineName Pipeline, Generation Before, TaskClaim? Attempt);

/// <summary>When staged output is sealed: as soon as one of them is reached.</summary>
/// <param name="Records">Records of a task.</param>
/// <param name="Bytes">Bytes of a task.</param>
/// <param name="Age">How long it has been open.</param>
public sealed record StageLimits(long Records, long Bytes, TimeSpan Age);
