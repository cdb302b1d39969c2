using System.Runtime.CompilerServices;
using StreamEngine.Contracts;

namespace StreamEngine.Operators;

/// <summary>Makes another value of each by a call that returns later.</summary>
public static class SelectAsyncVerb
{
    /// <summary>
    /// Makes another value of each record's value by an asynchronous call. A barrier waits until the calls before it have returned, so a commit never
    /// misses one; a call that doesn't return within drain.timeout fails the task.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="selector">The call. It is cancelled when the task stops, and made again when its record is read again.</param>
    /// <param name="concurrency">How many records of a task may wait for their calls at once.</param>
    /// <param name="ordered">Whether results leave in the order of the records; if not, only those of one key do.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Stream<TKey, TNext> SelectAsync<TKey, TValue, TNext>(
        this Stream<TKey, TValue> stream,
        Func<TValue, CancellationToken, ValueTask<TNext>> selector,
        int concurrency = 16,
        bool ordered = true,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, selector, concurrency, ordered, name, text, file, line));

    /// <inheritdoc cref="SelectAsync{TKey, TValue, TNext}(Stream{TKey, TValue}, Func{TValue, CancellationToken, ValueTask{TNext}}, int, bool, string?, string, string, int)"/>
    public static KeyedStream<TKey, TNext> SelectAsync<TKey, TValue, TNext>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, CancellationToken, ValueTask<TNext>> selector,
        int concurrency = 16,
        bool ordered = true,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, selector, concurrency, ordered, name, text, file, line));

    private static AsyncNode<TKey, TValue, TNext> Add<TKey, TValue, TNext>(
        Stream<TKey, TValue> stream, Func<TValue, CancellationToken, ValueTask<TNext>> selector, int concurrency, bool ordered, string? name, string text, string file, int line)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(concurrency, 1);
        return stream.Pipeline.Add(new AsyncNode<TKey, TValue, TNext>(
            stream.Pipeline.NameFor(name, "select-async"),
            new SourceLabel($"SelectAsync({text})", file, line),
            stream.Node,
            stream.ShapeOf<TNext>(),
            concurrency,
            ordered,
            (_, value, cancellation) => selector(value, cancellation)));
    }
}
