using System.Data.Common;
using Npgsql;
using StreamEngine.Sql.Commits;

namespace StreamEngine.Sql.PostgresServer;

/// <summary>A table of a PostgreSQL database. Thousands of rows go in one statement, column by column.</summary>
internal sealed class PostgresTable<TRow>(TableShape<TRow> shape) : TableTarget<TRow>(shape)
{
    /// <summary>Rows of one statement: enough to make its cost small, few enough to keep its arrays out of the large-object heap.</summary>
    public const int RowsPerStatement = 4096;

    private readonly PostgresArray<TRow>[] all = PostgresArrays<TRow>.Of(shape.Columns);
    private readonly PostgresArray<TRow>[] keys = PostgresArrays<TRow>.Of(shape.Keys);

    // Rows are taken in the order of their keys, so that tasks which write the same ones wait for each other rather than in a circle.
    private string UpsertSql => $"INSERT INTO {Shape.QuotedName} ({ColumnList}) SELECT * FROM {Unnest(all)} AS r({ColumnList}){(Shape.Keys.Count == 0 ? "" : $" ORDER BY {KeyList}")}{OnConflict}";

    private string DeleteSql =>
        $"DELETE FROM {Shape.QuotedName} AS t USING {Unnest(keys)} AS r({KeyList}) WHERE {string.Join(" AND ", Shape.Keys.Select(key => $"t.{SqlDialect.Quote(key.Name)} = r.{SqlDialect.Quote(key.Name)}"))}";

    public override Task PrepareAsync(SqlDatabase database, CancellationToken cancellation) =>
        database.RunAsync($"opening {Shape.Description}", create: false, connection => database.TransactAsync(
            connection,
            async work =>
            {
                // Asked first: a user who may not make tables may write to one that is there.
                TableFound? found = await FindAsync(work).ConfigureAwait(false);
                if (found is null && Shape.Options.Create)
                {
                    await PostgresDatabase.LockCatalogAsync(work).ConfigureAwait(false);
                    await work.ExecuteAsync(CreateSql).ConfigureAwait(false);
                    found = await FindAsync(work).ConfigureAwait(false);
                }

                TableCheck.Check(Shape, found);
            },
            cancellation), cancellation);

    public override async Task WriteAsync(DbConnection connection, IReadOnlyList<TRow> upserts, IReadOnlyList<TRow> deletes, CancellationToken cancellation)
    {
        if (deletes.Count > 0) await RunAsync((NpgsqlConnection)connection, DeleteSql, keys, deletes, cancellation).ConfigureAwait(false);
        if (upserts.Count > 0) await RunAsync((NpgsqlConnection)connection, UpsertSql, all, upserts, cancellation).ConfigureAwait(false);
    }

    protected override Task<TableFound?> FindAsync(SqlWork work) => PostgresCatalog.ReadAsync(work, Shape.QuotedName);

    private static string Unnest(PostgresArray<TRow>[] arrays) => $"unnest({string.Join(", ", arrays.Select((array, n) => $"${n + 1}::{array.Type}[]"))})";

    private static async Task RunAsync(NpgsqlConnection connection, string sql, PostgresArray<TRow>[] arrays, IReadOnlyList<TRow> rows, CancellationToken cancellation)
    {
        for (int from = 0; from < rows.Count; from += RowsPerStatement)
        {
            int count = Math.Min(RowsPerStatement, rows.Count - from);
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (PostgresArray<TRow> array in arrays) command.Parameters.Add(array.Fill(rows, from, count));
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
    }
}
