using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StreamEngine.Sql.SqliteFiles;

/// <summary>One prepared statement, run for row after row.</summary>
internal sealed class SqliteStatement<TRow> : IDisposable
{
    private readonly sqlite3 handle;
    private readonly sqlite3_stmt statement;
    private readonly SqliteBinder<TRow>[] binders;

    /// <summary>Prepares it in the transaction that is open on a connection.</summary>
    public SqliteStatement(SqliteConnection connection, string sql, SqliteBinder<TRow>[] binders)
    {
        handle = connection.Handle!;
        this.binders = binders;
        Check(raw.sqlite3_prepare_v2(handle, sql, out statement));
    }

    /// <summary>Runs it with the values of a row.</summary>
    public void Run(TRow row)
    {
        for (int n = 0; n < binders.Length; n++) Check(binders[n].Bind(statement, n + 1, ref row));
        int result = raw.sqlite3_step(statement);
        if (result != raw.SQLITE_DONE) Check(result);
        Check(raw.sqlite3_reset(statement));
    }

    public void Dispose() => statement?.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) throw new SqliteException(raw.sqlite3_errmsg(handle).utf8_to_string(), result & 0xff, raw.sqlite3_extended_errcode(handle));
    }
}
