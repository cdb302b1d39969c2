using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace StreamEngine.Repo.Tests;

/// <summary>The projects: who may reference whom, what the solution has, and where versions stand.</summary>
public sealed partial class ProjectTests
{
    [Fact]
    public void References_point_one_way() => Repository.Holds(
        "Host -> Hosting -> Stages -> Engine, TestKit and Transforms -> Operators and Engine: move what is needed to where both may see it.",
        from project in ProjectFile.All
        where project.Folder.StartsWith("src/", StringComparison.Ordinal)
        from reference in project.References
        where !MayReference(project.Folder, reference)
        select $"{project} references {reference}");

    [Fact]
    public void The_rule_of_references_knows_every_project_of_the_sources() => Repository.Holds(
        "Say in this test what a new project may reference.",
        from project in ProjectFile.All
        where project.Folder.StartsWith("src/", StringComparison.Ordinal)
        where project.Folder is not ("src/Engine" or "src/Hosting" or "src/Host" or "src/TestKit") && !IsStage(project.Folder)
        select project.Path);

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string[] listed = [.. SolutionEntry().Matches(Repository.Text("StreamEngine.sln")).Select(match => match.Groups[1].Value.Replace('\\', '/'))];
        Repository.Holds(
            "dotnet test runs what StreamEngine.sln has: dotnet sln add --solution-folder FOLDER PROJECT.", ProjectFile.All.Select(project => project.Path).Except(listed));
        Repository.Holds("StreamEngine.sln has a project that isn't there.", listed.Except(ProjectFile.All.Select(project => project.Path)));
    }

    [Fact]
    public void Every_folder_of_tests_has_a_project() => Repository.Holds(
        "Code below tests/ that no project compiles is never run.",
        Repository.Below("tests").Where(file => !ProjectFile.All.Any(project => file.StartsWith($"{project.Folder}/", StringComparison.Ordinal))));

    [Fact]
    public void Every_version_of_a_package_is_exact()
    {
        XElement[] versions = [.. ProjectFile.Imported.Single(file => file.Path == "Directory.Packages.props").Items("PackageVersion")];
        Assert.NotEmpty(versions);
        Repository.Holds(
            "A build must not depend on the day: give one version, no range and no wildcard.",
            versions.Where(item => !ExactVersion().IsMatch((string?)item.Attribute("Version") ?? "")).Select(item => item.ToString()));
    }

    [Fact]
    public void Versions_stand_in_one_place() => Repository.Holds(
        "Versions stand in Directory.Packages.props only.",
        from file in ProjectFile.All.Concat(ProjectFile.Imported)
        where file.Path != "Directory.Packages.props"
        from item in file.Items("PackageReference").Concat(file.Items("PackageVersion"))
        where item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null || item.Element("Version") is not null
        select $"{file}: {item}");

    private static bool MayReference(string from, string to) => from switch
    {
        "src/Engine" => false,
        "src/Host" => to == "src/Hosting",
        "src/Hosting" => to == "src/Engine" || IsStage(to),
        "src/TestKit" or "src/Stages/Transforms" => to is "src/Engine" or "src/Stages/Operators",
        _ => IsStage(from) && to == "src/Engine",
    };

    private static bool IsStage(string folder) => folder.StartsWith("src/Stages/", StringComparison.Ordinal);

    [GeneratedRegex("^Project\\(.*\"([^\"]+\\.csproj)\"", RegexOptions.Multiline)]
    private static partial Regex SolutionEntry();

    [GeneratedRegex(@"^\d+(\.\d+){1,3}(-[0-9A-Za-z.-]+)?$")]
    private static partial Regex ExactVersion();
}
