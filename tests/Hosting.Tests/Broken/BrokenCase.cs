using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace StreamEngine.Hosting.Tests.Broken;

/// <summary>
/// A configuration that is wrong, and exactly what is said about it. A file of cases has each under a line <c>=== what is wrong</c>; in it files follow lines
/// <c>--- name</c>, of which the first is the one that is given, then what is said, after <c>--- says</c>. Lines <c>--- set</c> and <c>--- env</c> are
/// followed by assignments, and <c>--- config</c> by further files of settings that are given; after a line <c>--- connect</c> sources and sinks are connected to as well. A file is in UTF-8 unless its name is followed by
/// another encoding. What can't be seen in a text stands in it as <c>«U+000D»</c>, and what is long as <c>«300×{»</c>.
/// </summary>
internal sealed partial record BrokenCase(
    string Name, IReadOnlyList<KeyValuePair<string, byte[]>> Files, IReadOnlyList<string> Configs, IReadOnlyList<string> Sets, IReadOnlyDictionary<string, string> Environment, bool Connects, string Says)
{
    private static readonly string[] NoFiles = ["says", "config", "set", "env", "connect"];

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
            [.. parts.Where(part => !NoFiles.Contains(part.Name)).Select(part => FileOf(part.Name.Split(' '), Expanded(part.Text.ToString().TrimEnd('\n') + "\n")))],
            Lines("config"),
            [.. Lines("set").Select(Expanded)],
            Lines("env").Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]),
            parts.Any(part => part.Name == "connect"),
            parts.Single(part => part.Name == "says").Text.ToString().TrimEnd('\n'));
    }

    private static KeyValuePair<string, byte[]> FileOf(string[] nameAndEncoding, string text)
    {
        Encoding encoding = nameAndEncoding is [_, var given] ? Encoding.GetEncoding(given) : new UTF8Encoding(false);
        return KeyValuePair.Create(nameAndEncoding[0], (byte[])[.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);
    }

    private static string Expanded(string text) => Marks().Replace(text, mark => mark.Groups["code"] is { Success: true } code
        ? char.ConvertFromUtf32(int.Parse(code.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        : string.Concat(Enumerable.Repeat(mark.Groups["part"].Value, int.Parse(mark.Groups["times"].ValueSpan, CultureInfo.InvariantCulture))));

    [GeneratedRegex("«(?:U\\+(?<code>[0-9A-F]{4})|(?<times>[0-9]+)×(?<part>[^»]+))»")]
    private static partial Regex Marks();
}
