using System.Data.Common;
using Microsoft.Data.Sqlite;
using StreamEngine.Sql.Commits;

namespace StreamEngine.Sql.SqliteFiles;

/// <summary>A table of a SQLite database.</summary>
internal sealed class SqliteTable<TRow>(TableShape<TRow> shape) : TableTarget<TRow>(shape)
{
    private readonly SqliteBinder<TRow>[] all = SqliteBinders<TRow>.Of(shape.Columns);
    private readonly SqliteBinder<TRow>[] keys = SqliteBinders<TRow>.Of(shape.Keys);

    private string UpsertSql => $"INSERT INTO {Shape.QuotedName} ({ColumnList}) VALUES ({string.Join(", ", Shape.Columns.Select(_ => "?"))}){OnConflict}";

    private string DeleteSql => $"DELETE FROM {Shape.QuotedName} WHERE {string.Join(" AND ", Shape.Keys.Select(key => $"{SqlDialect.Quote(key.Name)} = ?"))}";

    public override Task PrepareAsync(SqlDatabase database, CancellationToken cancellation) =>
        database.RunAsync($"opening {Shape.Description}", create: false, connection => database.TransactAsync(
            connection,
            async work =>
            {
                if (Shape.Options.Create) await work.ExecuteAsync(CreateSql).ConfigureAwait(false);
                TableCheck.Check(Shape, await FindAsync(work).ConfigureAwait(false));
            },
            cancellation), cancellation);

    public override Task WriteAsync(DbConnection connection, IReadOnlyList<TRow> upserts, IReadOnlyList<TRow> deletes, CancellationToken cancellation)
    {
        if (deletes.Count > 0) Run((SqliteConnection)connection, DeleteSql, keys, deletes, cancellation);
        if (upserts.Count > 0) Run((SqliteConnection)connection, UpsertSql, all, upserts, cancellation);
        return Task.CompletedTask;
    }

    protected override Task<TableFound?> FindAsync(SqlWork work) => SqliteCatalog.ReadAsync(work, Shape.Options.Name[^1]);

    private static void Run(SqliteConnection connection, string sql, SqliteBinder<TRow>[] binders, IReadOnlyList<TRow> rows, CancellationToken cancellation)
    {
        const int CheckEvery = 1024;
        using var statement = new SqliteStatement<TRow>(connection, sql, binders);
        for (int n = 0; n < rows.Count; n++)
        {
            if (n % CheckEvery == 0) cancellation.ThrowIfCancellationRequested();
            statement.Run(rows[n]);
        }
    }
}
