using System.Xml;
using System.Xml.Linq;

namespace StreamEngine.Hosting.Loading;

/// <summary>A project of pipelines.</summary>
internal sealed class ProjectBuild(string project) : IProgramBuild
{
    private static readonly string[] Above = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "nuget.config", "NuGet.config"];

    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

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
        string[] skipped = [Path.Combine(folder, "obj") + Path.DirectorySeparatorChar, Path.Combine(folder, "bin") + Path.DirectorySeparatorChar];
        inputs.UnionWith(Directory.EnumerateFiles(folder, "*", Everywhere)
            .Where(file => Kinds.Contains(Path.GetExtension(file)) && !skipped.Any(prefix => file.StartsWith(prefix, StringComparison.Ordinal))));
        for (string? above = folder; above is not null; above = Path.GetDirectoryName(above)) inputs.UnionWith(Above.Select(name => Path.Combine(above, name)).Where(File.Exists));
        foreach ((string kind, string path) in Named(project))
        {
            if (kind == "ProjectReference")
            {
                if (!HostAssemblies.Paths.ContainsKey(Path.GetFileNameWithoutExtension(path))) Collect(path, inputs);
            }
            else
            {
                inputs.UnionWith(Expand(path));
            }
        }
    }

    /// <summary>The other projects and the files that a project names: references, imports, and files from elsewhere that go into it.</summary>
    private static List<(string Kind, string Path)> Named(string project)
    {
        string folder = Path.GetDirectoryName(project)!;
        var named = new List<(string, string)>();
        try
        {
            foreach (XElement element in XDocument.Load(project).Descendants())
            {
                string text = (string?)element.Attribute("Include") ?? (element.Name.LocalName == "Import" ? (string?)element.Attribute("Project") : null) ?? "";
                foreach (string each in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                {
                    string path = each.Replace("$(MSBuildThisFileDirectory)", "", StringComparison.OrdinalIgnoreCase).Replace("$(MSBuildProjectDirectory)/", "", StringComparison.OrdinalIgnoreCase);
                    if (!path.Contains("$(", StringComparison.Ordinal)) named.Add((element.Name.LocalName, Path.GetFullPath(Path.Combine(folder, path.Replace('\\', Path.DirectorySeparatorChar)))));
                }
            }
        }
        catch (XmlException)
        {
            // The build says what is wrong with it.
        }

        return named;
    }

    /// <summary>The files a path stands for: itself, or with a wildcard all of a kind below the folder before that.</summary>
    private static IEnumerable<string> Expand(string path)
    {
        int wildcard = path.AsSpan().IndexOfAny('*', '?');
        if (wildcard < 0) return File.Exists(path) ? [path] : [];
        string folder = path[..path.LastIndexOf(Path.DirectorySeparatorChar, wildcard)];
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + Path.GetExtension(path).Replace("*", "", StringComparison.Ordinal), Everywhere) : [];
    }
}
