using StreamEngine.Diagnostics;

namespace StreamEngine.Hosting.Loading;

/// <summary>Finds out what a path given on the command line is.</summary>
internal static class PipelineLoader
{
    private const string Ways = "Give the folder of a project, a .csproj, a .cs file, or a .conf file of pipelines.";

    /// <summary>The program at a path: a folder with a project, a project file, a lone .cs file, or a file of HOCON.</summary>
    /// <exception cref="EngineException">There is nothing, or nothing of these.</exception>
    public static IPipelineProgram At(string path, Action<string> say)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            string[] projects = Directory.GetFiles(full, "*.csproj");
            return projects.Length switch
            {
                1 => new BuiltProgram(new ProjectBuild(projects[0]), path, full, say),
                0 => throw new EngineException(ErrorDomain.User, $"{path}: the folder has no project file (*.csproj)", Ways),
                _ => throw new EngineException(ErrorDomain.User, $"{path}: the folder has {projects.Length} project files", "Give one of them."),
            };
        }

        if (!File.Exists(full)) throw new EngineException(ErrorDomain.User, $"{path}: there is no such file or folder", Ways);
        string folder = Path.GetDirectoryName(full)!;
        return Path.GetExtension(full) switch
        {
            ".csproj" => new BuiltProgram(new ProjectBuild(full), path, folder, say),
            ".conf" or ".hocon" or ".json" => new HoconProgram(path),
            ".cs" => new BuiltProgram(new ScriptBuild(full), path, folder, say),
            _ => throw new EngineException(ErrorDomain.User, $"{path}: pipelines are not read from such a file", Ways),
        };
    }
}
