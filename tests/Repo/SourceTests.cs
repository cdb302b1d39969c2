using System.Reflection;
using System.Text.RegularExpressions;
using StreamEngine.Diagnostics;

namespace StreamEngine.Repo.Tests;

/// <summary>How the sources are laid out.</summary>
public sealed partial class SourceTests
{
    private const int LinesMax = 500;

    /// <summary>Files that hold a family of small types under the family's name; a verb's file holds its operator too.</summary>
    private static readonly Dictionary<string, string> Families = new()
    {
        ["src/Engine/AssemblyAttributes.cs"] = "attributes",
        ["src/Stages/Kafka/AssemblyAttributes.cs"] = "attributes",
        ["src/Engine/GlobalUsings.cs"] = "usings",
        ["src/Host/Program.cs"] = "top-level statements",
        ["src/Engine/Checkpoints/JournalEvents.cs"] = "the events, which belong together on disk",
        ["src/Engine/Log/LogDocuments.cs"] = "the documents, which belong together on disk",
        ["src/Engine/Contracts/Commits.cs"] = "what a commit is made of",
        ["src/Engine/Contracts/Graph.cs"] = "the nodes of a graph",
        ["src/Engine/Contracts/ISink.cs"] = "what a sink's author implements",
        ["src/Engine/Contracts/IStateStore.cs"] = "the contract of a log's states",
        ["src/Engine/Contracts/Topics.cs"] = "what a topic is",
        ["src/Engine/Records/Names.cs"] = "the typed ids",
        ["src/Engine/Topics/TopicSink.cs"] = "definition, writer and encoder",
        ["src/Stages/Files/JsonLinesSink.cs"] = "definition and encoder",
        ["src/Stages/Files/TextFormats.cs"] = "two small formats",
    };

    public static TheoryData<string> PlacesToCrash => [.. CrashPoints.All];

    [Fact]
    public void No_file_of_the_sources_is_longer_than_it_may_be() => Repository.Holds(
        $"A file of more than {LinesMax} lines holds more than one thing.",
        Repository.Below("src").Select(file => (file, Lines: Repository.Text(file).Split('\n').Length - 1)).Where(entry => entry.Lines > LinesMax)
            .Select(entry => $"{entry.file}: {entry.Lines} lines"));

    [Fact]
    public void A_file_is_named_by_its_main_type()
    {
        string[] unnamed = [.. Repository.Below("src").Where(file => !HasMainType(file))];
        Repository.Holds("Name the file by its main type, or the type by its file.", unnamed.Where(file => !Families.ContainsKey(file)));
        Repository.Holds("It is named by its main type now, or gone: take it from the list.", Families.Keys.Except(unnamed));
    }

    [Fact]
    public void Nothing_silences_the_missing_documentation_of_what_users_see() => Repository.Holds(
        "Every public type and member of a library has a doc comment; the compiler holds it, unless it is told not to.",
        Repository.Files.Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .Where(file => Repository.Text(file).Contains("CS1591", StringComparison.Ordinal) || Undocumented().IsMatch(Repository.Text(file))));

    [Theory]
    [MemberData(nameof(PlacesToCrash))]
    public void A_crash_point_is_passed_somewhere(string name)
    {
        FieldInfo place = typeof(CrashPoints).GetFields(BindingFlags.Public | BindingFlags.Static).Single(field => field.IsLiteral && (string)field.GetRawConstantValue()! == name);

        // A log that lives outside the engine is handed what passes, and gives the name.
        string[] passed = [$"CrashPoints.Pass(CrashPoints.{place.Name})", $"AtPoint(\"{name}\")"];
        Assert.Contains(Repository.Below("src"), file => passed.Any(text => Repository.Text(file).Contains(text, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_named_crash_point_can_be_armed() => Assert.Equal(
        typeof(CrashPoints).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral && field.Name is not (nameof(CrashPoints.Variable) or nameof(CrashPoints.PauseVariable)))
            .Select(field => (string)field.GetRawConstantValue()!),
        CrashPoints.All);

    private static bool HasMainType(string file)
    {
        string name = Path.GetFileName(file).Split('.')[0];
        string suffix = file.StartsWith("src/Stages/Operators/", StringComparison.Ordinal) ? "(Verb)?" : "";
        return Regex.IsMatch(Repository.Text(file), $@"\b(class|struct|record|interface|enum|delegate [\w<>?]+) {name}{suffix}\b");
    }

    [GeneratedRegex("GenerateDocumentationFile>\\s*false|NoWarn")]
    private static partial Regex Undocumented();
}
