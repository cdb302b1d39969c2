using System.Text.RegularExpressions;

namespace StreamEngine.Repo.Tests;

/// <summary>What people read first: that it says what is so.</summary>
public sealed partial class DocumentTests
{
    private const string Readme = "README.md";
    private const int FirstLines = 30;

    /// <summary>The command that runs something, and the one that tests everything.</summary>
    private static readonly string[] Commands = ["dotnet run -c Release --project src/Host -- run examples/flights", "dotnet test"];

    [Fact]
    public void The_readme_begins_with_the_command_that_runs_and_the_one_that_tests()
    {
        Assert.True(Repository.Exists(Readme), $"{Readme} is missing: it is what a newcomer reads first");
        string[] first = [.. Repository.Text(Readme).Split('\n').Take(FirstLines).Select(line => line.Trim())];
        Repository.Holds($"The first {FirstLines} lines of {Readme} have each of these commands on a line of its own.", Commands.Where(command => !first.Contains(command)));
    }

    [Fact]
    public void Every_relative_link_leads_to_a_file() => Repository.Holds(
        "Mend the link, or write the file.",
        from file in Repository.Ending(".md")
        from line in Repository.Lines(file)
        from Match link in Link().Matches(line.Text)
        let target = link.Groups[1].Value
        where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
        where !Repository.Exists($"{file}/../{Uri.UnescapeDataString(target.Split('#')[0])}")
        select $"{file}:{line.Number}: {target}");

    [Fact]
    public void Every_path_that_the_readme_names_is_there()
    {
        Assert.True(Repository.Exists(Readme), $"{Readme} is missing: it is what a newcomer reads first");
        Repository.Holds(
            "A command or a path of the README leads nowhere.",
            from line in Repository.Lines(Readme)
            from path in Named().Matches(line.Text).Select(match => match.Value).Concat(Project().Matches(line.Text).Select(match => match.Groups[1].Value))
            where !Repository.Exists(path)
            select $"{Readme}:{line.Number}: {path}");
    }

    [GeneratedRegex(@"(?<!\!)\[[^\]]*\]\(([^)#\s][^)\s]*)\)")]
    private static partial Regex Link();

    /// <summary>A path that begins with a folder of the root.</summary>
    [GeneratedRegex(@"(?<![\w./-])(src|tests|examples|benchmarks|hocon|\.ci)/[\w./-]*[\w-]")]
    private static partial Regex Named();

    [GeneratedRegex(@"--project\s+(\S+)")]
    private static partial Regex Project();
}
