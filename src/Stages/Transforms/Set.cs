using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Sets fields to what expressions give.</summary>
internal sealed class Set : ChangeTransform
{
    private readonly (DataPath Path, Expression Value)[] fields;

    private Set(IOptions options)
        : base("set", options, string.Join(", ", options.Map("fields").Select(item => $"{item.Key} = {item.Value.Text("")}")))
    {
        fields = [.. OptionReader.MapOfPaths(options, "fields").Select(item => (item.Path, OptionReader.Expression(item.Item.Text(""), "fields")))];
        UsesKey = fields.Any(field => field.Value.UsesKey);
    }

    public static TransformDefinition Definition { get; } = new("set", "Sets some fields of each record to what expressions give.")
    {
        Description = "A field that a record doesn't have is added behind the others, with the objects on the way to it. All expressions look at the record as it came, whatever the others " +
            "set. Texts within expressions stand in quotes of their own: \"'new'\". Tombstones go on as they are. `connectors describe filter` has the language of expressions.",
        Options =
        [
            new("fields", OptionType.Map, "The fields with their expressions.") { IsRequired = true, Importance = Importance.High, Item = new("", OptionType.Expression, "What it is set to.") },
        ],
        Example = """{ transform = set, fields { total = "price * quantity", "customer.name" = "upper(customer.name)", state = "'new'" } }""",
        Create = options => new Set(options),
    };

    protected override bool UsesKey { get; }

    protected override DataObject Change(DataObject value, Row row)
    {
        foreach ((DataPath path, Expression expression) in fields)
        {
            DataValue made = expression.Evaluate(row);
            if (!path.TryGet(value, out DataValue found) || !made.IsSame(found)) value = path.Set(value, made);
        }

        return value;
    }
}
