using System.Runtime.CompilerServices;
using StreamEngine.Contracts;

namespace StreamEngine.Operators;

/// <summary>Lets streams flow together, or apart.</summary>
public static class MergeVerb
{
    /// <summary>Lets several streams of one type flow together. Records of one source partition keep their order; between the streams there is none.</summary>
    /// <param name="stream">The first stream.</param>
    /// <param name="other">The second stream.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Stream<TKey, TValue> Merge<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        Stream<TKey, TValue> other,
        string? name = null,
        [CallerArgumentExpression(nameof(other))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new Stream<TKey, TValue>(stream.Pipeline, Add(stream, other, name, text, file, line));
    }

    /// <inheritdoc cref="Merge{TKey, TValue}(Stream{TKey, TValue}, Stream{TKey, TValue}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TValue> Merge<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream,
        KeyedStream<TKey, TValue> other,
        string? name = null,
        [CallerArgumentExpression(nameof(other))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new KeyedStream<TKey, TValue>(stream.Pipeline, Add(stream, other, name, text, file, line));
    }

    /// <summary>Takes a stream apart: records for which the predicate holds, and the others.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="predicate">The condition. It is called for each of the two.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static (Stream<TKey, TValue> Matching, Stream<TKey, TValue> Others) Split<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        Func<TValue, bool> predicate,
        string? name = null,
        [CallerArgumentExpression(nameof(predicate))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => (
        stream.Where(predicate, Named(name, "matching"), $"Split: {text}", file, line),
        stream.Where(value => !predicate(value), Named(name, "rest"), $"Split: not ({text})", file, line));

    /// <inheritdoc cref="Split{TKey, TValue}(Stream{TKey, TValue}, Func{TValue, bool}, string?, string, string, int)"/>
    public static (KeyedStream<TKey, TValue> Matching, KeyedStream<TKey, TValue> Others) Split<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, bool> predicate,
        string? name = null,
        [CallerArgumentExpression(nameof(predicate))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => (
        stream.Where(predicate, Named(name, "matching"), $"Split: {text}", file, line),
        stream.Where(value => !predicate(value), Named(name, "rest"), $"Split: not ({text})", file, line));

    private static string? Named(string? name, string part) => name is null ? null : $"{name}-{part}";

    private static MergeNode Add<TKey, TValue>(Stream<TKey, TValue> stream, Stream<TKey, TValue> other, string? name, string text, string file, int line)
    {
        if (stream.Pipeline != other.Pipeline) throw new ArgumentException($"{text} belongs to pipeline {other.Pipeline.Name}, and is merged into {stream.Pipeline.Name}", nameof(other));
        if (stream.Node == other.Node) throw new ArgumentException($"{text} is merged with itself, which would double its records", nameof(other));
        return stream.Pipeline.Add(new MergeNode(stream.Pipeline.NameFor(name, "merge"), new SourceLabel($"Merge({text})", file, line), [stream.Node, other.Node], stream.Shape));
    }
}
