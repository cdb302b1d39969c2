using System.Data.Common;
using StreamEngine.Contracts;

namespace StreamEngine.Sql;

/// <summary>The rows of an epoch for one table.</summary>
internal abstract class SealedRows : SealedOutput
{
    /// <summary>The table, for messages.</summary>
    public abstract string Table { get; }

    /// <summary>Writes them in the transaction that is open on a connection.</summary>
    public abstract Task WriteAsync(DbConnection connection, CancellationToken cancellation);
}

/// <summary>Rows of one type for one table.</summary>
/// <param name="target">The table.</param>
/// <param name="upserts">Rows to be written.</param>
/// <param name="deletes">Rows to be deleted.</param>
/// <param name="bytes">About how much memory they hold.</param>
/// <param name="giveBack">Takes the list of rows to fill it again.</param>
internal sealed class SealedRows<TRow>(TableTarget<TRow> target, List<TRow> upserts, List<TRow> deletes, long bytes, Action<List<TRow>> giveBack) : SealedRows
{
    private bool isReleased;

    public override string Table => target.Shape.Description;

    public override int Records => upserts.Count + deletes.Count;

    public override long Bytes => bytes;

    public override Task WriteAsync(DbConnection connection, CancellationToken cancellation) => target.WriteAsync(connection, upserts, deletes, cancellation);

    public override void Release()
    {
        if (isReleased) return;
        isReleased = true;
        deletes.Clear();
        upserts.Clear();
        giveBack(upserts);
    }
}
