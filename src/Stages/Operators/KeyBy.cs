using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>Gives records another key.</summary>
public static class KeyByVerb
{
    /// <summary>
    /// Gives each record a key made of its value. Where keyed state follows, records move to the partition of their new key through an internal topic;
    /// records of one key that came from one source partition keep their order.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="selector">Makes the key.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static KeyedStream<TNextKey, TValue> KeyBy<TKey, TValue, TNextKey>(
        this Stream<TKey, TValue> stream,
        Func<TValue, TNextKey> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var shape = new StreamShape<TNextKey, TValue>(stream.Pipeline.Serdes.For<TNextKey>(), stream.Shape.ValueSerde);
        return new KeyedStream<TNextKey, TValue>(stream.Pipeline, stream.Then(
            "key-by",
            name,
            new SourceLabel($"KeyBy({text})", file, line),
            shape,
            (context, next) => new KeyByOperator<TKey, TValue, TNextKey>(context, next, selector),
            changesKey: true));
    }

    /// <summary>
    /// Makes the key finer: the key so far together with another made of the value. Records stay where they are, since those of one finer key are together
    /// wherever those of the coarser one are.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="selector">Makes the second part of the key.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static KeyedStream<(TKey First, TSecond Second), TValue> ThenBy<TKey, TValue, TSecond>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, TSecond> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ISerde<(TKey First, TSecond Second)> serde = Serdes.Pair(stream.Shape.KeySerde, stream.Pipeline.Serdes.For<TSecond>());
        var shape = new StreamShape<(TKey First, TSecond Second), TValue>(serde, stream.Shape.ValueSerde);
        return new KeyedStream<(TKey First, TSecond Second), TValue>(stream.Pipeline, stream.Then(
            "then-by",
            name,
            new SourceLabel($"ThenBy({text})", file, line),
            shape,
            (context, next) => new ThenByOperator<TKey, TValue, TSecond>(context, next, selector),
            refinesKey: true));
    }
}

/// <summary>Gives each record another key.</summary>
internal sealed class KeyByOperator<TKey, TValue, TNextKey>(IStageContext context, Receiver<TNextKey, TValue> next, Func<TValue, TNextKey> selector)
    : Operator<TKey, TValue, TNextKey, TValue>(context, next)
{
    private TNextKey made = default!;

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        made = selector(record.Value);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        Record<TNextKey, TValue> changed = record.WithKey(made);
        Next.Receive(ref changed);
    }
}

/// <summary>Makes each record's key finer.</summary>
internal sealed class ThenByOperator<TKey, TValue, TSecond>(IStageContext context, Receiver<(TKey First, TSecond Second), TValue> next, Func<TValue, TSecond> selector)
    : Operator<TKey, TValue, (TKey First, TSecond Second), TValue>(context, next)
{
    private (TKey First, TSecond Second) made;

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        made = (record.Key, selector(record.Value));
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        Record<(TKey First, TSecond Second), TValue> changed = record.WithKey(made);
        Next.Receive(ref changed);
    }
}
