using System.Xml;
using System.Xml.Linq;

namespace StreamEngine.Hosting.Loading;

/// <summary>A project of pipelines.</summary>
internal sealed class ProjectBuild(string project) : IProgramBuild
{
    private static readonly string[] Above = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "nuget.config", "NuGet.config"];

    private static readonly string[] Kinds = [".cs", ".csproj", ".props", ".targets", ".resx", ".json", ".editorconfig"];

    public string StampFile => Path.Combine(Path.GetDirectoryName(project)!, "obj", $"streamengine.{HostAssemblies.Configuration}.stamp");

    public IEnumerable<string> Inputs()
    {
        var inputs = new HashSet<string>(StringComparer.Ordinal);
        Collect(project, inputs);
        return inputs;
    }

    public string Build() => DotnetBuild.Build(project, project);

    /// <summary>The files of a project and of those it references, but for the host's own: those are loaded from the host whatever lies beside it.</summary>
    private static void Collect(string project, HashSet<string> inputs)
    {
        if (!File.Exists(project) || !inputs.Add(project)) return;
        string folder = Path.GetDirectoryName(project)!;
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        string[] skipped = [Path.Combine(folder, "obj") + Path.DirectorySeparatorChar, Path.Combine(folder, "bin") + Path.DirectorySeparatorChar];
        inputs.UnionWith(Directory.EnumerateFiles(folder, "*", options)
            .Where(file => Kinds.Contains(Path.GetExtension(file)) && !skipped.Any(prefix => file.StartsWith(prefix, StringComparison.Ordinal))));
        for (string? above = folder; above is not null; above = Path.GetDirectoryName(above)) inputs.UnionWith(Above.Select(name => Path.Combine(above, name)).Where(File.Exists));
        foreach (string reference in References(project))
        {
            string other = Path.GetFullPath(Path.Combine(folder, reference.Replace('\\', Path.DirectorySeparatorChar)));
            if (!HostAssemblies.Paths.ContainsKey(Path.GetFileNameWithoutExtension(other))) Collect(other, inputs);
        }
    }

    private static IEnumerable<string> References(string project)
    {
        try
        {
            return [.. XDocument.Load(project).Descendants().Where(element => element.Name.LocalName == "ProjectReference").Select(element => (string?)element.Attribute("Include") ?? "")];
        }
        catch (XmlException)
        {
            // The build says what is wrong with it.
            return [];
        }
    }
}
