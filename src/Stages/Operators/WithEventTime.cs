using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>Says when events happened.</summary>
public static class WithEventTimeVerb
{
    /// <summary>Takes each record's event time from its value.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="selector">The time. One that doesn't say which zone it is of is taken as it stands, as UTC.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Stream<TKey, TValue> WithEventTime<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        Func<TValue, DateTimeOffset> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, value => selector(value).ToUnixTimeMilliseconds(), name, text, file, line));

    /// <inheritdoc cref="WithEventTime{TKey, TValue}(Stream{TKey, TValue}, Func{TValue, DateTimeOffset}, string?, string, string, int)"/>
    public static Stream<TKey, TValue> WithEventTime<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        Func<TValue, DateTime> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, value => Milliseconds(selector(value)), name, text, file, line));

    /// <inheritdoc cref="WithEventTime{TKey, TValue}(Stream{TKey, TValue}, Func{TValue, DateTimeOffset}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TValue> WithEventTime<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, DateTimeOffset> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, value => selector(value).ToUnixTimeMilliseconds(), name, text, file, line));

    /// <inheritdoc cref="WithEventTime{TKey, TValue}(Stream{TKey, TValue}, Func{TValue, DateTimeOffset}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TValue> WithEventTime<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, DateTime> selector,
        string? name = null,
        [CallerArgumentExpression(nameof(selector))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, value => Milliseconds(selector(value)), name, text, file, line));

    private static long Milliseconds(DateTime time) =>
        new DateTimeOffset(time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeMilliseconds();

    private static StageNode Add<TKey, TValue>(Stream<TKey, TValue> stream, Func<TValue, long> selector, string? name, string text, string file, int line) =>
        stream.Then(
            "with-event-time", name, new SourceLabel($"WithEventTime({text})", file, line), stream.Shape, (context, next) => new WithEventTimeOperator<TKey, TValue>(context, next, selector));
}

/// <summary>Takes each record's event time from its value.</summary>
internal sealed class WithEventTimeOperator<TKey, TValue>(IStageContext context, Receiver<TKey, TValue> next, Func<TValue, long> selector)
    : Operator<TKey, TValue, TKey, TValue>(context, next)
{
    private long time;

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        time = selector(record.Value);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        Record<TKey, TValue> timed = record;
        timed.Timestamp = time;
        Next.Receive(ref timed);
    }
}
