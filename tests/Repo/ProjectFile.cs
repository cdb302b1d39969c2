using System.Xml.Linq;

namespace StreamEngine.Repo.Tests;

/// <summary>A project file, or a file of properties that projects import.</summary>
internal sealed class ProjectFile
{
    private readonly XDocument document;

    private ProjectFile(string path)
    {
        Path = path;
        document = XDocument.Parse(Repository.Text(path));
    }

    /// <summary>All projects of the repository.</summary>
    public static IReadOnlyList<ProjectFile> All { get; } = [.. Repository.Ending(".csproj").Select(path => new ProjectFile(path))];

    /// <summary>What projects import.</summary>
    public static IReadOnlyList<ProjectFile> Imported { get; } = [.. Repository.Ending(".props", ".targets").Select(path => new ProjectFile(path))];

    public string Path { get; }

    /// <summary>The folder it lies in.</summary>
    public string Folder => Path[..Path.LastIndexOf('/')];

    /// <summary>The folders of the projects it references.</summary>
    public IEnumerable<string> References => Items("ProjectReference").Select(item =>
        System.IO.Path.GetRelativePath(Repository.Root, Repository.PathOf($"{Folder}/{((string)item.Attribute("Include")!).Replace('\\', '/')}/.."))
            .Replace(System.IO.Path.DirectorySeparatorChar, '/'));

    /// <summary>The items of a kind.</summary>
    public IEnumerable<XElement> Items(string kind) => document.Descendants(kind);

    /// <inheritdoc/>
    public override string ToString() => Path;
}
