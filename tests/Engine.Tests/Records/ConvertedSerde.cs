using System.Buffers;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

/// <summary>A serde seen through a conversion, for values that don't compare by themselves.</summary>
internal sealed class ConvertedSerde<TInner, T>(ISerde<TInner> inner, Func<T, TInner> to, Func<TInner, T> from) : ISerde<T>
{
    public string Format => inner.Format;

    public void Serialize(T value, IBufferWriter<byte> writer) => inner.Serialize(to(value), writer);

    public T Deserialize(ReadOnlyMemory<byte> bytes) => from(inner.Deserialize(bytes));
}

internal static class ConvertedSerde
{
    public static ISerde<T> As<TInner, T>(this ISerde<TInner> inner, Func<T, TInner> to, Func<TInner, T> from) => new ConvertedSerde<TInner, T>(inner, to, from);
}
