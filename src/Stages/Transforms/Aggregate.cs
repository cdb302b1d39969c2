using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Keeps values for each key, and hands on what they have become: each changed key once per commit.</summary>
internal sealed class Aggregate : Transform
{
    [ThreadStatic]
    private static Row? row;

    private readonly Accumulator[] accumulators;
    private readonly DataShape stateShape;
    private readonly string? keyAs;

    private Aggregate(IOptions options)
        : base("aggregate", options, string.Join(", ", options.Map("fields").Select(item => $"{item.Key} = {item.Value.Text("")}")))
    {
        accumulators = [.. options.Map("fields").Select(item => new Accumulator(item.Key, item.Value.Text("")))];
        if (accumulators.Length == 0) throw new OptionException("fields", "fields names nothing to keep", "Write one or more: fields { orders = count(), total = \"sum(amount)\" }.");
        stateShape = new DataShape([.. accumulators.SelectMany(one => Enumerable.Range(0, one.Slots).Select(slot => $"{one.Name}#{slot}"))]);
        keyAs = options.Has("key-as") ? options.Text("key-as") : null;
    }

    public static TransformDefinition Definition { get; } = new("aggregate", "Keeps counts, sums and the like for each key, and hands on what they have become.")
    {
        Description = "Each changed key is handed on once per commit, as an object with the key's fields and the aggregates. There are count() of all records, count(x), count_if(condition), " +
            "sum(x), avg(x), min(x), max(x), first(x) and last(x), where x is an expression over the record's value; but by count(), null is passed over, and what has seen nothing else is " +
            "null. Tombstones are passed over. What is kept is found again by the stage's name: give it one. When its fields or functions change, the pipeline is refused until it is " +
            "reset or the stage has another name.",
        Options =
        [
            new("fields", OptionType.Map, "The fields that are handed on, with what they are.") { IsRequired = true, Importance = Importance.High, Item = new("", OptionType.Text, "An aggregate: sum(amount).") },
            new("key-as", OptionType.Text, "What a key that is a single value is called; what the transform key has called it unless given, or key."),
        ],
        Example = """{ transform = aggregate, stage = revenue, fields { orders = "count()", total = "sum(amount)", large = "count_if(amount > 1000)" } }""",
        Create = options => new Aggregate(options),
    };

    public override bool NeedsKeys => true;

    public override DataStream Apply(DataStream stream, string? name = null)
    {
        if (!stream.IsKeyed)
        {
            throw new OptionException("", "aggregate keeps values for each key, and these records are not together by a key", "Put a transform key before it.");
        }

        string keyName = keyAs ?? stream.KeyName ?? "key";
        if (accumulators.Any(one => one.Name == keyName) && stream.KeyName is not null) throw new OptionException("fields", $"the key is called {keyName}, and so is an aggregate", "Call one of them otherwise; the key by key-as.");
        string fields = string.Join(", ", accumulators.Select(one => $"{one.Name} = {one.Text}"));
        ISerde<DataObject> keySerde = stream.KeySerde;
        var kept = new StreamShape<DataObject, DataObject>(keySerde, DataSerdes.Exact);
        return stream.ThenKept(this, name, $"aggregate-{Slugs.Hash(fields)}", $"{keySerde.Shape} {string.Join(" | ", KeysOf(stream.Node))} -> {fields}", (context, next) =>
            new AggregateOperator<DataObject, DataObject, DataObject>(context, new ResultOperator(context, next, this, keyName), kept, keySerde, readsValue: true, Add));
    }

    /// <summary>What the keys are made of, which is part of what is kept: counts by customer are none by country.</summary>
    private static IEnumerable<string> KeysOf(StageNode node) => node.Kind == "key" ? [node.Label.Text] : node.Inputs.SelectMany(KeysOf).Distinct();

    private DataObject Add(bool exists, DataObject before, DataObject value)
    {
        Row current = row ??= new Row();
        current.Value = value;
        var state = new DataValue[stateShape.Count];
        if (exists) before.Values.CopyTo(state);
        int at = 0;
        foreach (Accumulator one in accumulators)
        {
            one.Add(state.AsSpan(at, one.Slots), current);
            at += one.Slots;
        }

        return new DataObject(stateShape, state);
    }

    /// <summary>Makes what is handed on of what is kept.</summary>
    private sealed class ResultOperator : Operator<DataObject, DataObject, DataObject, DataObject>
    {
        private readonly Aggregate aggregate;
        private readonly ShapeCache<DataShape> shapes;
        private DataObject made = null!;

        public ResultOperator(IStageContext context, Receiver<DataObject, DataObject> next, Aggregate aggregate, string keyName)
            : base(context, next)
        {
            this.aggregate = aggregate;
            string[] names = [.. aggregate.accumulators.Select(one => one.Name)];
            shapes = new ShapeCache<DataShape>(key => Make(key.IsScalar ? [keyName] : key.Names.ToArray(), names));
        }

        protected override bool Call(ref Record<DataObject, DataObject> record)
        {
            DataObject key = record.Key;
            ReadOnlySpan<DataValue> state = record.Value.Values;
            DataShape shape = shapes.For(key.Shape);
            var values = new DataValue[shape.Count];
            key.Values.CopyTo(values);
            int at = 0, place = key.Shape.Count;
            foreach (Accumulator one in aggregate.accumulators)
            {
                values[place++] = one.Result(state.Slice(at, one.Slots));
                at += one.Slots;
            }

            made = new DataObject(shape, values);
            return true;
        }

        protected override void Emit(ref Record<DataObject, DataObject> record)
        {
            Record<DataObject, DataObject> changed = record.WithValue(made);
            Next.Receive(ref changed);
        }

        private static DataShape Make(string[] key, string[] names) => key.Intersect(names).FirstOrDefault() is { } twice
            ? throw new DataException($"the key is called {twice}, and so is an aggregate: call one of them otherwise")
            : new DataShape([.. key, .. names]);
    }
}
