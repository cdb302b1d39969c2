using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <content>Finding what is included.</content>
internal sealed partial class HoconLoader
{
    /// <summary>In the order in which files of one name are merged: the last wins.</summary>
    private static readonly string[] Extensions = [".properties", ".json", ".conf"];

    /// <inheritdoc/>
    public ObjectNode Load(Include include, IReadOnlyList<string> prefix, out bool hasSubstitutions)
    {
        hasSubstitutions = false;
        var nothing = new ObjectNode(include.Source.PlaceOf(include.At));
        if (PathOf(include) is not { } path) return nothing;
        string[] found = [.. Candidates(path).Where(File.Exists)];
        if (found.Length == 0)
        {
            if (Directory.Exists(path)) Report(include, ProblemCodes.BadInclude, $"{path} is a directory", "Include a file in it.");
            else if (include.IsRequired) ReportMissing(include, path);
            return nothing;
        }

        ObjectNode? merged = null;
        foreach (string file in found)
        {
            if (!MayRead(include, file)) return nothing;
            ObjectNode read = Read(file, include, prefix, out bool substitutes);
            hasSubstitutions |= substitutes;
            merged = merged is null ? read : merged.MergedWith(read);
        }

        return merged!;
    }

    /// <summary>The file that a name means; null when it can't mean one, which is reported.</summary>
    private string? PathOf(Include include)
    {
        string name = include.Name;
        if (name.Length == 0)
        {
            Report(include, ProblemCodes.BadInclude, "the name of the file is empty", "Write include \"file.conf\".");
            return null;
        }

        if (include.Kind == IncludeKind.Plain && name.IndexOf("://", StringComparison.Ordinal) is > 1 and var scheme && name.AsSpan(0, scheme).IndexOfAnyExceptInRange('a', 'z') < 0)
        {
            Report(include, ProblemCodes.BadInclude, $"{name} is a URL, and settings are included from files", "Save it as a file beside this one and include that.");
            return null;
        }

        if (Path.IsPathRooted(name)) return name;
        if (reading.Count > 0) return Path.Combine(Path.GetDirectoryName(reading[^1].Origin) ?? "", name);
        Report(include, ProblemCodes.BadInclude, $"{name} is relative, and what includes it is no file", "Give the whole path, or include it from a file.");
        return null;
    }

    /// <summary>The files that a name without an extension may mean; the file itself when it has one.</summary>
    private static IEnumerable<string> Candidates(string path) =>
        Extensions.Any(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) || (Path.HasExtension(path) && File.Exists(path))
            ? [path]
            : Extensions.Select(extension => path + extension);

    private bool MayRead(Include include, string file)
    {
        string full = Path.GetFullPath(file);
        int first = reading.FindIndex(each => each.Full == full);
        if (first >= 0)
        {
            string chain = string.Join(" includes ", reading.Skip(first).Select(each => each.Origin).Append(file));
            Report(include, ProblemCodes.IncludeCycle, $"{file} includes itself: {chain}", "Take out one of these includes.");
            return false;
        }

        if (reading.Count > Limits.IncludeDepthMax)
        {
            Report(include, ProblemCodes.TooManyIncludes, $"more than {Limits.IncludeDepthMax} files include each other in a row", "Include files more directly.");
            return false;
        }

        if (includes++ < Limits.IncludesMax) return true;

        // Said at each of them, it would bury what else is wrong.
        if (includes == Limits.IncludesMax + 1) Report(include, ProblemCodes.TooManyIncludes, $"more than {Limits.IncludesMax} files are included", "Look for files that include each other many times over.");
        return false;
    }

    private void ReportMissing(Include include, string path)
    {
        string tried = string.Join(", ", Candidates(path).Select(Path.GetFullPath));
        Report(
            include, ProblemCodes.IncludeMissing, $"the required file {include.Name} doesn't exist",
            $"Tried: {tried}. Make it, mend its name, or leave out required() if it may be missing.");
    }

    private void Report(Include include, string code, string what, string remedy) => Problems.Add(include.Source.Problem(code, include.At, what, remedy));
}
