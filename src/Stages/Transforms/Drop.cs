using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Leaves fields out.</summary>
internal sealed class Drop : ChangeTransform
{
    private readonly DataPath[] paths;

    private Drop(IOptions options)
        : base("drop", options, string.Join(", ", options.Texts("fields"))) => paths = OptionReader.Paths(options, "fields");

    public static TransformDefinition Definition { get; } = new("drop", "Leaves some fields of each record out.")
    {
        Description = "A field that a record doesn't have is nothing to leave out. Tombstones go on as they are.",
        Options = [new("fields", OptionType.List, "The fields that are left out, at any depth.") { IsRequired = true, Importance = Importance.High, Item = new("", OptionType.Field, "A field.") }],
        Example = "{ transform = drop, fields = [password, customer.phone] }",
        Create = options => new Drop(options),
    };

    protected override DataObject Change(DataObject value, Row row)
    {
        foreach (DataPath path in paths) value = path.Remove(value);
        return value;
    }
}
