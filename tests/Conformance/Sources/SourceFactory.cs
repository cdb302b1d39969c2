using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance.Sources;

/// <summary>What the source conformance suite needs of a connector: a source of integers, and a way to feed it.</summary>
/// <remarks>One for each test. The source reads what was written before it was opened and, while it follows, what is written after.</remarks>
public abstract class SourceFactory : IDisposable
{
    /// <summary>Whether the source can follow what is still being written.</summary>
    public virtual bool CanFollow => true;

    /// <summary>Whether what is to be read may vanish, and <see cref="Lose"/> makes it.</summary>
    public virtual bool CanLose => true;

    /// <summary>Whether there may be something that is no record, which the source finds itself.</summary>
    public virtual bool HasBad => true;

    /// <summary>The most records that it hands on at once.</summary>
    public virtual int RecordsMax => Batch<NoKey, long>.RecordsMax;

    /// <summary>How many random schedules are usual for a source of this speed.</summary>
    public virtual int Schedules => 30;

    /// <summary>The folder that its paths count from.</summary>
    public abstract string Folder { get; }

    /// <summary>The source; each record has the integer that was written as its value.</summary>
    public abstract SourceDefinition Definition { get; }

    /// <summary>The integers of what the source read, in order; the element stays the caller's.</summary>
    public virtual long[] ValuesOf(Element element)
    {
        Span<Record<NoKey, long>> records = ((Batch<NoKey, long>)element).Span;
        var values = new long[records.Length];
        for (int n = 0; n < values.Length; n++) values[n] = records[n].Value;
        return values;
    }

    /// <summary>Makes what is read, without records in it.</summary>
    public abstract void Create();

    /// <summary>Adds records behind those there are, in their order.</summary>
    public abstract void Write(IEnumerable<long> values);

    /// <summary>Adds something that is no record.</summary>
    public abstract void WriteBad();

    /// <summary>Takes away what is read, as a lost disk or a dropped table does.</summary>
    public abstract void Lose();

    /// <summary>Puts something else in its place, under the same name, with as many records.</summary>
    public abstract void Replace();

    /// <inheritdoc/>
    public abstract void Dispose();
}
