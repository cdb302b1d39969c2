using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// The topics of a log. Members may block on the disk or the network, so they are called from threads of their own, never from a
/// dispatcher; all are thread-safe.
/// </summary>
public interface ITopicStore
{
    /// <summary>All topics, in the order of their names.</summary>
    IReadOnlyList<TopicInfo> Topics();

    /// <summary>The topic of that name; null when there is none.</summary>
    TopicInfo? Find(string name);

    /// <summary>Makes a topic; returns when it is durable.</summary>
    /// <exception cref="TopicException">There is a topic of that name already, or the name is not allowed.</exception>
    TopicInfo Create(TopicSpec spec);

    /// <summary>Deletes a topic with all its records. Readers of it fail. A topic that is gone already is no error.</summary>
    void Delete(TopicInfo topic);

    /// <summary>What a partition holds.</summary>
    /// <exception cref="TopicException">The topic was deleted, or has no such partition.</exception>
    PartitionRange Range(TopicInfo topic, int partition);

    /// <summary>
    /// The first offset of a record whose event time is <paramref name="timestamp"/> (milliseconds since 1970) or later; the next offset
    /// of the partition when there is none.
    /// </summary>
    long OffsetAt(TopicInfo topic, int partition, long timestamp);

    /// <summary>
    /// Allows the log to remove what lies before <paramref name="before"/>. Whole chunks go; it may take a moment, and is repeated
    /// without harm.
    /// </summary>
    void Purge(TopicInfo topic, int partition, long before);

    /// <summary>A reader of committed records, for one thread.</summary>
    /// <param name="pool">Where the memory of the chunks comes from.</param>
    ILogReader OpenReader(ChunkPool pool);
}

/// <summary>
/// Reads chunks of committed records: nothing that isn't committed, nothing twice, nothing left out, in the order of the offsets
/// within a partition. Used by one thread, but for <see cref="Wake"/>.
/// </summary>
public interface ILogReader : IDisposable
{
    /// <summary>Reads <paramref name="partition"/> too from now on, from <paramref name="offset"/>.</summary>
    /// <exception cref="OffsetOutOfRangeException">There is no such place, if the log knows that already; otherwise <see cref="Poll"/> says it.</exception>
    /// <exception cref="TopicException">There is no such topic or partition, if the log knows that already.</exception>
    void Assign(TopicInfo topic, int partition, long offset);

    /// <summary>Waits until one of the partitions has a record, at most <paramref name="wait"/>.</summary>
    /// <returns>The next chunk of some partition, which the caller releases; null when none came in time, or <see cref="Wake"/> was called.</returns>
    /// <exception cref="OffsetOutOfRangeException">What comes next was removed, or lies behind the end.</exception>
    /// <exception cref="TopicException">The topic was deleted.</exception>
    /// <exception cref="Diagnostics.EngineException">The log is damaged, with the file's name, or can't be reached.</exception>
    /// <exception cref="ObjectDisposedException">The log was closed.</exception>
    LogChunk? Poll(TimeSpan wait);

    /// <summary>
    /// Where reading an assigned partition goes on: behind every chunk that <see cref="Poll"/> has returned, and behind what no reader will ever see
    /// (records that compaction has removed, markers of transactions), which may lie behind the last chunk and up to the end.
    /// </summary>
    /// <exception cref="TopicException">The partition isn't assigned.</exception>
    long NextOffset(TopicInfo topic, int partition);

    /// <summary>
    /// Ends a wait early; the next one, if nobody waits at the moment, so that it can't come between a look and the wait behind it. Callable
    /// from any thread.
    /// </summary>
    void Wake();
}

/// <summary>A chunk that was read.</summary>
/// <param name="Topic">The topic it was read from.</param>
/// <param name="Chunk">The records; the reader's caller holds them.</param>
/// <param name="NextOffset">Where reading the partition goes on: behind the chunk, and behind what no reader will ever see.</param>
public readonly record struct LogChunk(TopicInfo Topic, Chunk Chunk, long NextOffset);
