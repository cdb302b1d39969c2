using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>Makes several values, or none, of each.</summary>
public static class SelectManyVerb
{
    /// <summary>Makes any number of records of each: one for each value that the selector returns, all under the record's key and event time.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="selector">Makes the values. It is read to its end before the first of them is handed on.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Stream<TKey, TNext> SelectMany<TKey, TValue, TNext>(
        this Stream<TKey, TValue> stream,
        Func<TValue, IEnumerable<TNext>> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, selector, name, text, file, line));

    /// <inheritdoc cref="SelectMany{TKey, TValue, TNext}(Stream{TKey, TValue}, Func{TValue, IEnumerable{TNext}}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TNext> SelectMany<TKey, TValue, TNext>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, IEnumerable<TNext>> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, selector, name, text, file, line));

    private static StageNode Add<TKey, TValue, TNext>(Stream<TKey, TValue> stream, Func<TValue, IEnumerable<TNext>> selector, string? name, string text, string file, int line) =>
        stream.Then(
            "select-many", name, new SourceLabel($"SelectMany({text})", file, line), stream.ShapeOf<TNext>(), (context, next) => new SelectManyOperator<TKey, TValue, TNext>(context, next, selector));
}

/// <summary>Makes any number of records of each.</summary>
internal sealed class SelectManyOperator<TKey, TValue, TNext>(IStageContext context, Receiver<TKey, TNext> next, Func<TValue, IEnumerable<TNext>> selector)
    : Operator<TKey, TValue, TKey, TNext>(context, next)
{
    private readonly List<TNext> made = [];

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        made.Clear();
        made.AddRange(selector(record.Value));
        return made.Count > 0;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        foreach (TNext value in made)
        {
            Record<TKey, TNext> changed = record.WithValue(value);
            Next.Receive(ref changed);
        }
    }
}
