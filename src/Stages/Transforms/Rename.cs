using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Gives fields other names.</summary>
internal sealed class Rename : ChangeTransform
{
    private readonly (DataPath From, DataPath To)[] moves;
    private readonly InPlace[] inPlace;

    private Rename(IOptions options)
        : base("rename", options, string.Join(", ", options.Map("fields").Select(item => $"{item.Key} -> {item.Value.Text("")}")))
    {
        (DataPath From, DataPath To)[] all =
            [.. OptionReader.MapOfPaths(options, "fields").Select(item => (item.Path, OptionReader.Path(item.Item.Text(""), "fields")))];
        if (all.GroupBy(item => item.To).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new OptionException("fields", $"two fields would be called {twice.Key}", "Give each a name of its own.");
        }

        moves = [.. all.Where(item => !StaysInPlace(item.From, item.To))];
        inPlace = [.. all.Where(item => StaysInPlace(item.From, item.To)).GroupBy(item => item.From.Parent).Select(group => new InPlace(group.Key, group))];
    }

    public static TransformDefinition Definition { get; } = new("rename", "Gives some fields of each record other names, or other places.")
    {
        Description = "The new name is a path from the top of the record. A field that stays in its object keeps its place among the others; one that goes elsewhere is put behind what is " +
            "there. All fields are taken before any is put, so that two can change places. A field that a record doesn't have is left alone; a new name that is taken is an error of the " +
            "record. The single value of a record that is no object is called value: renaming it makes an object. Tombstones go on as they are.",
        Options =
        [
            new("fields", OptionType.Map, "The fields with their new paths.") { IsRequired = true, Importance = Importance.High, Item = new("", OptionType.Field, "The new path.") },
        ],
        Example = """{ transform = rename, fields { id = order_id, "customer.name" = customer_name } }""",
        Create = options => new Rename(options),
    };

    protected override DataObject Change(DataObject value, Row row)
    {
        DataObject before = value;
        foreach ((DataPath from, _) in moves) value = from.Remove(value);
        foreach (InPlace renamed in inPlace) value = renamed.Apply(value);
        foreach ((DataPath from, DataPath to) in moves)
        {
            if (!from.TryGet(before, out DataValue moved)) continue;
            if (to.TryGet(value, out _)) throw new DataException($"{from} can't be called {to}: there is such a field already");
            value = to.Set(value, moved);
        }

        return value;
    }

    private static bool StaysInPlace(DataPath from, DataPath to) =>
        Equals(from.Parent, to.Parent) && from.Steps.Last().Name is not null && to.Steps.Last().Name is not null;

    /// <summary>Other names in one object.</summary>
    private sealed class InPlace
    {
        private readonly DataPath? owner;
        private readonly Dictionary<string, string> names;
        private readonly ShapeCache<DataShape> renamed;

        public InPlace(DataPath? owner, IEnumerable<(DataPath From, DataPath To)> items)
        {
            this.owner = owner;
            names = items.ToDictionary(item => item.From.LastName, item => item.To.LastName, StringComparer.Ordinal);
            renamed = new ShapeCache<DataShape>(Make);
        }

        public DataObject Apply(DataObject value)
        {
            if (owner is null) return Rename(value);
            if (owner.Get(value) is not { Kind: DataKind.Object } found) return value;
            DataObject before = found.AsObject(), after = Rename(before);
            return ReferenceEquals(before, after) ? value : owner.Set(value, DataValue.Of(after));
        }

        private DataObject Rename(DataObject value)
        {
            DataShape shape = renamed.For(value.Shape);
            return ReferenceEquals(shape, value.Shape) ? value : value.With(shape);
        }

        private DataShape Make(DataShape shape)
        {
            string[] made = [.. shape.Names.ToArray().Select(name => names.GetValueOrDefault(name, name))];
            if (shape.Names.SequenceEqual(made)) return shape;
            if (made.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                string from = names.First(item => item.Value == twice.Key).Key;
                throw new DataException($"{from} can't be called {twice.Key}: there is such a field already");
            }

            return new DataShape(made);
        }
    }
}
