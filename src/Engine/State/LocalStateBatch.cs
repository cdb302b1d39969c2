using StreamEngine.Contracts;
using StreamEngine.Log.Rocks;

namespace StreamEngine.State;

/// <summary>Changes of copies that are written together. Used by one thread.</summary>
internal sealed class LocalStateBatch(LocalStateDatabase database) : ILocalStateBatch, IDisposable
{
    private readonly HashSet<LocalState> touched = [];
    private byte[] composed = new byte[256];
    private LocalState? last;

    /// <summary>What is to be written.</summary>
    public RocksBatch Changes { get; } = database.NewBatch();

    /// <summary>The copies it changes.</summary>
    public IReadOnlyCollection<LocalState> Touched => touched;

    public void Put(ILocalState state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Changes.Put(LocalStateLayout.Family, KeyOf(state, key), value);

    public void Delete(ILocalState state, ReadOnlySpan<byte> key) => Changes.Delete(LocalStateLayout.Family, KeyOf(state, key));

    public void SetBound(ILocalState state, LocalStateBound bound) =>
        Changes.Put(LocalStateLayout.Family, LocalStateLayout.BoundKey(Own(state).Number), LocalStateLayout.Bound(bound));

    public void Dispose() => Changes.Dispose();

    private ReadOnlySpan<byte> KeyOf(ILocalState state, ReadOnlySpan<byte> key)
    {
        int length = LocalStateLayout.NumberBytes + key.Length;
        if (composed.Length < length) composed = new byte[length * 2];
        LocalStateLayout.WriteKey(composed, Own(state).Number, key);
        return composed.AsSpan(0, length);
    }

    private LocalState Own(ILocalState state)
    {
        if (ReferenceEquals(state, last)) return last!;
        if (state is not LocalState local) throw new ArgumentException($"{state} is a copy of another store", nameof(state));
        touched.Add(local);
        return last = local;
    }
}
