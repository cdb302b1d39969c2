using static StreamEngine.Log.Rocks.RocksNative;

namespace StreamEngine.Log.Rocks;

/// <summary>Writes that become visible and durable together. Not thread-safe.</summary>
internal sealed unsafe class RocksBatch : IDisposable
{
    private readonly nint[] families;

    internal RocksBatch(nint[] families)
    {
        this.families = families;
        Handle = rocksdb_writebatch_create();
    }

    /// <summary>How many writes it has.</summary>
    public int Count => rocksdb_writebatch_count(Handle);

    internal nint Handle { get; private set; }

    /// <summary>Sets the value under a key.</summary>
    public void Put(int family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* k = key)
        fixed (byte* v = value) rocksdb_writebatch_put_cf(Handle, families[family], k, (nuint)key.Length, v, (nuint)value.Length);
    }

    /// <summary>Sets the value under a key to two pieces behind each other, without joining them first.</summary>
    public void Put(int family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* k = key)
        fixed (byte* a = first)
        fixed (byte* b = second)
        {
            byte** values = stackalloc byte*[] { a, b };
            nuint* lengths = stackalloc nuint[] { (nuint)first.Length, (nuint)second.Length };
            byte** keys = stackalloc byte*[] { k };
            nuint* keyLengths = stackalloc nuint[] { (nuint)key.Length };
            rocksdb_writebatch_putv_cf(Handle, families[family], 1, keys, keyLengths, 2, values, lengths);
        }
    }

    /// <summary>Deletes a key.</summary>
    public void Delete(int family, ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key) rocksdb_writebatch_delete_cf(Handle, families[family], k, (nuint)key.Length);
    }

    /// <summary>Deletes the keys from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public void DeleteRange(int family, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        fixed (byte* f = from)
        fixed (byte* t = to) rocksdb_writebatch_delete_range_cf(Handle, families[family], f, (nuint)from.Length, t, (nuint)to.Length);
    }

    /// <summary>Forgets all writes.</summary>
    public void Clear() => rocksdb_writebatch_clear(Handle);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Handle == 0) return;
        rocksdb_writebatch_destroy(Handle);
        Handle = 0;
    }
}
