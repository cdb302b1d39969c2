using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <summary>
/// A document as it was read, with all it includes: nothing is substituted yet, so that it can be put over or under others first. Immutable.
/// </summary>
internal sealed class HoconDocument
{
    private readonly ObjectNode root;
    private readonly HoconSources sources;
    private readonly HoconLimits limits;

    private HoconDocument(ObjectNode root, HoconSources sources, HoconLimits limits)
    {
        this.root = root;
        this.sources = sources;
        this.limits = limits;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; one that ends in <c>.json</c> or <c>.properties</c> is read as what it is.</param>
    /// <param name="limits">What it may take; generous when left out.</param>
    /// <exception cref="ProblemException">It can't be read; all that is wrong with it is said.</exception>
    public static HoconDocument Load(string path, HoconLimits? limits = null)
    {
        var loader = new HoconLoader(limits ?? HoconLimits.Default);
        return Of(loader.Load(path), loader);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">What it comes from. Where that is the path of a file, what is included is looked for beside it.</param>
    /// <param name="limits">What it may take; generous when left out.</param>
    /// <exception cref="ProblemException">It can't be read; all that is wrong with it is said.</exception>
    public static HoconDocument Parse(string text, string origin, HoconLimits? limits = null)
    {
        var loader = new HoconLoader(limits ?? HoconLimits.Default);
        return Of(loader.Parse(text, origin), loader);
    }

    /// <summary>
    /// Reads <c>KEY=VALUE</c>: a path expression and a value. A value that HOCON would have in quotes is taken as it is, unless it begins like a list,
    /// an object or a quoted text, or holds a substitution.
    /// </summary>
    /// <param name="text">The assignment; <c>+=</c> appends to a list.</param>
    /// <param name="origin">What it comes from: <c>--set</c>.</param>
    /// <exception cref="ProblemException">It isn't one.</exception>
    public static HoconDocument ParseAssignment(string text, string origin)
    {
        var loader = new HoconLoader(HoconLimits.Default);
        return Of(loader.ParseAssignment(text, origin), loader);
    }

    /// <summary>Makes a document of plain texts. Where one path goes on from another, the longer ones are kept, as in <c>.properties</c>.</summary>
    /// <param name="fields">The path of each, its text, and where it is from.</param>
    public static HoconDocument OfFields(IEnumerable<(IReadOnlyList<string> Path, string Text, SourcePlace Place)> fields)
    {
        var root = new ObjectNode(default);
        foreach ((IReadOnlyList<string> path, string text, SourcePlace place) in fields) PropertiesParser.Set(root, [.. path], text, place);
        return new HoconDocument(root, new HoconSources(), HoconLimits.Default);
    }

    /// <summary>Puts this document over another, as if it were written behind it in one file. Neither is changed.</summary>
    public HoconDocument Over(HoconDocument under)
    {
        var both = new HoconSources();
        both.AddAll(under.sources);
        both.AddAll(sources);
        return new HoconDocument(under.root.Copy().MergedWith(root), both, limits);
    }

    /// <summary>Substitutes everything.</summary>
    /// <param name="environment">Gives the value of a variable, or null; the process's environment when left out.</param>
    /// <exception cref="ProblemException">A substitution has no value, goes in a circle, or makes too much; all of them are said.</exception>
    public HoconObject Resolve(Func<string, string?>? environment = null) =>
        new HoconResolver(root, sources, limits, environment ?? Environment.GetEnvironmentVariable).Resolve();

    /// <summary>The line of a place as it is written, for problems with what was read; null when it isn't known.</summary>
    public string? LineAt(SourcePlace place) => sources.LineAt(place);

    private static HoconDocument Of(ObjectNode root, HoconLoader loader)
    {
        loader.Problems.ThrowIfAny();
        return new HoconDocument(root, loader.Sources, loader.Limits);
    }
}
