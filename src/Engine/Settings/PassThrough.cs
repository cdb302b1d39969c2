using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings;

/// <summary>
/// Which keys of a block are passed on to a library that reads them by its own names. Only what is listed is: a library's keys may load code, read files,
/// reach other hosts, or undo what the engine relies on.
/// </summary>
/// <param name="Library">Whose keys they are.</param>
/// <param name="Allowed">The keys that are passed on; one that ends in <c>.*</c> stands for all below it.</param>
/// <param name="Refused">Keys that users know and that aren't, with the reason and what to do.</param>
internal sealed record PassThrough(string Library, IReadOnlyList<string> Allowed, IReadOnlyDictionary<string, (string Reason, string Remedy)> Refused)
{
    /// <summary>Checks that all keys of a block are passed on.</summary>
    /// <param name="block">The block.</param>
    /// <param name="path">How messages call it.</param>
    /// <param name="problems">Takes what isn't.</param>
    public void Check(HoconObject block, string path, ProblemList problems) => Check(block, "", path, problems);

    /// <summary>The keys of a block with their texts, as the library takes them.</summary>
    public static IReadOnlyDictionary<string, string> Read(HoconObject block)
    {
        var passed = new Dictionary<string, string>(StringComparer.Ordinal);
        Read(block, "", passed);
        return passed;
    }

    private static void Read(HoconObject block, string prefix, Dictionary<string, string> passed)
    {
        foreach (HoconField field in block)
        {
            if (field.Value is HoconObject inner) Read(inner, $"{prefix}{field.Name}.", passed);
            else if (field.Value is HoconScalar scalar) passed[prefix + field.Name] = scalar.Text;
        }
    }

    private void Check(HoconObject block, string prefix, string path, ProblemList problems)
    {
        foreach (HoconField field in block)
        {
            string key = prefix + field.Name;
            if (field.Value is HoconObject inner && Matching(Refused.Keys, key) is null) Check(inner, $"{key}.", path, problems);
            else CheckKey(key, field, path, problems);
        }
    }

    private void CheckKey(string key, HoconField field, string path, ProblemList problems)
    {
        if (Matching(Refused.Keys, key) is { } refused)
        {
            problems.Add(ProblemCodes.NotPassedOn, field.KeyPlace, $"{path}.{key} is not passed on to {Library}: {Refused[refused].Reason}", Refused[refused].Remedy);
            return;
        }

        if (Matching(Allowed, key) is not null) return;
        string? nearest = NearestKey.To(key, Allowed);
        string text = $"{path}.{key} is not among the keys that are passed on to {Library}{(nearest is null ? "" : $"; did you mean {path}.{nearest}?")}";
        string remedy = nearest is null ? $"Leave it out. Passed on are {string.Join(", ", Allowed)}." : "Mend its name, or leave it out.";
        problems.Add(new Problem(ProblemCodes.NotPassedOn, field.KeyPlace, text, remedy) { HidesLine = nearest is not null && SecretPaths.ByName([nearest]) });
    }

    private static string? Matching(IEnumerable<string> patterns, string key) => patterns.FirstOrDefault(pattern =>
        pattern == key || (pattern.EndsWith(".*", StringComparison.Ordinal) && key.StartsWith(pattern[..^1], StringComparison.Ordinal)));
}
