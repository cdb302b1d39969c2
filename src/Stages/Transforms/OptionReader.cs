using System.Text.RegularExpressions;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Reads what transforms have in their options: paths, expressions, patterns and zones, each checked where it is written.</summary>
internal static class OptionReader
{
    private const int ShownMax = 80;

    /// <summary>The path of a field.</summary>
    /// <param name="text">How it is written.</param>
    /// <param name="option">The option it is written in.</param>
    /// <exception cref="OptionException">It is none.</exception>
    public static DataPath Path(string text, string option) => DataPath.TryParse(text, out DataPath? path, out string? problem)
        ? path
        : throw new OptionException(
            option, $"'{text}' is no path of a field: {problem}", "Paths are written like customer.address.city or lines[0].sku; odd names in quotes: \"odd name\".x.") { Text = text };

    /// <summary>The paths of a list.</summary>
    /// <exception cref="OptionException">One of them is none, or two are the same.</exception>
    public static DataPath[] Paths(IOptions options, string option)
    {
        DataPath[] paths = [.. options.Texts(option).Select(text => Path(text, option))];
        if (paths.Length == 0) throw new OptionException(option, $"{option} names no field", "Name one or more: [a, b.c].");
        if (paths.GroupBy(path => path).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new OptionException(option, $"{option} names {twice.Key} twice", "Name each field once.");
        }

        return paths;
    }

    /// <summary>An expression.</summary>
    /// <exception cref="OptionException">It is none.</exception>
    public static Expression Expression(string text, string option)
    {
        try
        {
            return Expressions.Expression.Parse(text);
        }
        catch (ExpressionException e)
        {
            throw new OptionException(option, $"{e.Message}{Shown(text)}", e.Remedy, e) { Text = text, Position = e.Position };
        }
    }

    /// <summary>An expression that is used as a condition.</summary>
    /// <exception cref="OptionException">It is none, or can't be one.</exception>
    public static Expression Condition(string text, string option)
    {
        Expression condition = Expression(text, option);
        return condition.Kinds.MayBe(ValueKinds.Boolean)
            ? condition
            : throw new OptionException(option, $"'{text}' is {condition.Kinds.Describe()}, and no condition", "Compare it with something: amount > 10.") { Text = text };
    }

    /// <summary>A regular expression that is found anywhere in a text, in a time that grows with the text's length alone.</summary>
    /// <exception cref="OptionException">It is none.</exception>
    public static Regex Pattern(string text, string option)
    {
        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            (string what, string remedy) = Patterns.Describe(e);
            throw new OptionException(option, $"'{text}' is no regular expression{what}", remedy, e) { Text = text };
        }
    }

    /// <summary>An expression as the end of a message: on one line, and never at length.</summary>
    private static string Shown(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length switch
        {
            0 => "",
            <= ShownMax => $" in: {line}",
            _ => $" in: {line[..ShownMax]}…",
        };
    }

    /// <summary>A zone, by its name in the IANA's list; null when none is given.</summary>
    /// <exception cref="OptionException">There is no such zone.</exception>
    public static TimeZoneInfo? Zone(IOptions options, string option)
    {
        if (!options.Has(option)) return null;
        string name = options.Text(option);
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone)
            ? zone
            : throw new OptionException(option, $"there is no time zone {name}", "Zones are named like Europe/Berlin or America/New_York, or UTC.");
    }

    /// <summary>The items of a map with paths for names.</summary>
    /// <exception cref="OptionException">A name is no path, or there are none.</exception>
    public static (DataPath Path, IOptions Item)[] MapOfPaths(IOptions options, string option)
    {
        (DataPath Path, IOptions Item)[] items = [.. options.Map(option).Select(item => (Path(item.Key, option), item.Value))];
        return items.Length > 0 ? items : throw new OptionException(option, $"{option} names no field", $"Write one or more: {option} {{ a = ... }}.");
    }
}
