using StreamEngine.Contracts.Catalogue;
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
    /// <summary>Allowed keys that name a file or a folder, from the folder of the file they are written in; it has to be there.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Allowed keys that name what this process asks over HTTP: only by https, which the metadata services of clouds don't speak.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>What a key of <see cref="Files"/> may have in place of a path: the library looks where systems keep such files.</summary>
    private const string Probe = "probe";

    /// <summary>Checks that all keys of a block are passed on.</summary>
    /// <param name="block">The block.</param>
    /// <param name="path">How messages call it.</param>
    /// <param name="problems">Takes what isn't.</param>
    public void Check(HoconObject block, string path, ProblemList problems) => Check(block, "", path, problems);

    /// <summary>The keys of a block with their texts, as the library takes them; secrets from where the block says that they are.</summary>
    /// <param name="block">The block.</param>
    /// <param name="path">How messages call it.</param>
    /// <param name="problems">Takes what is wrong with keys and values.</param>
    public IReadOnlyDictionary<string, string> Read(HoconObject block, string path, ProblemList problems)
    {
        Check(block, path, problems);
        var passed = new Dictionary<string, string>(StringComparer.Ordinal);
        Read(block, "", path, problems, passed);
        return passed;
    }

    private void Read(HoconObject block, string prefix, string path, ProblemList problems, Dictionary<string, string> passed)
    {
        foreach (HoconField field in block)
        {
            string key = prefix + field.Name;
            if (field.Value is HoconObject inner && !IsSecret(key)) Read(inner, $"{key}.", path, problems, passed);
            else if (Matching(Allowed, key) is not null && ValueOf(key, field.Value, $"{path}.{key}", problems) is { } value) passed[key] = value;
        }
    }

    /// <summary>A key's text; null when it has none that can be passed on.</summary>
    private string? ValueOf(string key, HoconValue value, string name, ProblemList problems)
    {
        switch (value)
        {
            case HoconObject secret:
                try
                {
                    return Secret.Read(secret, name);
                }
                catch (OptionException e)
                {
                    problems.Add(ProblemCodes.NoSecret, secret.Place, e.Message, e.Remedy);
                    return null;
                }

            case HoconScalar { Kind: not HoconKind.Null } scalar when Files.Contains(key):
                return PathOf(scalar, name, problems);
            case HoconScalar { Kind: not HoconKind.Null } scalar:
                if (Endpoints.Contains(key) && !(Uri.TryCreate(scalar.Text, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttps))
                {
                    problems.Add(ProblemCodes.NotPassedOn, scalar.Place, $"{name} is not passed on to {Library}: it is asked by https only", "Give a URL that begins with https://.");
                }

                return scalar.Text;
            default:
                problems.Add(new Problem(ProblemCodes.WrongForm, value.Place, $"{name} must be a value, as {Library} takes it", "Write one value; several of them stand in one text, with commas between them.") { HidesLine = IsSecret(key) });
                return null;
        }
    }

    private static string PathOf(HoconScalar value, string name, ProblemList problems)
    {
        if (value.Text == Probe) return Probe;

        // Relative to the file it is written in, as includes are.
        string full = Path.GetFullPath(value.Text, Path.GetDirectoryName(Path.GetFullPath(value.Place.Origin)) ?? Environment.CurrentDirectory);
        if (!Path.Exists(full)) problems.Add(ProblemCodes.NoFile, value.Place, $"{name}: there is no file {value.Text}", "Name a file that is there; relative paths count from the folder of the file they are written in.");
        return full;
    }

    /// <summary>Whether a key is a secret, which may be given by where it is.</summary>
    private bool IsSecret(string key) => Allowed.Contains(key) && SecretPaths.ByName(key.Split('.'));

    private void Check(HoconObject block, string prefix, string path, ProblemList problems)
    {
        foreach (HoconField field in block)
        {
            string key = prefix + field.Name;
            if (field.Value is HoconObject inner && Matching(Refused.Keys, key) is null && !IsSecret(key)) Check(inner, $"{key}.", path, problems);
            else CheckKey(key, field, path, problems);
        }
    }

    private void CheckKey(string key, HoconField field, string path, ProblemList problems)
    {
        if (RefusalOf(key, path) is not { } refusal) return;
        bool hides = NearestKey.To(key, Allowed) is { } nearest && SecretPaths.ByName([nearest]);
        problems.Add(new Problem(ProblemCodes.NotPassedOn, field.KeyPlace, refusal.Text, refusal.Remedy) { HidesLine = hides && Matching(Refused.Keys, key) is null });
    }

    /// <summary>Why a key isn't passed on, and what to do; null when it is.</summary>
    /// <param name="key">The key.</param>
    /// <param name="path">How messages call the block.</param>
    public (string Text, string Remedy)? RefusalOf(string key, string path)
    {
        if (Matching(Refused.Keys, key) is { } refused) return ($"{path}.{key} is not passed on to {Library}: {Refused[refused].Reason}", Refused[refused].Remedy);
        if (Matching(Allowed, key) is not null) return null;
        return NearestKey.To(key, Allowed) is { } nearest
            ? ($"{path}.{key} is not among the keys that are passed on to {Library}; did you mean {path}.{nearest}?", "Mend its name, or leave it out.")
            : ($"{path}.{key} is not among the keys that are passed on to {Library}", $"Leave it out. Passed on are {string.Join(", ", Allowed)}.");
    }

    private static string? Matching(IEnumerable<string> patterns, string key) => patterns.FirstOrDefault(pattern =>
        pattern == key || (pattern.EndsWith(".*", StringComparison.Ordinal) && key.StartsWith(pattern[..^1], StringComparison.Ordinal)));
}
