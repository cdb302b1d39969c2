namespace StreamEngine.Records;

/// <summary>
/// What travels through the graph of a task: data (a <see cref="Chunk"/> or a <see cref="Batch{TKey, TValue}"/>), a record that the
/// source couldn't read (<see cref="Poison"/>), or the <see cref="Barrier"/> that closes an epoch.
/// </summary>
/// <remarks>
/// Data is counted: who hands an element on gives its hold away, who keeps one beyond that calls <see cref="Retain"/>, and every hold
/// ends in one <see cref="Release"/>. The last one gives the memory back.
/// </remarks>
public abstract class Element
{
    /// <summary>How many records it carries.</summary>
    public virtual int Records => 0;

    /// <summary>About how much memory it holds, in bytes.</summary>
    public virtual int Bytes => 0;

    /// <summary>Takes one more hold.</summary>
    public virtual void Retain()
    {
    }

    /// <summary>Gives one hold up; the element must not be touched after it.</summary>
    public virtual void Release()
    {
    }
}

/// <summary>The marker that closes an epoch, in band with the data.</summary>
/// <param name="epoch">The epoch that ends here.</param>
public sealed class Barrier(Epoch epoch) : Element
{
    /// <summary>The epoch that ends here.</summary>
    public Epoch Epoch { get; } = epoch;

    /// <inheritdoc/>
    public override string ToString() => $"barrier {Epoch}";
}

/// <summary>
/// A record that its source could not read: a malformed line, bytes that are no text. It takes its place in the order of the
/// partition, and the pipeline's error policy decides on it.
/// </summary>
/// <param name="origin">Where it stands.</param>
/// <param name="raw">What was there; cut where it is longer than is kept.</param>
/// <param name="cause">What is wrong with it.</param>
public sealed class Poison(Origin origin, ReadOnlyMemory<byte> raw, Exception cause) : Element
{
    /// <summary>Where it stands.</summary>
    public Origin Origin { get; } = origin;

    /// <summary>What was there; cut where it is longer than is kept.</summary>
    public ReadOnlyMemory<byte> Raw { get; } = raw;

    /// <summary>What is wrong with it.</summary>
    public Exception Cause { get; } = cause;

    /// <inheritdoc/>
    public override int Records => 1;

    /// <inheritdoc/>
    public override int Bytes => Raw.Length;
}
