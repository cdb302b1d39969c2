using System.Collections.Immutable;
using System.Globalization;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Records.Data;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings.Options;

/// <summary>
/// Reads a value as its definition has it. What doesn't fit becomes a problem at its place; the caller then goes on with the default, so that all problems
/// are found in one pass.
/// </summary>
/// <param name="problems">Takes what is wrong.</param>
internal sealed class OptionReading(ProblemList problems)
{
    /// <summary>Takes what is wrong.</summary>
    public ProblemList Problems { get; } = problems;

    /// <summary>The Kafka clusters that connectors may name.</summary>
    public IReadOnlyDictionary<string, NamedCluster> Clusters { get; init; } = ImmutableDictionary<string, NamedCluster>.Empty;

    /// <summary>Reads a value whose definition has no values inside.</summary>
    /// <param name="definition">What it has to be.</param>
    /// <param name="field">The field.</param>
    /// <param name="name">How messages call it.</param>
    /// <returns>
    /// A string, a long, a double, a bool, a <see cref="TimeSpan"/>, a <see cref="DateTimeOffset"/> or a <see cref="DataValue"/>, sizes as long; null when it
    /// doesn't fit.
    /// </returns>
    public object? Scalar(OptionDefinition definition, HoconField field, OptionName name)
    {
        HoconValue value = field.Value;
        if (definition.IsSecret && value is HoconObject from) return SecretFrom(from, name);
        if (definition.Type == OptionType.Value) return ToData(value);
        if (value is not HoconScalar scalar || scalar.Kind == HoconKind.Null)
        {
            return Wrong(value.Kind == HoconKind.Object ? ProblemCodes.WrongForm : ProblemCodes.WrongType, definition, field, name);
        }

        switch (definition.Type)
        {
            case OptionType.Integer:
                return HoconReading.TryInteger(scalar, out long whole) ? Within(definition, whole, whole, field, name) : Wrong(ProblemCodes.WrongType, definition, field, name);
            case OptionType.Number:
                return HoconReading.TryNumber(scalar, out double number) ? Within(definition, number, number, field, name) : Wrong(ProblemCodes.WrongType, definition, field, name);
            case OptionType.Flag:
                return HoconReading.TryFlag(scalar, out bool flag) ? flag : Wrong(ProblemCodes.WrongType, definition, field, name);
            case OptionType.Duration:
                return HoconUnits.TryDuration(scalar.Text, out TimeSpan duration)
                    ? Within(definition, duration, duration.TotalMilliseconds, field, name)
                    : Wrong(ProblemCodes.WrongType, definition, field, name);
            case OptionType.Size:
                return HoconUnits.TrySize(scalar.Text, out long bytes) ? Within(definition, bytes, bytes, field, name) : Wrong(ProblemCodes.WrongType, definition, field, name);
            case OptionType.Time:
                return DateTimeOffset.TryParse(scalar.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                    ? time
                    : Wrong(ProblemCodes.WrongType, definition, field, name);
            case OptionType.Choice:
                if (definition.Choices.Contains(scalar.Text)) return scalar.Text;
                string near = NearestKey.Hint(scalar.Text, definition.Choices);
                Problems.Add(ProblemCodes.NoChoice, value.Place, $"{name} = {Shown(definition, value)} is none of {string.Join(", ", definition.Choices)}{near}", Remedy(definition) + Hint(value));
                return null;
            default:
                return scalar.Text;
        }
    }

    /// <summary>A value of any kind.</summary>
    public static DataValue ToData(HoconValue value) => value switch
    {
        HoconObject fields => DataValue.Of(new DataObject(new DataShape([.. fields.Select(field => field.Name)]), [.. fields.Select(field => ToData(field.Value))])),
        HoconArray array => DataValue.Of([.. array.Items.Select(ToData)]),
        HoconScalar { Kind: HoconKind.Null } => DataValue.Null,
        HoconScalar { Kind: HoconKind.Boolean } scalar => DataValue.Of(scalar.Text == "true"),
        HoconScalar { Kind: HoconKind.Number } scalar when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => DataValue.Of(whole),
        HoconScalar { Kind: HoconKind.Number } scalar when decimal.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact) => DataValue.Of(exact),
        HoconScalar { Kind: HoconKind.Number } scalar => DataValue.Of(double.Parse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture)),
        HoconScalar scalar => DataValue.Of(scalar.Text),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    /// <summary>What a definition takes, as the end of a sentence: <c>a number from 1 to 1024</c>.</summary>
    public static string Wanted(OptionDefinition definition) => definition.Type switch
    {
        OptionType.Integer => $"a whole number{Range(definition)}",
        OptionType.Number => $"a number{Range(definition)}",
        OptionType.Flag => "true or false",
        OptionType.Duration => $"a duration{Range(definition)} with its unit, like 100ms or 30s",
        OptionType.Size => $"a size{Range(definition)} with its unit, like 16MB",
        OptionType.Time => "a point in time, like 2024-05-01T10:00:00Z",
        OptionType.Choice => $"one of {string.Join(", ", definition.Choices)}",
        OptionType.Field => "the path of a field, like customer.city",
        OptionType.Expression => "an expression over fields, like \"amount > 10\"",
        OptionType.Object => "a block: { ... }",
        OptionType.Map => "a block of names with their values: { name = value }",
        OptionType.List => "a list: [ ... ]",
        OptionType.Value => "any value",
        _ => definition.IsSecret ? "a text, { env = NAME } or { file = PATH }" : "a text",
    };

    /// <summary>The limits of a definition, as the end of a phrase; empty when there are none.</summary>
    public static string Range(OptionDefinition definition) => (definition.Min, definition.Max) switch
    {
        ({ } min, { } max) => $" from {Limit(definition.Type, min)} to {Limit(definition.Type, max)}",
        ({ } min, null) => $" of at least {Limit(definition.Type, min)}",
        (null, { } max) => $" of at most {Limit(definition.Type, max)}",
        _ => "",
    };

    /// <summary>A value as it may be shown: never a secret, and never at length.</summary>
    public static string Shown(OptionDefinition definition, HoconValue value)
    {
        if (definition.IsSecret) return Secret.Mask;
        string text = value switch
        {
            HoconScalar scalar => scalar.Kind == HoconKind.Text ? $"\"{scalar.Text}\"" : scalar.Text,
            HoconArray => "[...]",
            _ => "{...}",
        };
        return text.Length <= 60 ? text : text[..59] + "…";
    }

    private static string Limit(OptionType type, double limit) => type switch
    {
        OptionType.Duration => SettingText.Of(TimeSpan.FromMilliseconds(limit)),
        OptionType.Size => SettingText.OfSize((long)limit),
        _ => limit.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private object? Within(OptionDefinition definition, object value, double measure, HoconField field, OptionName name)
    {
        if ((definition.Min is not { } min || measure >= min) && (definition.Max is not { } max || measure <= max)) return value;
        Problems.Add(ProblemCodes.OutOfRange, field.Value.Place, $"{name} = {Shown(definition, field.Value)} must be {Wanted(definition)}", Remedy(definition));
        return null;
    }

    /// <summary>What to add where a value has a substitution in quotes, which is a text like others; empty for any other value.</summary>
    public static string Hint(HoconValue value) => value switch
    {
        HoconScalar scalar => scalar.Text.Contains("${", StringComparison.Ordinal) ? " A substitution stands outside of quotes: ${path}." : "",
        HoconArray array => array.Items.Select(Hint).FirstOrDefault(hint => hint.Length > 0) ?? "",
        _ => "",
    };

    private static string Remedy(OptionDefinition definition) => definition.Default is { } otherwise && !definition.IsSecret
        ? $"Give another, or leave it out: the default is {otherwise}."
        : definition.IsRequired ? "Give another; it has no default." : "Give another, or leave it out.";

    private object? Wrong(string code, OptionDefinition definition, HoconField field, OptionName name)
    {
        string form = field.Value.Kind switch
        {
            HoconKind.Object => " has settings of its own, and",
            HoconKind.Null => " = null:",
            _ => $" = {Shown(definition, field.Value)}",
        };
        string must = field.Value.Kind switch
        {
            HoconKind.Object => " takes a value:",
            HoconKind.Null => " it must be",
            _ => " must be",
        };
        Problems.Add(code, field.Value.Place, $"{name}{form}{must} {Wanted(definition)}", Remedy(definition) + (definition.IsSecret ? "" : Hint(field.Value)));
        return null;
    }

    private string? SecretFrom(HoconObject from, OptionName name)
    {
        try
        {
            return Secret.Read(from, name.ToString());
        }
        catch (OptionException e)
        {
            Problems.Add(ProblemCodes.NoSecret, from.Place, e.Message, e.Remedy);
            return null;
        }
    }
}

/// <summary>How messages call an option; made into a text only when there is something to say.</summary>
/// <param name="Block">The path of its block; empty for none.</param>
/// <param name="Key">Its key in there.</param>
internal readonly record struct OptionName(string Block, string Key)
{
    /// <inheritdoc/>
    public override string ToString() => Block.Length == 0 ? Key : $"{Block}.{Key}";
}
