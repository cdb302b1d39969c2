using System.Collections;
using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings;

/// <summary>
/// Where settings come from, layer over layer: the reference, the files, the environment, the command line. They are merged first and resolved once, so a
/// substitution sees what the layers above have put in its place.
/// </summary>
internal sealed record SettingsSources
{
    /// <summary>Files in the order in which they are given; a later one wins.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Settings of the command line, each <c>KEY=VALUE</c>; a later one wins.</summary>
    public IReadOnlyList<string> Assignments { get; init; } = [];

    /// <summary>The environment: <c>STREAMENGINE_...</c> are settings, and substitutions fall back to all of it.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A text to be read like a file, and how it is called; for tests.</summary>
    public (string Text, string Origin)? Text { get; init; }

    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> OfProcess() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    /// <summary>Reads and merges all layers; resolving is left to the caller, with <see cref="Lookup"/>.</summary>
    /// <exception cref="ProblemException">Something in them is no HOCON.</exception>
    public HoconDocument Merge()
    {
        var problems = new ProblemList();
        HoconDocument merged = SettingsReference.Document;
        foreach (Func<HoconDocument> layer in Layers())
        {
            try
            {
                merged = layer().Over(merged);
            }
            catch (ProblemException e)
            {
                foreach (Problem problem in e.Problems) problems.Add(problem);
            }
        }

        problems.ThrowIfErrors();
        return merged;
    }

    /// <summary>What substitutions fall back to.</summary>
    public string? Lookup(string name) => Environment.GetValueOrDefault(name);

    private IEnumerable<Func<HoconDocument>> Layers()
    {
        foreach (string file in Files) yield return () => HoconDocument.Load(file);
        if (Text is { } given) yield return () => HoconDocument.Parse(given.Text, given.Origin);
        yield return () => EnvironmentLayer.Of(Environment);
        foreach (string assignment in Assignments) yield return () => HoconDocument.ParseAssignment(assignment, $"--set {KeyOf(assignment)}");
    }

    /// <summary>The key of an assignment: its value may be a secret.</summary>
    private static string KeyOf(string assignment) => assignment.IndexOfAny(['=', ':']) is > 0 and var end ? assignment[..end].Trim() : assignment;
}
