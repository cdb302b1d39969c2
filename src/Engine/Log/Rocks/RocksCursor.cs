using static StreamEngine.Log.Rocks.RocksNative;

namespace StreamEngine.Log.Rocks;

/// <summary>
/// A cursor over the keys of a column family, as they were when it was made. Used and disposed by one thread.
/// </summary>
/// <remarks>
/// A block that can't be read ends RocksDB's iterator as if there were nothing more. Every step that finds no entry therefore asks for
/// the status, and throws what it says.
/// </remarks>
internal sealed unsafe class RocksCursor : IDisposable
{
    private readonly RocksDatabase.Use use;
    private nint iterator;

    internal RocksCursor(nint iterator, RocksDatabase.Use use)
    {
        this.iterator = iterator;
        this.use = use;
    }

    /// <summary>The current key; valid until the next step.</summary>
    public ReadOnlySpan<byte> Key
    {
        get
        {
            nuint length;
            byte* bytes = rocksdb_iter_key(iterator, &length);
            return new ReadOnlySpan<byte>(bytes, checked((int)length));
        }
    }

    /// <summary>The current value; valid until the next step.</summary>
    public ReadOnlySpan<byte> Value
    {
        get
        {
            nuint length;
            byte* bytes = rocksdb_iter_value(iterator, &length);
            return new ReadOnlySpan<byte>(bytes, checked((int)length));
        }
    }

    /// <summary>Goes to the first key that is not below <paramref name="key"/>; false when there is none.</summary>
    /// <exception cref="RocksException">What would have to be read is damaged.</exception>
    public bool Seek(ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key) rocksdb_iter_seek(iterator, k, (nuint)key.Length);
        return IsValid();
    }

    /// <summary>Goes to the last key that is not above <paramref name="key"/>; false when there is none.</summary>
    /// <exception cref="RocksException">What would have to be read is damaged.</exception>
    public bool SeekLast(ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key) rocksdb_iter_seek_for_prev(iterator, k, (nuint)key.Length);
        return IsValid();
    }

    /// <summary>Goes to the next key; false when there is none.</summary>
    /// <exception cref="RocksException">What would have to be read is damaged.</exception>
    public bool MoveNext()
    {
        rocksdb_iter_next(iterator);
        return IsValid();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (iterator == 0) return;
        rocksdb_iter_destroy(iterator);
        iterator = 0;
        use.Dispose();
    }

    private bool IsValid()
    {
        if (rocksdb_iter_valid(iterator) != 0) return true;
        byte* error = null;
        rocksdb_iter_get_error(iterator, &error);
        RocksDatabase.Check(error);
        return false;
    }
}
