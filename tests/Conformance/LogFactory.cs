using StreamEngine.Contracts;

namespace StreamEngine.Conformance;

/// <summary>How a log under test is opened, and what logs may do differently.</summary>
public abstract class LogFactory : IDisposable
{
    /// <summary>Whether offsets of committed records follow each other without a gap; a log whose commits take offsets too says no.</summary>
    public virtual bool HasGaplessOffsets => true;

    /// <summary>How long after its commit a record may come; zero where a commit that has completed can be read.</summary>
    public virtual TimeSpan VisibleAfter => TimeSpan.Zero;

    /// <summary>How many random schedules are usual for a log of this speed.</summary>
    public virtual int Schedules => 20;

    /// <summary>Opens a log that no other test uses.</summary>
    public abstract ILog Open();

    /// <summary>Closes a log and opens it again, as another process would find it; null when it keeps nothing beyond its process.</summary>
    public virtual ILog? Reopen(ILog log) => null;

    /// <summary>Removes what the logs have left behind; all of them are closed.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
