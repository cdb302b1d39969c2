using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Takes objects inside a record apart into fields of its own.</summary>
internal sealed class Flatten : ChangeTransform
{
    private readonly Level top;
    private DataShape last = DataShape.Empty;

    private Flatten(IOptions options)
        : base("flatten", options, "") => top = new Level("", options.Text("delimiter"), (int)options.Integer("depth"));

    public static TransformDefinition Definition { get; } = new("flatten", "Makes fields of their own of the fields of objects inside each record.")
    {
        Description = "{a: {b: 1, c: {d: 2}}} becomes {a.b: 1, a.c.d: 2}. Lists stay as they are, and so does an object without fields. Two fields that would have one name are an error of the " +
            "record. Tombstones go on as they are.",
        Options =
        [
            new("delimiter", OptionType.Text, "What stands between the names.") { Default = "\".\"" },
            new("depth", OptionType.Integer, "How many levels of objects are taken apart.") { Default = "64", Min = 1, Max = 64 },
        ],
        Example = "{ transform = flatten, delimiter = _ }",
        Create = options => new Flatten(options),
    };

    protected override DataObject Change(DataObject value, Row row)
    {
        if (!HasObjects(value)) return value;
        var names = new List<string>();
        var values = new List<DataValue>();
        top.Add(value, names, values);

        // Records of one place mostly come out with the names of the one before, whose shape they share then.
        DataShape shape = last;
        if (!shape.Names.SequenceEqual(names.ToArray())) last = shape = Make(names);
        return new DataObject(shape, [.. values]);
    }

    private static bool HasObjects(DataObject value)
    {
        foreach (DataValue item in value.Values)
        {
            if (item.Kind == DataKind.Object) return true;
        }

        return false;
    }

    private static DataShape Make(List<string> names) => names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice
        ? throw new DataException($"two fields would be called {twice.Key}")
        : new DataShape([.. names]);

    /// <summary>The objects under one name, which remembers what their fields come to be called.</summary>
    private sealed class Level
    {
        private readonly string delimiter;
        private readonly int depth;
        private readonly ShapeCache<(string Name, Level? Inside)[]> fields;

        public Level(string prefix, string delimiter, int depth)
        {
            this.delimiter = delimiter;
            this.depth = depth;
            fields = new(shape => [.. shape.Names.ToArray().Select(name => (prefix + name, depth > 0 ? new Level($"{prefix}{name}{this.delimiter}", this.delimiter, this.depth - 1) : null))]);
        }

        public void Add(DataObject value, List<string> names, List<DataValue> values)
        {
            (string Name, Level? Inside)[] known = fields.For(value.Shape);
            for (int n = 0; n < known.Length; n++)
            {
                DataValue item = value.Values[n];
                if (item.Kind == DataKind.Object && known[n].Inside is { } inside && item.AsObject().Shape.Count > 0)
                {
                    inside.Add(item.AsObject(), names, values);
                    continue;
                }

                names.Add(known[n].Name);
                values.Add(item);
            }
        }
    }
}
