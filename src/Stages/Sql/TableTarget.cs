using System.Data.Common;
using StreamEngine.Sql.Commits;

namespace StreamEngine.Sql;

/// <summary>A table in a database of one kind: makes or checks it, and writes rows to it.</summary>
internal abstract class TableTarget<TRow>(TableShape<TRow> shape)
{
    public TableShape<TRow> Shape { get; } = shape;

    /// <summary>Makes the table if there is none and that is wanted, and checks that it takes the rows.</summary>
    /// <exception cref="Diagnostics.EngineException">It doesn't, or can't be reached.</exception>
    public abstract Task PrepareAsync(SqlDatabase database, CancellationToken cancellation);

    /// <summary>Checks that the table takes the rows, if it is there; makes nothing.</summary>
    /// <param name="database">Where it is, or will be.</param>
    /// <param name="data">The data directory, which a start makes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether a start would make it.</returns>
    /// <exception cref="Diagnostics.EngineException">It doesn't take them, is missing and not to be made, or can't be reached.</exception>
    public async Task<bool> CheckAsync(SqlDatabase database, string data, CancellationToken cancellation)
    {
        TableFound? found = null;
        if (database.IsThere(data))
        {
            await database.RunAsync(
                $"checking {Shape.Description}",
                create: false,
                async connection => found = await FindAsync(new SqlWork(connection, null, cancellation)).ConfigureAwait(false),
                cancellation).ConfigureAwait(false);
        }

        if (found is null && Shape.Options.Create) return true;
        TableCheck.Check(Shape, found);
        return false;
    }

    /// <summary>The table as the database describes it; null when there is none.</summary>
    protected abstract Task<TableFound?> FindAsync(SqlWork work);

    /// <summary>Writes the rows of an epoch in the transaction that is open on a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="upserts">Rows to be written; no two have the same key where there is one.</param>
    /// <param name="deletes">Rows to be deleted; none has the key of another or of one that is written.</param>
    /// <param name="cancellation">Gives up: the transaction is not committed then.</param>
    public abstract Task WriteAsync(DbConnection connection, IReadOnlyList<TRow> upserts, IReadOnlyList<TRow> deletes, CancellationToken cancellation);

    /// <summary><c>CREATE TABLE</c> as the shape has it.</summary>
    protected string CreateSql
    {
        get
        {
            IEnumerable<string> columns = Shape.Columns.Select(column =>
                $"{SqlDialect.Quote(column.Name)} {column.DeclaredType ?? Shape.Options.Point.Dialect.TypeOf(column.Kind)}{(column.IsNullable && !Shape.Keys.Contains(column) ? "" : " NOT NULL")}");
            IEnumerable<string> key = Shape.Keys.Count == 0 ? [] : [$"PRIMARY KEY ({KeyList})"];
            return $"CREATE TABLE IF NOT EXISTS {Shape.QuotedName} (\n  {string.Join(",\n  ", columns.Concat(key))}\n)";
        }
    }

    /// <summary>What follows the rows of an <c>INSERT</c>: what to do where the key is there already.</summary>
    protected string OnConflict
    {
        get
        {
            if (Shape.Keys.Count == 0) return "";
            string[] others = [.. Shape.Columns.Except(Shape.Keys).Select(column => SqlDialect.Quote(column.Name))];
            return $" ON CONFLICT ({KeyList}) DO {(others.Length == 0 ? "NOTHING" : $"UPDATE SET {string.Join(", ", others.Select(name => $"{name} = excluded.{name}"))}")}";
        }
    }

    /// <summary>The names of all columns as SQL has them.</summary>
    protected string ColumnList => SqlDialect.Quote(Shape.Columns.Select(column => column.Name));

    /// <summary>The names of the key's columns as SQL has them.</summary>
    protected string KeyList => SqlDialect.Quote(Shape.Keys.Select(column => column.Name));
}
