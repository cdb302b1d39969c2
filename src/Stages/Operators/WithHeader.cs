using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>Adds headers.</summary>
public static class WithHeaderVerb
{
    /// <summary>Adds a header with text made of the value to each record, behind those it has.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="header">The header's name.</param>
    /// <param name="selector">Makes the text; null adds none.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Stream<TKey, TValue> WithHeader<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        string header,
        Func<TValue, string?> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, header, selector, name, text, file, line));

    /// <inheritdoc cref="WithHeader{TKey, TValue}(Stream{TKey, TValue}, string, Func{TValue, string?}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TValue> WithHeader<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream,
        string header,
        Func<TValue, string?> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, header, selector, name, text, file, line));

    private static StageNode Add<TKey, TValue>(Stream<TKey, TValue> stream, string header, Func<TValue, string?> selector, string? name, string text, string file, int line) =>
        stream.Then(
            "with-header",
            name,
            new SourceLabel($"WithHeader(\"{header}\", {text})", file, line),
            stream.Shape,
            (context, next) => new WithHeaderOperator<TKey, TValue>(context, next, header, selector));
}

/// <summary>Adds a header to each record.</summary>
internal sealed class WithHeaderOperator<TKey, TValue>(IStageContext context, Receiver<TKey, TValue> next, string header, Func<TValue, string?> selector)
    : Operator<TKey, TValue, TKey, TValue>(context, next)
{
    private string? made;

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        made = selector(record.Value);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        Record<TKey, TValue> changed = record;
        if (made is not null) changed.Headers = record.Headers.With(header, System.Text.Encoding.UTF8.GetBytes(made));
        Next.Receive(ref changed);
    }
}
