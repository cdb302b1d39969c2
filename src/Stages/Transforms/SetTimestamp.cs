using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Says when events happened.</summary>
internal sealed class SetTimestamp : Transform, IOperatorMaker
{
    private readonly Expression time;
    private readonly Casting casting;

    private SetTimestamp(IOptions options)
        : base("timestamp", options, options.Has("field") ? options.Text("field") : options.Has("expression") ? options.Text("expression") : "")
    {
        if (options.Has("field") == options.Has("expression"))
        {
            throw new OptionException("", "a timestamp is made of a field or of an expression", "Give one of field and expression.");
        }

        time = options.Has("field")
            ? new FieldValue(options.Text("field"), OptionReader.Path(options.Text("field"), "field"))
            : OptionReader.Expression(options.Text("expression"), "expression");
        casting = new Casting("timestamp", options.Has("format") ? options.Text("format") : null, OptionReader.Zone(options, "zone"));
    }

    public static TransformDefinition Definition { get; } = new("timestamp", "Takes the event time of each record from its value.")
    {
        Description = "The value itself stays as it is. A time that is null or missing, or can't be read, is an error of the record. Tombstones keep their event time.",
        Options =
        [
            new("field", OptionType.Field, "The field with the time: a text, a number since 1970, a day or a timestamp.") { Importance = Importance.High },
            new("expression", OptionType.Expression, "An expression that gives the time, instead of a field."),
            new("format", OptionType.Text, "How it is written as text, in .NET's letters (dd.MM.yyyy HH:mm), or the unit of a number: s, ms, us, ns. ISO 8601 and milliseconds unless given."),
            new("zone", OptionType.Text, "The zone of times that don't say theirs: Europe/Berlin. UTC unless given."),
        ],
        Example = "{ transform = timestamp, field = ordered_at, format = s }",
        Create = options => new SetTimestamp(options),
    };

    public override DataStream Apply(DataStream stream, string? name = null) => stream.Then(this, name, stream.ValueSerde, this);

    public Receiver<TKey, DataObject> Create<TKey>(IStageContext context, Receiver<TKey, DataObject> next) => new TimestampOperator<TKey>(context, next, this);

    private long Milliseconds(Row row)
    {
        DataValue found = time.Evaluate(row);
        if (found.IsNull) throw new DataException($"{time.Text} is null or missing, and no event time");
        try
        {
            return casting.Cast(found).AsInstant().ToUnixTimeMilliseconds();
        }
        catch (DataException e)
        {
            throw new DataException($"{time.Text}: {e.Message}", e);
        }
    }

    private sealed class TimestampOperator<TKey>(IStageContext context, Receiver<TKey, DataObject> next, SetTimestamp transform)
        : Operator<TKey, DataObject, TKey, DataObject>(context, next)
    {
        private readonly Row row = new();
        private long made;

        protected override bool Call(ref Record<TKey, DataObject> record)
        {
            made = record.Timestamp;
            if (record.IsTombstone) return true;
            row.Load(ref record, transform.time.UsesKey);
            made = transform.Milliseconds(row);
            return true;
        }

        protected override void Emit(ref Record<TKey, DataObject> record)
        {
            Record<TKey, DataObject> timed = record;
            timed.Timestamp = made;
            Next.Receive(ref timed);
        }
    }
}
