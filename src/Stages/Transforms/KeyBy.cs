using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Gives records another key.</summary>
internal sealed class KeyBy : Transform
{
    private static readonly string[] Ways = ["fields", "expression", "template"];

    private readonly string format;
    private readonly string? keyName;
    private readonly Func<Row, DataObject> make;
    private readonly bool usesKey;

    private KeyBy(IOptions options)
        : base("key", options, Describe(options))
    {
        string[] given = [.. Ways.Where(name => name == "fields" ? options.Texts(name).Count > 0 : options.Has(name))];
        if (given.Length != 1) throw new OptionException("", "a key is made of fields, of an expression or of a template", "Give one of fields, expression and template.");
        bool isObject = given[0] == "fields" && options.Texts("fields").Count > 1;
        format = options.Has("format") ? options.Text("format") : isObject ? "json" : "string";
        if (isObject && format != "json") throw new OptionException("format", $"a key of several fields is an object, and can't be {format}", "Make one text of them by a template: \"{a}-{b}\".");
        Func<DataValue, DataValue> convert = Convert(format);
        switch (given[0])
        {
            case "fields" when isObject:
                make = OfFields(OptionReader.Paths(options, "fields"));
                return;
            case "fields":
                DataPath path = OptionReader.Paths(options, "fields")[0];
                keyName = path.LastName;
                make = row => Scalar(path.ToString(), convert, path.Get(row.Value));
                break;
            case "expression":
                Expression expression = OptionReader.Expression(options.Text("expression"), "expression");
                usesKey = expression.UsesKey;
                make = row => Scalar(expression.Text, convert, expression.Evaluate(row));
                break;
            default:
                var template = new KeyTemplate(options.Text("template"), "template");
                make = row => DataObject.Scalar(convert(DataValue.Of(template.Format(row.Value))));
                break;
        }

        if (options.Has("as")) keyName = options.Text("as");
    }

    public static TransformDefinition Definition { get; } = new("key", "Gives each record a key made of its value.")
    {
        Description = "Where something is kept for each key behind it, records move to the partition of their new key through a topic of the engine's own; those of one key that came from one " +
            "source partition keep their order. A key that is null, or is made of a field that is null or missing, is an error of the record; so is a tombstone, which has no fields to make " +
            "a key of: leave them out before by a filter with tombstones = drop.",
        Options =
        [
            new("fields", OptionType.List, "The fields that are the key: one is the key itself, several are an object.") { Importance = Importance.High, Item = new("", OptionType.Field, "A field.") },
            new("expression", OptionType.Expression, "An expression that gives the key."),
            new("template", OptionType.Text, "A text with fields in braces: \"{origin}-{destination}\". A brace of its own is written twice."),
            new("format", OptionType.Choice, "How keys become bytes. A single key is a string unless given, an object json.") { Choices = DataSerdes.Formats },
            new("as", OptionType.Text, "What a single key is called where it becomes a field again, behind aggregate; the field's own name unless given, or key.") { Importance = Importance.Low },
        ],
        Example = "{ transform = key, fields = [customer.id] }",
        Create = options => new KeyBy(options),
    };

    public override DataStream Apply(DataStream stream, string? name = null) => stream.ThenKeyed(
        this,
        name,
        DataSerdes.For(format),
        keyName,
        (context, next) => stream.HasKeys ? new KeyOperator<DataObject>(context, next, this) : new KeyOperator<NoKey>(context, next, this));

    private static string Describe(IOptions options) => options.Texts("fields").Count > 0
        ? string.Join(", ", options.Texts("fields"))
        : options.Has("expression") ? options.Text("expression") : options.Has("template") ? options.Text("template") : "";

    /// <summary>A key is what it will be once it was written and read again, so that nothing depends on whether records moved.</summary>
    private static Func<DataValue, DataValue> Convert(string format) => format switch
    {
        "string" => value => value.Kind == DataKind.Text ? value : DataValue.Of(DataConversion.ToText(value)),
        "int16" => value => DataValue.Of(DataConversion.ToInteger(value, short.MinValue, short.MaxValue)),
        "int32" => value => DataValue.Of(DataConversion.ToInteger(value, int.MinValue, int.MaxValue)),
        "int64" => value => DataValue.Of(DataConversion.ToInteger(value)),
        "float" => value => DataValue.Of((double)(float)DataConversion.ToDouble(value)),
        "double" => value => DataValue.Of(DataConversion.ToDouble(value)),
        "bytes" => value => DataValue.Of(DataConversion.ToBytes(value)),
        _ => value => value.Kind is DataKind.Date or DataKind.LocalTime or DataKind.Instant ? DataValue.Of(DataConversion.ToText(value)) : value,
    };

    private static DataObject Scalar(string what, Func<DataValue, DataValue> convert, DataValue value)
    {
        if (value.IsNull) throw new DataException($"{what} is null or missing, and no key");
        try
        {
            return DataObject.Scalar(convert(value));
        }
        catch (DataException e)
        {
            throw new DataException($"{what} can't be the key: {e.Message}", e);
        }
    }

    private static Func<Row, DataObject> OfFields(DataPath[] paths)
    {
        if (paths.GroupBy(path => path.LastName).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new OptionException("fields", $"two fields of the key would be called {twice.Key}", "Rename one of them before, or use a template.");
        }

        var shape = new DataShape([.. paths.Select(path => path.LastName)]);
        Func<DataValue, DataValue> convert = Convert("json");
        return row =>
        {
            var values = new DataValue[paths.Length];
            for (int n = 0; n < values.Length; n++)
            {
                values[n] = convert(paths[n].Get(row.Value));
                if (values[n].IsNull) throw new DataException($"{paths[n]} is null or missing, and part of the key");
            }

            return new DataObject(shape, values);
        };
    }

    private sealed class KeyOperator<TKey>(IStageContext context, Receiver<DataObject, DataObject> next, KeyBy transform)
        : Operator<TKey, DataObject, DataObject, DataObject>(context, next)
    {
        private readonly Row row = new();
        private DataObject made = null!;

        protected override bool Call(ref Record<TKey, DataObject> record)
        {
            if (record.IsTombstone) throw new DataException("the record is a tombstone, and has no fields to make a key of");
            row.Load(ref record, transform.usesKey);
            made = transform.make(row);
            return true;
        }

        protected override void Emit(ref Record<TKey, DataObject> record)
        {
            Record<DataObject, DataObject> changed = record.WithKey(made);
            Next.Receive(ref changed);
        }
    }
}
