using System.Numerics;
using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>Keeps a value for each key.</summary>
public static class AggregateVerb
{
    /// <summary>
    /// Keeps a value for each key, and hands on what it has become: each changed key once per commit. Tombstones are passed over. A null value removes the
    /// key, and a tombstone is handed on.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="seed">The value of a key before its first record. It is shared by all keys, so it must not be changed in place.</param>
    /// <param name="add">Makes the next value of the one before and a record's value. It should return a new value rather than change the one it gets.</param>
    /// <param name="name">The state's name, by which it is found again; made from the source text when null, which an edit then loses.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static KeyedStream<TKey, TState> Aggregate<TKey, TValue, TState>(
        this KeyedStream<TKey, TValue> stream,
        TState seed,
        Func<TState, TValue, TState> add,
        string? name = null,
        [CallerArgumentExpression(nameof(add))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Keep<TKey, TValue, TState>("aggregate", stream, (exists, before, value) => add(exists ? before : seed, value), name, text, file, line);

    /// <summary>Counts the records of each key, and hands on each changed count once per commit. Tombstones are not counted.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The state's name, by which it is found again; made from the types when null, which an edit may lose.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static KeyedStream<TKey, long> Count<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Keep<TKey, TValue, long>("count", stream, readsValue: false, (exists, before, _) => exists ? before + 1 : 1, name, "", file, line);
    }

    /// <summary>Adds up a number of each record by key, and hands on each changed sum once per commit. Tombstones are passed over.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="number">The number.</param>
    /// <param name="name">The state's name, by which it is found again; made from the source text when null, which an edit then loses.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static KeyedStream<TKey, TNumber> Sum<TKey, TValue, TNumber>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, TNumber> number,
        string? name = null,
        [CallerArgumentExpression(nameof(number))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
        where TNumber : INumber<TNumber> =>
        Keep<TKey, TValue, TNumber>("sum", stream, (exists, before, value) => exists ? checked(before + number(value)) : number(value), name, text, file, line);

    /// <summary>Makes one value of all values of each key, two at a time, and hands on each changed one once per commit. Tombstones are passed over.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="reduce">Makes one value of what there is and a record's value.</param>
    /// <param name="name">The state's name, by which it is found again; made from the source text when null, which an edit then loses.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static KeyedStream<TKey, TValue> Reduce<TKey, TValue>(
        this KeyedStream<TKey, TValue> stream,
        Func<TValue, TValue, TValue> reduce,
        string? name = null,
        [CallerArgumentExpression(nameof(reduce))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ISerde<TValue> serde = stream.Shape.ValueSerde;
        return Keep<TKey, TValue, TValue>("reduce", stream, (exists, before, value) => serde.Detach(exists ? reduce(before, value) : value), name, text, file, line);
    }

    private static KeyedStream<TKey, TState> Keep<TKey, TValue, TState>(
        string kind, KeyedStream<TKey, TValue> stream, Func<bool, TState, TValue, TState> next, string? name, string text, string file, int line) =>
        Keep(kind, stream, readsValue: true, next, name, text, file, line);

    private static KeyedStream<TKey, TState> Keep<TKey, TValue, TState>(
        string kind, KeyedStream<TKey, TValue> stream, bool readsValue, Func<bool, TState, TValue, TState> next, string? name, string text, string file, int line)
    {
        if (typeof(TKey) == typeof(NoKey)) throw new ArgumentException($"{kind} keeps a value for each key, and these records have none: KeyBy(...) first");
        StreamShape<TKey, TState> shape = stream.ShapeOf<TState>();
        string stage = stream.Pipeline.NameFor(name, $"{kind}-{Slugs.Hash($"{kind} {stream.Shape.Description} {text}")}");
        var state = new StateDeclaration(stage, $"{shape.KeySerde.Shape} -> {shape.ValueSerde.Shape}", name is null);
        string label = text.Length == 0 ? kind : text;
        return new KeyedStream<TKey, TState>(stream.Pipeline, stream.Pipeline.Add(new StatefulNode<TKey, TValue, TState>(
            kind,
            stage,
            new SourceLabel($"{char.ToUpperInvariant(kind[0])}{kind[1..]}({(text.Length == 0 ? "" : label)})", file, line),
            stream.Node,
            shape,
            state,
            (context, receiver) => new AggregateOperator<TKey, TValue, TState>(context, receiver, shape, stream.Shape.KeySerde, readsValue, next))));
    }
}

/// <summary>Keeps a value for each key, and hands on the changed ones at the barrier.</summary>
/// <param name="context">What the stage may use.</param>
/// <param name="next">The link behind it.</param>
/// <param name="shape">What it hands on.</param>
/// <param name="keySerde">How keys become bytes.</param>
/// <param name="readsValue">Whether the function looks at the record's value; if not, it isn't decoded.</param>
/// <param name="change">Makes the next value: whether there was one, that, and the record's value.</param>
internal sealed class AggregateOperator<TKey, TValue, TState>(
    IStageContext context,
    Receiver<TKey, TState> next,
    StreamShape<TKey, TState> shape,
    ISerde<TKey> keySerde,
    bool readsValue,
    Func<bool, TState, TValue, TState> change)
    : Operator<TKey, TValue, TKey, TState>(context, next)
{
    private readonly IKeyedState<TState> state = context.State(shape.ValueSerde);
    private readonly ByteWriter scratch = new();
    private StateEntry<TState>? entry;
    private TState made = default!;

    public override void OnBarrier(Epoch epoch)
    {
        foreach (StateEntry<TState> changed in state.Seal(epoch))
        {
            Record<TKey, TState> record = changed.ToRecord(keySerde);
            Next.Receive(ref record);
        }

        base.OnBarrier(epoch);
    }

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        if (record.IsTombstone) return false;
        if (!record.HasKey) throw new InvalidOperationException("the record has no key to keep a value for");
        entry = state.Find(record.Origin.Partition, record.KeyBytes(keySerde, scratch));
        made = change(entry.Exists, entry.Value, readsValue ? record.Value : default!);
        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        StateEntry<TState> changed = entry!;
        changed.Timestamp = Math.Max(changed.Timestamp, record.Timestamp);
        changed.Value = made;
        changed.Exists = made is not null;
        state.Changed(changed);
    }
}
