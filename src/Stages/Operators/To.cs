using System.Runtime.CompilerServices;
using StreamEngine.Contracts;

namespace StreamEngine.Operators;

/// <summary>Ends streams.</summary>
public static class ToVerb
{
    /// <summary>Writes the stream to a sink.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="sink">What is written to.</param>
    /// <param name="name">The stage's name; made from what is written to when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static void To<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        SinkDefinition<TKey, TValue> sink,
        string? name = null,
        [CallerArgumentExpression(nameof(sink))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(sink);
        stream.Pipeline.Add(new SinkNode<TKey, TValue>(
            stream.Pipeline.NameFor(name, $"to-{Slugs.Checked(sink.Slug, sink.Connector)}"), new SourceLabel($"To({text})", file, line), sink, stream.Node));
    }

    /// <inheritdoc cref="To{TKey, TValue}(Stream{TKey, TValue}, SinkDefinition{TKey, TValue}, string?, string, string, int)"/>
    public static void To<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        ValueSinkDefinition<TValue> sink,
        string? name = null,
        [CallerArgumentExpression(nameof(sink))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(sink);
        stream.To(sink.For<TKey>(), name, text, file, line);
    }

    /// <summary>Writes the stream to a topic of the engine's log.</summary>
    /// <inheritdoc cref="To{TKey, TValue}(Stream{TKey, TValue}, SinkDefinition{TKey, TValue}, string?, string, string, int)"/>
    public static void To<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        Topic<TKey, TValue> sink,
        string? name = null,
        [CallerArgumentExpression(nameof(sink))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(sink);
        stream.To(sink.AsSink(), name, text, file, line);
    }
}
