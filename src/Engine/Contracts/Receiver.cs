using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// A link of a segment: the loop over a chunk hands each record to the first, and each hands what it makes of it to the next. The last
/// one collects what leaves the segment.
/// </summary>
/// <remarks>
/// All calls come from the thread of the task, one after the other. A link never blocks: what waits for something else is a source, a sink's
/// writer or an asynchronous call, which have threads of their own. A link that holds memory of the task between two records (a chunk that isn't full)
/// is <see cref="IDisposable"/>, and gives it back when the task's graph ends.
/// </remarks>
public abstract class Receiver
{
    /// <summary>
    /// The epoch ends: hand on what was held back until now (the changed keys of an aggregate, a chunk that isn't full), then tell the next link.
    /// </summary>
    public abstract void OnBarrier(Epoch epoch);
}

/// <summary>A link that takes records of one type.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public abstract class Receiver<TKey, TValue> : Receiver
{
    /// <summary>
    /// Takes a record. It is the caller's: decode it, copy it, detach what is to be kept, but don't change it, for a sibling may get it next.
    /// </summary>
    /// <exception cref="Exception">The task fails. What concerns one record only goes to <see cref="IStageContext.OnError"/> instead.</exception>
    public abstract void Receive(ref Record<TKey, TValue> record);
}

/// <summary>What a stage of a running task may use. Belongs to the task's thread.</summary>
public interface IStageContext
{
    /// <summary>The stage's name in its pipeline.</summary>
    string Stage { get; }

    /// <summary>The clock of the engine, which tests set themselves.</summary>
    TimeProvider Clock { get; }

    /// <summary>The memory of the task's chunks.</summary>
    ChunkPool Chunks { get; }

    /// <summary>
    /// Decides on a record that failed at this stage, by the pipeline's policy: waits and says that it is to be tried again, or makes a dead
    /// letter of it.
    /// </summary>
    /// <param name="record">The record as this stage got it.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="attempt">How often it was tried, from 1.</param>
    /// <returns>True: try again. False: it is a dead letter now, leave it out.</returns>
    /// <exception cref="Exception">The policy is that the task fails.</exception>
    bool OnError<TKey, TValue>(ref Record<TKey, TValue> record, Exception error, int attempt);

    /// <summary>The keyed state that this stage has declared (<see cref="IStatefulNode"/>).</summary>
    IKeyedState<TValue> State<TValue>(ISerde<TValue> serde);

    /// <summary>Batches for a stage that collects typed records.</summary>
    BatchPool<TKey, TValue> Batches<TKey, TValue>();
}
