using StreamEngine.Contracts;

namespace StreamEngine.Sql;

/// <summary>A database that tables are written to. Two are the same when their ids are, whoever logs in.</summary>
internal abstract record SqlCommitPoint(string Id) : DatabaseCommitPoint(Id)
{
    /// <summary>The connector's name.</summary>
    public abstract string Connector { get; }

    /// <summary>How the database describes and holds tables.</summary>
    public abstract SqlDialect Dialect { get; }

    /// <summary>A table in it.</summary>
    public abstract TableTarget<TRow> TargetOf<TRow>(TableShape<TRow> shape);

    /// <inheritdoc/>
    public sealed override string ToString() => Id;
}
