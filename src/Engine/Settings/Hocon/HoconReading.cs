using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace StreamEngine.Settings.Hocon;

/// <summary>Reads values as what is asked for, with the conversions that HOCON knows: between texts, numbers and flags. Null, objects and lists are never converted.</summary>
internal static class HoconReading
{
    /// <summary>The text of a value that holds no others; of a number as it is written. False for null, objects and lists.</summary>
    public static bool TryText(HoconValue value, [NotNullWhen(true)] out string? text)
    {
        text = value is HoconScalar { Kind: not HoconKind.Null } scalar ? scalar.Text : null;
        return text is not null;
    }

    /// <summary>A whole number: a number, or a text that is one. <c>5.0</c> and <c>1e3</c> are whole.</summary>
    public static bool TryInteger(HoconValue value, out long number)
    {
        number = 0;
        if (!IsNumeric(value, out string? text)) return false;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)) return true;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact) || exact != decimal.Truncate(exact)) return false;
        if (exact is < long.MinValue or > long.MaxValue) return false;
        number = (long)exact;
        return true;
    }

    /// <summary>A number: a number, or a text that is one, as JSON writes it. False where it is too large to be told from infinity.</summary>
    public static bool TryNumber(HoconValue value, out double number)
    {
        number = 0;
        return IsNumeric(value, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    /// <summary>A flag: <c>true</c> or <c>false</c>; <c>yes</c>, <c>on</c>, <c>no</c> and <c>off</c> as well, in lower case.</summary>
    public static bool TryFlag(HoconValue value, out bool flag)
    {
        string? text = value is HoconScalar { Kind: HoconKind.Boolean or HoconKind.Text } scalar ? scalar.Text : null;
        flag = text is "true" or "yes" or "on";
        return flag || text is "false" or "no" or "off";
    }

    /// <summary>A list: a list, or an object with numbers from 0 for names, in their order; names that are none, and gaps, are passed over.</summary>
    public static bool TryList(HoconValue value, [NotNullWhen(true)] out IReadOnlyList<HoconValue>? items)
    {
        items = value switch
        {
            HoconArray array => array.Items,
            HoconObject fields => Indexed(fields),
            _ => null,
        };
        return items is not null;
    }

    /// <summary>The first field of an object in place of a list that is no item of it: its name is no number, or one is missing before it. Null when there is none.</summary>
    public static HoconField? StrayIn(HoconValue list)
    {
        if (list is not HoconObject fields) return null;
        HashSet<string> indexes = [.. Enumerable.Range(0, fields.Count).Select(index => index.ToString(CultureInfo.InvariantCulture))];
        return fields.FirstOrDefault(field => !indexes.Contains(field.Name));
    }

    private static List<HoconValue>? Indexed(HoconObject fields)
    {
        var indexed = new SortedList<int, HoconValue>();
        foreach (HoconField field in fields)
        {
            if (int.TryParse(field.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int index)) indexed.TryAdd(index, field.Value);
        }

        return indexed.Count == 0 ? null : [.. indexed.Values];
    }

    private static bool IsNumeric(HoconValue value, [NotNullWhen(true)] out string? text)
    {
        text = value is HoconScalar { Kind: HoconKind.Number or HoconKind.Text } scalar ? scalar.Text.Trim() : null;
        return text is not null && HoconText.IsNumber(text);
    }
}
