using System.Security.Cryptography;
using System.Text;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Hides what fields say.</summary>
internal sealed class Mask : ChangeTransform
{
    private readonly DataPath[] paths;
    private readonly Func<string, string> hide;

    private Mask(IOptions options)
        : base("mask", options, string.Join(", ", options.Texts("fields")))
    {
        paths = OptionReader.Paths(options, "fields");
        hide = Method(options);
    }

    public static TransformDefinition Definition { get; } = new("mask", "Hides what some fields of each record say.")
    {
        Description = "stars makes a * of each character; text puts a fixed text there; keep-last makes stars of all but the last few characters, and of all where there are no more than those; " +
            "hash puts a keyed SHA-256 there, 64 hexadecimal digits, the same for the same value and salt, so that it can still be joined and counted: without the salt it can't be tried " +
            "out. Whatever a value was, it is a text then; lists and objects are masked as their JSON. Null stays null, and a field that a record doesn't have is left alone. Tombstones go on as they are.",
        Options =
        [
            new("fields", OptionType.List, "The fields that are masked, at any depth.") { IsRequired = true, Importance = Importance.High, Item = new("", OptionType.Field, "A field.") },
            new("method", OptionType.Choice, "How they are masked.") { Default = "stars", Choices = ["stars", "text", "hash", "keep-last"], Importance = Importance.High },
            new("text", OptionType.Text, "What is put there by the method text.") { Default = "***" },
            new("keep", OptionType.Integer, "How many characters the method keep-last keeps.") { Default = "4", Min = 0, Max = 1000 },
            new("salt", OptionType.Text, "The secret of the method hash.") { IsSecret = true },
        ],
        Example = """{ transform = mask, fields = [customer.email], method = hash, salt = ${MASK_SALT} }""",
        Create = options => new Mask(options),
    };

    protected override DataObject Change(DataObject value, Row row)
    {
        foreach (DataPath path in paths)
        {
            if (!path.TryGet(value, out DataValue found) || found.IsNull) continue;
            value = path.Set(value, DataValue.Of(hide(TextOf(found))));
        }

        return value;
    }

    private static string TextOf(DataValue value) => value.Kind switch
    {
        DataKind.List or DataKind.Object => DataJson.ToText(value),
        DataKind.Bytes => Convert.ToBase64String(value.AsBytes().Span),
        _ => DataConversion.ToText(value),
    };

    private static Func<string, string> Method(IOptions options)
    {
        switch (options.Text("method"))
        {
            case "text":
                string fixedText = options.Text("text");
                return _ => fixedText;
            case "keep-last":
                int keep = (int)options.Integer("keep");
                return text => text.Length <= keep ? new string('*', text.Length) : new string('*', text.Length - keep) + text[^keep..];
            case "hash":
                if (!options.Has("salt") || options.Text("salt").Length == 0)
                {
                    throw new OptionException(options.Has("salt") ? "salt" : "method", "a hash without a salt can be undone by trying values out", "Give a salt of your own, from the environment: salt = ${MASK_SALT}.");
                }

                byte[] salt = Encoding.UTF8.GetBytes(options.Text("salt"));
                return text => Convert.ToHexStringLower(HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(text)));
            default:
                return text => new string('*', text.Length);
        }
    }
}
