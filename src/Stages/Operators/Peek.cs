using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>Looks at records on their way.</summary>
public static class PeekVerb
{
    /// <summary>
    /// Calls an action for each record and hands it on as it is. A record that is read again after a failure is looked at again: what the action does
    /// outside is not part of any commit.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="action">Gets the value.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Stream<TKey, TValue> Peek<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        Action<TValue> action,
        string? name = null,
        [CallerArgumentExpression(nameof(action))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, action, name, text, file, line));

    /// <inheritdoc cref="Peek{TKey, TValue}(Stream{TKey, TValue}, Action{TValue}, string?, string, string, int)"/>
    public static KeyedStream<TKey, TValue> Peek<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream,
        Action<TValue> action,
        string? name = null,
        [CallerArgumentExpression(nameof(action))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        new(stream.Pipeline, Add(stream, action, name, text, file, line));

    private static StageNode Add<TKey, TValue>(Stream<TKey, TValue> stream, Action<TValue> action, string? name, string text, string file, int line) =>
        stream.Then("peek", name, new SourceLabel($"Peek({text})", file, line), stream.Shape, (context, next) => new PeekOperator<TKey, TValue>(context, next, action));
}

/// <summary>Calls an action for each record.</summary>
internal sealed class PeekOperator<TKey, TValue>(IStageContext context, Receiver<TKey, TValue> next, Action<TValue> action)
    : Operator<TKey, TValue, TKey, TValue>(context, next)
{
    protected override bool Call(ref Record<TKey, TValue> record)
    {
        action(record.Value);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record) => Next.Receive(ref record);
}
