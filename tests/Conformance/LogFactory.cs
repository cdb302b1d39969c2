using StreamEngine.Contracts;

namespace StreamEngine.Conformance;

/// <summary>How a log under test is opened, and what logs may do differently.</summary>
public abstract class LogFactory : IDisposable
{
    /// <summary>Whether offsets of committed records follow each other without a gap; a log whose commits take offsets too says no.</summary>
    public virtual bool HasGaplessOffsets => true;

    /// <summary>How long after its commit a record may come; zero where a commit that has completed can be read.</summary>
    public virtual TimeSpan VisibleAfter => TimeSpan.Zero;

    /// <summary>
    /// Whether an epoch's records are written by its commit, and lie together in a partition; a log that takes them while the epoch fills mixes those of several
    /// tasks, and has them already when a topic is deleted before the commit.
    /// </summary>
    public virtual bool WritesAtCommit => true;

    /// <summary>The most bytes of a record.</summary>
    public virtual int RecordBytesMax => int.MaxValue;

    /// <summary>How many bytes of one partition a reader may hand out before it comes to the next.</summary>
    public virtual int ReadAheadBytes => 0;

    /// <summary>Whether it keeps the formats of a topic's records, which only tools ask for.</summary>
    public virtual bool KeepsFormats => true;

    /// <summary>Whether it says exactly how many bytes a partition has.</summary>
    public virtual bool KnowsSizes => true;

    /// <summary>The earliest time of a record that it keeps, in milliseconds since 1970.</summary>
    public virtual long TimesFrom => long.MinValue;

    /// <summary>How many random schedules are usual for a log of this speed.</summary>
    public virtual int Schedules => 20;

    /// <summary>Opens a log that no other test uses.</summary>
    public abstract ILog Open();

    /// <summary>Closes a log and opens it again, as another process would find it; null when it keeps nothing beyond its process.</summary>
    public virtual ILog? Reopen(ILog log) => null;

    /// <summary>Removes what the logs have left behind; all of them are closed.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
