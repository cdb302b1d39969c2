namespace StreamEngine.Sql;

/// <summary>What becomes of one row: it is written as the value has it, or deleted.</summary>
/// <typeparam name="TKey">The type of the records' keys.</typeparam>
/// <typeparam name="TValue">The type of the records' values.</typeparam>
internal readonly struct Row<TKey, TValue>(TKey key, TValue value, bool isDelete)
{
    // Fields, because the compiled accessors of columns reach through them.
    public readonly TKey Key = key;
    public readonly TValue Value = value;

    /// <summary>Whether the record was a tombstone: then there is no value, and the row with the key goes.</summary>
    public readonly bool IsDelete = isDelete;
}
