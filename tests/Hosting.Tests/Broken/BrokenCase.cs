using System.Text;

namespace StreamEngine.Hosting.Tests.Broken;

/// <summary>
/// A configuration that is wrong, and exactly what is said about it. A file of cases has each under a line <c>=== what is wrong</c>; in it files follow lines
/// <c>--- name</c>, of which <c>case.conf</c> is the one that is given, then what is said, after <c>--- says</c>. Lines <c>--- set</c> and <c>--- env</c> are
/// followed by assignments.
/// </summary>
internal sealed record BrokenCase(string Name, IReadOnlyDictionary<string, string> Files, IReadOnlyList<string> Sets, IReadOnlyDictionary<string, string> Environment, string Says)
{
    /// <summary>The cases of a file.</summary>
    public static IReadOnlyList<BrokenCase> Of(string text)
    {
        var cases = new List<BrokenCase>();
        string? name = null;
        var parts = new List<(string Name, StringBuilder Text)>();
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("=== ", StringComparison.Ordinal))
            {
                if (name is not null) cases.Add(Make(name, parts));
                name = line[4..].Trim();
                parts = [];
            }
            else if (line.StartsWith("--- ", StringComparison.Ordinal)) parts.Add((line[4..].Trim(), new StringBuilder()));
            else if (parts.Count > 0) parts[^1].Text.Append(line).Append('\n');
        }

        if (name is not null) cases.Add(Make(name, parts));
        return cases;
    }

    private static BrokenCase Make(string name, List<(string Name, StringBuilder Text)> parts)
    {
        string[] Lines(string part) => [.. parts.Where(p => p.Name == part).SelectMany(p => p.Text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        return new BrokenCase(
            name,
            parts.Where(part => part.Name is not ("says" or "set" or "env")).ToDictionary(part => part.Name, part => part.Text.ToString().TrimEnd('\n') + "\n"),
            Lines("set"),
            Lines("env").Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]),
            parts.Single(part => part.Name == "says").Text.ToString().TrimEnd('\n'));
    }
}
