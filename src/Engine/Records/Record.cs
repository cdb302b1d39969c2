namespace StreamEngine.Records;

/// <summary>
/// One event on its way through a segment: key, value, event time, headers, and where it came from. It lives on the stack of the loop
/// that runs the segment and is handed from operator to operator by reference; key and value are decoded when first asked for.
/// </summary>
/// <remarks>
/// A record, and whatever views its memory, is valid until the operator returns. What is to be kept is detached first
/// (<see cref="Detach"/>).
/// </remarks>
/// <typeparam name="TKey">The type of the key.</typeparam>
/// <typeparam name="TValue">The type of the value.</typeparam>
public struct Record<TKey, TValue>
{
    internal Field<TKey> KeyField;
    internal Field<TValue> ValueField;

    /// <summary>A record made from values.</summary>
    public Record(TKey key, TValue value, long timestamp, Origin origin = default, RecordHeaders headers = default)
    {
        KeyField = new Field<TKey>(key);
        ValueField = new Field<TValue>(value);
        Timestamp = timestamp;
        Origin = origin;
        Headers = headers;
    }

    internal Record(in Field<TKey> key, in Field<TValue> value, long timestamp, Origin origin, RecordHeaders headers)
    {
        KeyField = key;
        ValueField = value;
        Timestamp = timestamp;
        Origin = origin;
        Headers = headers;
    }

    /// <summary>The key, decoded; null when the record has none.</summary>
    /// <exception cref="SerdeException">The bytes are not a key of this type.</exception>
    public TKey Key => KeyField.Get();

    /// <summary>The value, decoded; null when the record is a tombstone.</summary>
    /// <exception cref="SerdeException">The bytes are not a value of this type.</exception>
    /// <exception cref="TombstoneException">The record is a tombstone, and the type has no null.</exception>
    public TValue Value => ValueField.Get();

    /// <summary>Whether the value is null: the key is deleted.</summary>
    public readonly bool IsTombstone => ValueField.IsNull;

    /// <summary>Event time: milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long Timestamp { get; set; }

    /// <summary>Where the record came from.</summary>
    public Origin Origin { get; set; }

    /// <summary>The headers.</summary>
    public RecordHeaders Headers { get; set; }

    /// <summary>Makes the record independent of the memory it was read from.</summary>
    public void Detach()
    {
        KeyField.Detach();
        ValueField.Detach();
        Headers = Headers.Detach();
    }

    /// <summary>The same record with another value; null makes it a tombstone.</summary>
    public readonly Record<TKey, TOther> WithValue<TOther>(TOther value) => With(new Field<TOther>(value));

    /// <summary>The same record under another key.</summary>
    public readonly Record<TOther, TValue> WithKey<TOther>(TOther key) => Under(new Field<TOther>(key));

    /// <summary>Whether the record has a key.</summary>
    public readonly bool HasKey => !KeyField.IsNull;

    /// <summary>The bytes of the key: those it was read from, or what the serde makes of it.</summary>
    /// <param name="serde">How keys become bytes.</param>
    /// <param name="scratch">Is written to where the bytes have to be made; they are valid until it is used again.</param>
    public ReadOnlySpan<byte> KeyBytes(ISerde<TKey> serde, ByteWriter scratch) => ChunkBuilder.Encode(ref KeyField, serde, scratch);

    /// <summary>The bytes of the value: those it was read from, or what the serde makes of it.</summary>
    /// <param name="serde">How values become bytes.</param>
    /// <param name="scratch">Is written to where the bytes have to be made; they are valid until it is used again.</param>
    public ReadOnlySpan<byte> ValueBytes(ISerde<TValue> serde, ByteWriter scratch) => ChunkBuilder.Encode(ref ValueField, serde, scratch);

    /// <summary>The same record with another value.</summary>
    internal readonly Record<TKey, TOther> With<TOther>(in Field<TOther> value) => new(KeyField, value, Timestamp, Origin, Headers);

    /// <summary>The same record under another key.</summary>
    internal readonly Record<TOther, TValue> Under<TOther>(in Field<TOther> key) => new(key, ValueField, Timestamp, Origin, Headers);
}

/// <summary>The key of a stream whose records have none.</summary>
public readonly record struct NoKey
{
    /// <inheritdoc/>
    public override string ToString() => "no key";
}
