using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using StreamEngine.Contracts;

namespace StreamEngine.Repo.Tests;

/// <summary>Where Akka is used, and how not.</summary>
public sealed partial class AkkaTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The parts that can be read, tested and explored without an actor system.</summary>
    private static readonly string[] WithoutAkka = ["Contracts", "Planning", "Time", "Records", "Commits", "State", "Log", "Topics"];

    /// <summary>Who uses Akka, and what for.</summary>
    private static readonly Dictionary<string, string> Users = new()
    {
        ["src/Engine/Tasks/"] = "actors of tasks, and their graphs",
        ["src/Engine/Pipelines/"] = "actors of pipelines",
        ["src/Engine/Checkpoints/"] = "the journal is persistent actors'",
        ["src/Engine/Diagnostics/AkkaLogger.cs"] = "hands on what Akka logs",
        ["src/Engine/Settings/"] = "the parser of HOCON",
        ["src/Hosting/Running/"] = "a host owns the actor system",
        ["src/TestKit/KitSystem.cs"] = "so does a test kit",
    };

    /// <summary>What composes our own stages to a graph; everything else of the namespace makes, merges, buffers or restarts streams, and knows no barrier.</summary>
    private static readonly string[] Composing = ["GraphDsl", "GraphDsl.Builder`1", "ForwardOps", "GraphDsl.ForwardOps`2", "RunnableGraph", "RunnableGraph`1", "IRunnableGraph`1"];

    private static readonly string[] Looked =
        [.. Directory.GetFiles(AppContext.BaseDirectory, "StreamEngine.*.dll").Select(file => Path.GetFileName(file)).Where(name => !name.EndsWith(".Tests.dll", StringComparison.Ordinal)).Order()];

    public static TheoryData<string> Assemblies => [.. Looked];

    [Fact]
    public void Only_these_parts_mention_akka()
    {
        string[] mentioning = [.. Repository.Below("src").Where(file => Mention().IsMatch(Repository.Text(file)))];
        Repository.Holds("Only what runs actors and graphs mentions Akka.", mentioning.Where(file => !Users.Keys.Any(place => file.StartsWith(place, StringComparison.Ordinal))));
        Repository.Holds("No file there mentions Akka any more: take it from the list.", Users.Keys.Where(place => !mentioning.Any(file => file.StartsWith(place, StringComparison.Ordinal))));
    }

    [Fact]
    public void No_member_of_the_pure_parts_has_an_akka_type() => Repository.Holds(
        "A type of Akka reaches a part that must not know it, through something it uses.",
        from type in typeof(ILog).Assembly.GetTypes()
        where WithoutAkka.Any(part => type.Namespace == $"StreamEngine.{part}" || type.Namespace?.StartsWith($"StreamEngine.{part}.", StringComparison.Ordinal) == true)
        from mention in Mentions(type)
        where IsAkka(mention.Type)
        select $"{type}.{mention.Member}: {mention.Type}");

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Graphs_are_made_of_our_own_stages_only(string assembly)
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly));
        using var image = new PEReader(file);
        MetadataReader metadata = image.GetMetadataReader();
        Repository.Holds(
            "Akka's own stages know no barrier, and some drop elements: write a stage in src/Engine/Tasks/Stages.",
            metadata.TypeReferences.Select(handle => NameOf(metadata, handle)).Where(name =>
                name.StartsWith("Akka.Streams.Dsl.", StringComparison.Ordinal) && !Composing.Contains(name["Akka.Streams.Dsl.".Length..])
                || name.StartsWith("Akka.Streams.", StringComparison.Ordinal) && (name.Contains("KillSwitch", StringComparison.Ordinal) || name.Contains("Supervision", StringComparison.Ordinal))));
    }

    [Fact]
    public void Graphs_are_composed_in_one_file() => Repository.Holds(
        "The whole path of a task is to be seen in TaskGraph.cs.",
        Repository.Below("src").Where(file => file != "src/Engine/Tasks/TaskGraph.cs" && Repository.Text(file).Contains("Akka.Streams.Dsl", StringComparison.Ordinal)));

    [Fact]
    public void All_assemblies_of_the_sources_are_looked_at() => Repository.Holds(
        "A project is not referenced by these tests.",
        ProjectFile.All.Where(project => project.Folder.StartsWith("src/", StringComparison.Ordinal) && project.Folder != "src/Host")
            .Select(project => $"{Path.GetFileNameWithoutExtension(project.Path)}.dll").Except(Looked));

    /// <summary>The types in the signatures of a type and of its members.</summary>
    private static IEnumerable<(string Member, Type Type)> Mentions(Type type)
    {
        if (type.BaseType is { } above) yield return ("base", above);
        foreach (Type contract in type.GetInterfaces()) yield return ("interface", contract);
        foreach (FieldInfo field in type.GetFields(Declared)) yield return (field.Name, field.FieldType);
        foreach (MethodBase method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
        {
            foreach (ParameterInfo parameter in method.GetParameters()) yield return (method.Name, parameter.ParameterType);
            if (method is MethodInfo { ReturnType: { } returned }) yield return (method.Name, returned);
        }
    }

    private static bool IsAkka(Type type) =>
        type.Assembly.GetName().Name!.StartsWith("Akka", StringComparison.Ordinal)
        || (type.HasElementType && IsAkka(type.GetElementType()!))
        || type.GenericTypeArguments.Any(IsAkka);

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        string name = metadata.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference) return $"{NameOf(metadata, (TypeReferenceHandle)type.ResolutionScope)}.{name}";
        return $"{metadata.GetString(type.Namespace)}.{name}";
    }

    [GeneratedRegex(@"^\s*(global )?using (\w+ = )?Akka\b|\bAkka\.[A-Z]", RegexOptions.Multiline)]
    private static partial Regex Mention();
}
