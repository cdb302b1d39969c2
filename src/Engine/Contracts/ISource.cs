using Serilog;
using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// What a pipeline reads: immutable, made where the pipeline is defined. It opens nothing itself.
/// </summary>
public abstract class SourceDefinition
{
    /// <summary>The connector's name, as in the list of connectors: <c>files</c>.</summary>
    public abstract string Connector { get; }

    /// <summary>What it reads, for plans and errors: a path, a table.</summary>
    public abstract string Target { get; }

    /// <summary>Part of the stage's derived name; letters, digits, <c>-</c> and <c>_</c>.</summary>
    public abstract string Slug { get; }

    /// <summary>
    /// Whether it can be read again from a position. One that can't gives at-most-once, and a pipeline that asks for more is refused.
    /// </summary>
    public virtual bool CanReplay => true;

    /// <summary>The topic of the engine's log that it reads; null for what lies outside.</summary>
    public virtual string? Topic => null;

    /// <summary>Makes a client of the source.</summary>
    public abstract ISource Open(SourceContext context);
}

/// <summary>A source of typed records.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public abstract class SourceDefinition<TKey, TValue> : SourceDefinition
{
    /// <summary>Decodes the keys of its chunks; the pipeline's own serde of the type when null.</summary>
    public virtual ISerde<TKey>? KeySerde => null;

    /// <summary>Decodes the values of its chunks; the pipeline's own serde of the type when null.</summary>
    public virtual ISerde<TValue>? ValueSerde => null;
}

/// <summary>What a source may know of where it runs.</summary>
/// <param name="Name">The stage's name.</param>
/// <param name="Folder">The folder that relative paths count from: the pipeline's.</param>
/// <param name="Log">The engine's log.</param>
/// <param name="Clock">The engine's clock.</param>
public sealed record SourceContext(string Name, string Folder, ILog Log, TimeProvider Clock)
{
    /// <summary>Whether it is to go on watching for more, rather than to end with what is there.</summary>
    public bool Follows { get; init; }

    /// <summary>Takes what goes wrong where nobody waits for an answer, and mends itself.</summary>
    public ILogger Logger { get; init; } = Serilog.Core.Logger.None;
}

/// <summary>A partition of a source: what is read in order, and has a position of its own.</summary>
/// <param name="Name">Its name, which positions are kept under: a number, a path.</param>
/// <param name="Index">
/// Its number: where a source of numbered partitions has them, that; else given in the order in which they were found.
/// </param>
public sealed record SourcePartition(string Name, int Index)
{
    /// <summary>
    /// Whether it was found after its source had begun to be read: then it is read from its first record, wherever the others began, since all of it came
    /// while the pipeline was meant to be reading.
    /// </summary>
    public bool IsLate { get; init; }
}

/// <summary>Whether a position still points into what it was taken from.</summary>
/// <param name="Problem">What is wrong with it; null when nothing is.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record PositionCheck(string? Problem, string Remedy)
{
    /// <summary>Reading can go on from it.</summary>
    public static PositionCheck Good { get; } = new(null, "");
}

/// <summary>
/// A client of a source. Calls may block, and come from one thread at a time, which is none of a dispatcher's.
/// </summary>
public interface ISource : IDisposable
{
    /// <summary>Connects, and tests that what is to be read is there and may be read, without reading from it.</summary>
    /// <exception cref="Exception">It isn't, with the place and the cause; transient ones are tried again.</exception>
    void Connect();

    /// <summary>The partitions there are now. Asked at the start, and again every so often while the source follows.</summary>
    IReadOnlyList<SourcePartition> Partitions();

    /// <summary>Where a partition without a committed position begins; one that is <see cref="SourcePartition.IsLate"/> with its first record.</summary>
    Position Begin(SourcePartition partition);

    /// <summary>The kinds of places that a reset can have it begin at.</summary>
    IReadOnlyList<StartPlaceKind> Places => [StartPlaceKind.Earliest];

    /// <summary>Where a partition is begun at a place that a reset names, one of the <see cref="Places"/>. May read the whole partition.</summary>
    Position PositionAt(SourcePartition partition, StartPlace place) => place.Kind == StartPlaceKind.Earliest
        ? Begin(partition)
        : throw new NotSupportedException($"it can't be begun at {place}");

    /// <summary>Whether a committed position still points into what it was taken from, and can be read on from.</summary>
    PositionCheck Check(SourcePartition partition, Position position);

    /// <summary>A reader for one task.</summary>
    /// <param name="pool">Where the memory of chunks comes from.</param>
    /// <param name="number">The source's number in its subgraph, for <see cref="Origin.Source"/>.</param>
    ISourceReader OpenReader(ChunkPool pool, int number);
}

/// <summary>
/// Reads a task's partitions of a source. Used by one thread of its own, which may block; only <see cref="Wake"/> and <see cref="Finish"/> come
/// from others.
/// </summary>
public interface ISourceReader : IDisposable
{
    /// <summary>Reads a partition too from now on, from a position.</summary>
    /// <exception cref="Exception">It can't be read from there.</exception>
    void Assign(SourcePartition partition, Position from);

    /// <summary>Waits for the next records of some partition, at most <paramref name="wait"/>.</summary>
    /// <returns>Null when none came in time, or <see cref="Wake"/> was called.</returns>
    /// <exception cref="Exception">The source can't be read: the task fails. A record that can't be read is a <see cref="Poison"/> instead.</exception>
    SourceItem? Poll(TimeSpan wait);

    /// <summary>
    /// Nothing more will come: each partition is to be reported as ended once what is there now has been read. Repeated without harm.
    /// </summary>
    void Finish();

    /// <summary>Ends a wait early.</summary>
    void Wake();
}

/// <summary>What a source read.</summary>
/// <param name="Partition">The partition's index.</param>
/// <param name="Element">The records, held by whoever takes the item; null where there are none (only the position moved, or the end was reached).</param>
/// <param name="Next">Where the partition resumes behind them.</param>
public readonly record struct SourceItem(int Partition, Element? Element, Position Next)
{
    /// <summary>Whether the partition has ended: nothing follows in this run.</summary>
    public bool IsEnd { get; init; }
}
