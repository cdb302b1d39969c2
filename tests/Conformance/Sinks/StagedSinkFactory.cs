using StreamEngine.Contracts;

namespace StreamEngine.Conformance;

/// <summary>How a staged sink under test is made, and how what it has published is seen from outside.</summary>
public abstract class StagedSinkFactory : IDisposable
{
    /// <summary>The data directory.</summary>
    public abstract string Folder { get; }

    /// <summary>The sink; what it makes for a type of keys is an <see cref="IStagedSink"/>.</summary>
    public abstract ValueSinkDefinition<long> Definition { get; }

    /// <summary>
    /// What is visible, by final names: an output for each epoch that had records. Those of a task come in the order of its epochs, the
    /// values of each in the order they were written.
    /// </summary>
    public abstract IReadOnlyList<(string Name, IReadOnlyList<long> Values)> Published();

    /// <summary>How many outputs are staged and not published.</summary>
    public abstract int CountStaged();

    /// <summary>Removes all output, published and staged, for a test that begins again at nothing.</summary>
    public abstract void Clear();

    /// <summary>Removes what the tests have left behind.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
