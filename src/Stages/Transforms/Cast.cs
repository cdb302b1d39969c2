using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Makes values of other types.</summary>
internal sealed class Cast : ChangeTransform
{
    private readonly (DataPath Path, Casting Casting)[] casts;

    private Cast(IOptions options)
        : base("cast", options, string.Join(", ", options.Map("fields").Select(item => $"{item.Key} -> {item.Value.Text("")}")))
    {
        string? format = options.Has("format") ? options.Text("format") : null;
        TimeZoneInfo? zone = OptionReader.Zone(options, "zone");
        casts = [.. OptionReader.MapOfPaths(options, "fields").Select(item => (item.Path, new Casting(Type(item.Item.Text("")), format, zone)))];
    }

    public static TransformDefinition Definition { get; } = new("cast", "Makes values of other types of some fields of each record.")
    {
        Description = "What can't be made without losing something is an error of the record that names the field and its value: a fraction never becomes an integer by itself. Null stays " +
            "null, and a field that a record doesn't have is left alone. Lists and objects become texts of JSON. Tombstones go on as they are.",
        Options =
        [
            new("fields", OptionType.Map, "The fields with their types.")
            {
                IsRequired = true,
                Importance = Importance.High,
                Item = new("", OptionType.Choice, "The type.") { Choices = Casting.Types },
            },
            new("format", OptionType.Text, "How days and times are written as texts, in .NET's letters (dd.MM.yyyy HH:mm), or the unit of timestamps as numbers: s, ms, us, ns. ISO 8601 and milliseconds unless given."),
            new("zone", OptionType.Text, "The zone of days and times that don't say theirs: Europe/Berlin. UTC unless given."),
        ],
        Example = """{ transform = cast, fields { amount = decimal, ordered_at = timestamp }, format = "dd.MM.yyyy HH:mm", zone = Europe/Berlin }""",
        Create = options => new Cast(options),
    };

    protected override DataObject Change(DataObject value, Row row)
    {
        foreach ((DataPath path, Casting casting) in casts)
        {
            if (!path.TryGet(value, out DataValue found)) continue;
            DataValue made;
            try
            {
                made = casting.Cast(found);
            }
            catch (DataException e)
            {
                throw new DataException($"{path}: {e.Message}", e);
            }

            if (!made.IsSame(found)) value = path.Set(value, made);
        }

        return value;
    }

    private static string Type(string type) => Casting.Types.Contains(type)
        ? type
        : throw new OptionException(
            "fields", $"there is no type {type}", NearestName.To(type, Casting.Types) is { } near ? $"Did you mean {near}?" : $"There are: {string.Join(", ", Casting.Types)}.");
}
