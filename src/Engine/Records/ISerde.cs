using System.Buffers;

namespace StreamEngine.Records;

/// <summary>
/// Turns values into bytes and back. One instance serves every task of a pipeline at once, so it is thread-safe, which the usual
/// stateless serde is by itself.
/// </summary>
/// <remarks>
/// Null is not the serde's business: a null key or value is kept as such by the chunk (a null value is a tombstone), and neither
/// method is called for it.
/// </remarks>
/// <typeparam name="T">The type of the values.</typeparam>
public interface ISerde<T>
{
    /// <summary>
    /// The name of the byte format: <c>string</c>, <c>int64</c>, <c>json</c>. Bytes are copied unread between serdes of one type and one
    /// format. It is persisted with topics, so it must not change between builds.
    /// </summary>
    string Format { get; }

    /// <summary>
    /// What is inside the format, where that can change: the fields of a JSON object with their types. It is persisted with keyed state,
    /// which is refused when its shape has changed.
    /// </summary>
    string Shape => Format;

    /// <summary>Appends the bytes of <paramref name="value"/>, which is not null.</summary>
    /// <remarks>Called once per record on the task's thread; an exception makes the record fail under the pipeline's error policy.</remarks>
    void Serialize(T value, IBufferWriter<byte> writer);

    /// <summary>Reads a value from exactly <paramref name="bytes"/>.</summary>
    /// <remarks>
    /// <paramref name="bytes"/> are the record's own memory, which is used again after the record: a value that keeps them is a view,
    /// and <see cref="Detach"/> must then make a copy.
    /// </remarks>
    T Deserialize(ReadOnlyMemory<byte> bytes);

    /// <summary>Returns a value that outlives the record it was read from; the value itself unless it is a view.</summary>
    T Detach(T value) => value;
}
