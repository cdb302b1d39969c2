namespace StreamEngine.Sql.Columns;

/// <summary>Compares rows by the columns of the table's key, as the database will.</summary>
internal sealed class RowKeyComparer<TRow>(IReadOnlyList<Column<TRow>> keys) : IEqualityComparer<TRow>
{
    private readonly Column<TRow>[] keys = [.. keys];

    public bool Equals(TRow? x, TRow? y)
    {
        foreach (Column<TRow> key in keys)
        {
            if (!key.AreEqual(ref x!, ref y!)) return false;
        }

        return true;
    }

    public int GetHashCode(TRow obj)
    {
        int hash = 17;
        foreach (Column<TRow> key in keys) hash = (hash * 31) + key.HashOf(ref obj);
        return hash;
    }
}
