using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>Leaves records out.</summary>
public static class WhereVerb
{
    /// <summary>Hands on the records whose value the predicate holds for.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="predicate">The condition; a tombstone has null for its value.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Stream<TKey, TValue> Where<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        Func<TValue, bool> predicate,
        string? name = null,
        [CallerArgumentExpression(nameof(predicate))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, predicate, name, text, file, line));

    /// <inheritdoc cref="Where{TKey, TValue}(Stream{TKey, TValue}, Func{TValue, bool}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TValue> Where<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, bool> predicate,
        string? name = null,
        [CallerArgumentExpression(nameof(predicate))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, predicate, name, text, file, line));

    /// <summary>Hands on the records whose key and value the predicate holds for.</summary>
    /// <inheritdoc cref="Where{TKey, TValue}(Stream{TKey, TValue}, Func{TValue, bool}, string?, string, string, int)"/>
    public static Stream<TKey, TValue> Where<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        Func<TKey, TValue, bool> predicate,
        string? name = null,
        [CallerArgumentExpression(nameof(predicate))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, predicate, name, text, file, line));

    /// <inheritdoc cref="Where{TKey, TValue}(Stream{TKey, TValue}, Func{TKey, TValue, bool}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TValue> Where<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream,
        Func<TKey, TValue, bool> predicate,
        string? name = null,
        [CallerArgumentExpression(nameof(predicate))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, predicate, name, text, file, line));

    private static StageNode Add<TKey, TValue>(Stream<TKey, TValue> stream, Func<TValue, bool> predicate, string? name, string text, string file, int line) =>
        stream.Then("where", name, new SourceLabel($"Where({text})", file, line), stream.Shape, (context, next) => new WhereOperator<TKey, TValue>(context, next, predicate));

    private static StageNode Add<TKey, TValue>(Stream<TKey, TValue> stream, Func<TKey, TValue, bool> predicate, string? name, string text, string file, int line) =>
        stream.Then("where", name, new SourceLabel($"Where({text})", file, line), stream.Shape, (context, next) => new WhereKeyOperator<TKey, TValue>(context, next, predicate));
}

/// <summary>Hands on the records whose value a predicate holds for; their bytes stay what they are.</summary>
internal sealed class WhereOperator<TKey, TValue>(IStageContext context, Receiver<TKey, TValue> next, Func<TValue, bool> predicate)
    : Operator<TKey, TValue, TKey, TValue>(context, next)
{
    protected override bool Call(ref Record<TKey, TValue> record) => predicate(record.Value);

    protected override void Emit(ref Record<TKey, TValue> record) => Next.Receive(ref record);
}

/// <summary>Hands on the records whose key and value a predicate holds for.</summary>
internal sealed class WhereKeyOperator<TKey, TValue>(IStageContext context, Receiver<TKey, TValue> next, Func<TKey, TValue, bool> predicate)
    : Operator<TKey, TValue, TKey, TValue>(context, next)
{
    protected override bool Call(ref Record<TKey, TValue> record) => predicate(record.Key, record.Value);

    protected override void Emit(ref Record<TKey, TValue> record) => Next.Receive(ref record);
}
