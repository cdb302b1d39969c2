using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>Makes another value of each.</summary>
public static class SelectVerb
{
    /// <summary>Makes another value of each record's value; key, event time and headers stay.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="selector">Makes the value; null makes the record a tombstone.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Stream<TKey, TNext> Select<TKey, TValue, TNext>(
        this Stream<TKey, TValue> stream,
        Func<TValue, TNext> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, (_, value) => selector(value), name, text, file, line));

    /// <inheritdoc cref="Select{TKey, TValue, TNext}(Stream{TKey, TValue}, Func{TValue, TNext}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TNext> Select<TKey, TValue, TNext>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, TNext> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, AddValue(stream, selector, name, text, file, line));

    /// <summary>Makes another value of each record's key and value; key, event time and headers stay.</summary>
    /// <inheritdoc cref="Select{TKey, TValue, TNext}(Stream{TKey, TValue}, Func{TValue, TNext}, string?, string, string, int)"/>
    public static Stream<TKey, TNext> Select<TKey, TValue, TNext>(
        this Stream<TKey, TValue> stream,
        Func<TKey, TValue, TNext> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, selector, name, text, file, line));

    /// <inheritdoc cref="Select{TKey, TValue, TNext}(Stream{TKey, TValue}, Func{TKey, TValue, TNext}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TNext> Select<TKey, TValue, TNext>(
        this KeyedStream<TKey, TValue> stream,
        Func<TKey, TValue, TNext> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, selector, name, text, file, line));

    private static StageNode AddValue<TKey, TValue, TNext>(Stream<TKey, TValue> stream, Func<TValue, TNext> selector, string? name, string text, string file, int line) =>
        stream.Then("select", name, new SourceLabel($"Select({text})", file, line), stream.ShapeOf<TNext>(), (context, next) => new SelectOperator<TKey, TValue, TNext>(context, next, selector));

    private static StageNode Add<TKey, TValue, TNext>(Stream<TKey, TValue> stream, Func<TKey, TValue, TNext> selector, string? name, string text, string file, int line) =>
        stream.Then("select", name, new SourceLabel($"Select({text})", file, line), stream.ShapeOf<TNext>(), (context, next) => new SelectKeyOperator<TKey, TValue, TNext>(context, next, selector));
}

/// <summary>Makes another value of each record's value.</summary>
internal sealed class SelectOperator<TKey, TValue, TNext>(IStageContext context, Receiver<TKey, TNext> next, Func<TValue, TNext> selector)
    : Operator<TKey, TValue, TKey, TNext>(context, next)
{
    private TNext made = default!;

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        made = selector(record.Value);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        Record<TKey, TNext> changed = record.WithValue(made);
        Next.Receive(ref changed);
    }
}

/// <summary>Makes another value of each record's key and value.</summary>
internal sealed class SelectKeyOperator<TKey, TValue, TNext>(IStageContext context, Receiver<TKey, TNext> next, Func<TKey, TValue, TNext> selector)
    : Operator<TKey, TValue, TKey, TNext>(context, next)
{
    private TNext made = default!;

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        made = selector(record.Key, record.Value);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        Record<TKey, TNext> changed = record.WithValue(made);
        Next.Receive(ref changed);
    }
}
