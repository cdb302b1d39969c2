using StreamEngine.Contracts;

namespace StreamEngine.Conformance;

/// <summary>A value as the suite of sinks writes it.</summary>
public sealed record SinkValue(string Name, int Number, decimal? Amount, DateOnly Day);

/// <summary>How a sink under test is made, and how what it has written is seen from outside.</summary>
public abstract class SinkFactory : IDisposable
{
    /// <summary>
    /// Whether it writes tables: rows that are appended have no tombstones then, and each position is a row of its own that says which epoch it was committed in.
    /// </summary>
    public virtual bool IsTable => true;

    /// <summary>How many random schedules are usual for a sink of this speed.</summary>
    public virtual int Schedules => 20;

    /// <summary>The folder that relative paths count from.</summary>
    public abstract string Folder { get; }

    /// <summary>A sink to a table whose key, the column <c>id</c>, is the records' key.</summary>
    public abstract ValueSinkDefinition<SinkValue> Keyed(string table);

    /// <summary>A sink that appends.</summary>
    public abstract ValueSinkDefinition<SinkValue> Appending(string table);

    /// <summary>The rows of a keyed table as others see them; none while there is no table.</summary>
    public abstract IReadOnlyDictionary<string, SinkValue> ReadKeyed(string table);

    /// <summary>The names in a table that was appended to, with the numbers of their rows.</summary>
    public abstract IReadOnlyDictionary<string, int> CountAppended(string table);

    /// <summary>The identities of the dead letters.</summary>
    public abstract IReadOnlyList<string> ReadDeadLetters();

    /// <summary>Removes what the tests have left behind.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
