using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Keeps some fields, in an order of its own.</summary>
internal sealed class Select : ChangeTransform
{
    private readonly DataPath[] paths;
    private readonly DataShape shape;

    private Select(IOptions options)
        : base("select", options, string.Join(", ", options.Texts("fields")))
    {
        paths = OptionReader.Paths(options, "fields");
        Dictionary<string, string> names = options.Map("as").ToDictionary(item => item.Key, item => item.Value.Text(""), StringComparer.Ordinal);
        string[] texts = [.. options.Texts("fields")];
        if (names.Keys.Except(texts).FirstOrDefault() is { } unknown)
        {
            throw new OptionException("as", $"as renames {unknown}, which fields doesn't have", "Name the field in both, written the same way.");
        }

        string[] made = [.. paths.Select((path, n) => names.GetValueOrDefault(texts[n], path.LastName))];
        if (made.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new OptionException("fields", $"two of the fields would be called {twice.Key}", "Give one of them another name: as { \"a.name\" = a_name }.");
        }

        shape = new DataShape(made);
    }

    public static TransformDefinition Definition { get; } = new("select", "Keeps some fields of each record, in the order given, and leaves the others out.")
    {
        Description = "Each kept field lies at the top, under the last name of its path. One that a record doesn't have becomes null. Tombstones go on as they are.",
        Options =
        [
            new("fields", OptionType.List, "The fields that are kept, at any depth.") { IsRequired = true, Importance = Importance.High, Item = new("", OptionType.Field, "A field.") },
            new("as", OptionType.Map, "Other names for some of them: the field as it is written in fields, and its name.") { Item = new("", OptionType.Text, "The name.") },
        ],
        Example = """{ transform = select, fields = [id, customer.name, "lines[0].sku"], as { "customer.name" = customer } }""",
        Create = options => new Select(options),
    };

    protected override DataObject Change(DataObject value, Row row)
    {
        var values = new DataValue[paths.Length];
        for (int n = 0; n < values.Length; n++) values[n] = paths[n].Get(value);
        return new DataObject(shape, values);
    }
}
