using StreamEngine.Contracts;
using StreamEngine.Sql.Commits;

namespace StreamEngine.Sql;

/// <summary>
/// A table of a database as a sink: exactly-once, for rows and positions are committed in one transaction of that database. Of each key
/// the last record of an epoch is written.
/// </summary>
internal sealed class TableSink<TValue> : ValueSinkDefinition<TValue>
{
    private readonly TableOptions options;

    /// <exception cref="Diagnostics.EngineException">A name can't be one, or the type has something that no column can hold.</exception>
    public TableSink(TableOptions options)
    {
        this.options = options.Check();
        options.ColumnsOf(typeof(TValue));
    }

    public override SinkDefinition<TKey, TValue> For<TKey>() => new TableSink<TKey, TValue>(TableShapes.Of<TKey, TValue>(options));
}

/// <summary>A table of a database as a sink of a stream with keys of one type.</summary>
internal sealed class TableSink<TKey, TValue>(TableShape<Row<TKey, TValue>> table) : SinkDefinition<TKey, TValue>
{
    private TableOptions Options => table.Options;

    public override string Connector => Options.Point.Connector;

    public override string Target => Options.Description;

    public override string Slug => Options.Slug;

    public override CommitPoint CommitPoint => Options.Point;

    public override ISinkWriter Open(SinkContext context)
    {
        TableTarget<Row<TKey, TValue>> target = Options.Point.TargetOf(table);
        target.PrepareAsync(((SqlSession)context.CommitPoint).Database, CancellationToken.None).GetAwaiter().GetResult();
        return new TableWriter<TKey, TValue>(target);
    }

    public override string? Check(string folder)
    {
        using var database = (SqlDatabase)Options.Point.Open(folder, logId: "");
        bool isMade = Options.Point.TargetOf(table).CheckAsync(database, folder, CancellationToken.None).GetAwaiter().GetResult();
        return isMade ? Target : null;
    }

    public override Receiver<TKey, TValue> CreateEncoder(StreamShape<TKey, TValue> shape, ISinkWriter writer, IStageContext context, IElementOutput output) =>
        new TableEncoder<TKey, TValue>(shape, table, context, output);
}
