using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms;

/// <summary>Makes a record of each item of a list.</summary>
internal sealed class Explode : Transform, IOperatorMaker
{
    private readonly DataPath field;
    private readonly DataPath target;
    private readonly DataPath? index;
    private readonly bool isOuter;

    private Explode(IOptions options)
        : base("explode", options, options.Text("field"))
    {
        field = OptionReader.Path(options.Text("field"), "field");
        target = options.Has("as") ? OptionReader.Path(options.Text("as"), "as") : field;
        index = options.Has("index") ? OptionReader.Path(options.Text("index"), "index") : null;
        isOuter = options.Flag("outer");
    }

    public static TransformDefinition Definition { get; } = new("explode", "Makes one record of each item of a list inside a record.")
    {
        Description = "Each has the fields of the record, with the item in the place of the list; key, event time and headers stay. A record whose list is empty, null or missing is left out, " +
            "or goes on once with null if outer is set. A field that is no list is an error of the record. Tombstones go on as they are.",
        Options =
        [
            new("field", OptionType.Field, "The list.") { IsRequired = true, Importance = Importance.High },
            new("as", OptionType.Field, "Where the item goes, in place of the list; the list's own place unless given."),
            new("index", OptionType.Field, "Where the number of the item goes, from 0; nowhere unless given.") { Importance = Importance.Low },
            new("outer", OptionType.Flag, "Whether a record without items goes on once.") { Default = "false" },
        ],
        Example = "{ transform = explode, field = lines, as = line }",
        Create = options => new Explode(options),
    };

    public override DataStream Apply(DataStream stream, string? name = null) => stream.Then(this, name, DataSerdes.Exact, this);

    public Receiver<TKey, DataObject> Create<TKey>(IStageContext context, Receiver<TKey, DataObject> next) => new ExplodeOperator<TKey>(context, next, this);

    private void Fill(DataObject value, List<DataObject> made)
    {
        DataValue list = field.Get(value);
        if (list.Kind is not (DataKind.List or DataKind.Null)) throw new DataException($"{field} is {DataText.Describe(list)}, and no list");
        DataObject rest = target.Equals(field) ? value : field.Remove(value);
        ReadOnlySpan<DataValue> items = list.IsNull ? [] : list.AsList();
        for (int n = 0; n < items.Length; n++) made.Add(Place(rest, items[n], DataValue.Of((long)n)));
        if (items.IsEmpty && isOuter) made.Add(Place(rest, default, default));
    }

    private DataObject Place(DataObject rest, DataValue item, DataValue number)
    {
        DataObject placed = target.Set(rest, item);
        return index is null ? placed : index.Set(placed, number);
    }

    private sealed class ExplodeOperator<TKey>(IStageContext context, Receiver<TKey, DataObject> next, Explode explode)
        : Operator<TKey, DataObject, TKey, DataObject>(context, next)
    {
        private readonly List<DataObject> made = [];

        protected override bool Call(ref Record<TKey, DataObject> record)
        {
            made.Clear();
            if (record.IsTombstone) return true;
            explode.Fill(record.Value, made);
            return made.Count > 0;
        }

        protected override void Emit(ref Record<TKey, DataObject> record)
        {
            if (record.IsTombstone) Next.Receive(ref record);
            foreach (DataObject value in made)
            {
                Record<TKey, DataObject> changed = record.WithValue(value);
                Next.Receive(ref changed);
            }
        }
    }
}
