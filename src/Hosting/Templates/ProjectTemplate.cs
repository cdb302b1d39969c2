using System.Security;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;
using StreamEngine.Records;

namespace StreamEngine.Hosting.Templates;

/// <summary>
/// What <c>new</c> makes: a project, or a file of pipelines without code. From a clone of the engine a project references the engine's project, so that both can be changed and debugged together;
/// elsewhere the assemblies of the installed host.
/// </summary>
internal sealed class ProjectTemplate
{
    private readonly string folder;
    private readonly (string Path, string Text)[] files;

    private ProjectTemplate(string folder, IEnumerable<(string Path, string Text)> files)
    {
        this.folder = folder;
        this.files = [.. files, ("in/orders.csv", Resource.Read("Project/in/orders.csv"))];
    }

    /// <summary>The project for a folder.</summary>
    /// <param name="folder">Where it is to be written, absolute.</param>
    public static ProjectTemplate For(string folder)
    {
        string? clone = CloneAbove(AppContext.BaseDirectory);
        string project = Resource.Read(clone is null ? "Project/installed.csproj.template" : "Project/clone.csproj.template")
            .Replace("{framework}", $"net{Environment.Version.Major}.0", StringComparison.Ordinal)
            .Replace("{place}", Escape(clone ?? AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), StringComparison.Ordinal);
        return new ProjectTemplate(folder, [($"{NameOf(folder)}.csproj", project), ("Program.cs", Resource.Read("Project/Program.cs.template"))]) { Program = "" };
    }

    /// <summary>The file of pipelines without code for a folder.</summary>
    /// <param name="folder">Where it is to be written, absolute.</param>
    public static ProjectTemplate WithoutCode(string folder)
    {
        string name = $"{NameOf(folder)}.conf";
        return new ProjectTemplate(folder, [(name, Resource.Read("Hocon/pipelines.conf"))]) { Program = name };
    }

    /// <summary>What is to be run, relative to the folder; empty for the folder itself.</summary>
    public required string Program { get; init; }

    /// <summary>Writes the project.</summary>
    /// <returns>The files, relative to the folder.</returns>
    /// <exception cref="EngineException">There is something already, or it can't be written.</exception>
    public IEnumerable<string> Write()
    {
        try
        {
            if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            {
                throw new EngineException(ErrorDomain.User, $"{folder} is there already, and nothing is overwritten", "Give another folder, or empty this one.");
            }

            foreach ((string path, string text) in files)
            {
                string full = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                using var writer = new StreamWriter(new FileStream(full, FileMode.CreateNew));
                writer.Write(text);
            }

            return files.Select(file => file.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorDomain.External, $"{folder} can't be written: {e.Message}", "Give a folder in a place that this user may write to.", e);
        }
    }

    /// <summary>The clone of the engine that a folder lies in; null when it lies in none.</summary>
    public static string? CloneAbove(string folder)
    {
        for (string? above = folder; above is not null; above = Path.GetDirectoryName(above))
        {
            if (File.Exists(Path.Combine(above, "src", "Hosting", "StreamEngine.Hosting.csproj")) && File.Exists(Path.Combine(above, "Directory.Packages.props"))) return above;
        }

        return null;
    }

    /// <summary>The name of the project: the folder's, unless an assembly can't have it, or one of the host's has.</summary>
    private static string NameOf(string folder) =>
        Path.GetFileName(folder.TrimEnd(Path.DirectorySeparatorChar)) is { } name && NameRule.IsValid(name) && !HostAssemblies.Paths.ContainsKey(name) ? name : "pipelines";

    private static string Escape(string place) => SecurityElement.Escape(place).Replace("%", "%25", StringComparison.Ordinal).Replace("$", "%24", StringComparison.Ordinal)
        .Replace("@", "%40", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal);
}
