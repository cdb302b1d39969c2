using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>A folder below the data directory that files are written to. It can't be anywhere else, by its text or by links.</summary>
internal sealed class OutputFolder
{
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private readonly string root;

    private OutputFolder(string root, string relative, string path)
    {
        this.root = root;
        Relative = relative;
        Path = path;
        StagingPath = System.IO.Path.Combine(path, StagedNames.Staging);
    }

    /// <summary>The folder relative to the data directory, as it was given.</summary>
    public string Relative { get; }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>Where files lie in it until they are published.</summary>
    public string StagingPath { get; }

    /// <summary>Whether a path leads out of any data directory it could count from, as far as that can be told from the path alone.</summary>
    public static bool LeadsOut(string relative)
    {
        string root = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetTempPath());
        return System.IO.Path.IsPathRooted(relative) || relative.Contains('\0')
            || !System.IO.Path.GetFullPath(relative, root).StartsWith(root + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    /// <summary>Finds a folder.</summary>
    /// <param name="relative">Its path below the data directory.</param>
    /// <param name="data">The data directory.</param>
    /// <exception cref="EngineException">It would be outside, or where the engine keeps its own files.</exception>
    public static OutputFolder At(string relative, string data)
    {
        string root = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(data));
        if (System.IO.Path.IsPathRooted(relative) || relative.Contains('\0')) throw Outside(relative, root, "it is absolute");
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(relative, root));
        string inside = root + System.IO.Path.DirectorySeparatorChar;
        if (!full.StartsWith(inside, StringComparison.Ordinal)) throw Outside(relative, root, "it leads out of it");
        string[] parts = full[inside.Length..].Split(System.IO.Path.DirectorySeparatorChar);
        if (parts[0].Equals("engine", StringComparison.OrdinalIgnoreCase)) throw Outside(relative, root, "the engine keeps its own files there");
        if (parts.Contains(StagedNames.Staging)) throw Outside(relative, root, $"{StagedNames.Staging} holds files that aren't published");
        string at = root;
        foreach (string part in parts.Append(StagedNames.Staging))
        {
            at = System.IO.Path.Combine(at, part);
            if (new FileInfo(at).LinkTarget is not null) throw Outside(relative, root, $"{at} is a link, which may lead out of it");
            if (File.Exists(at)) throw Outside(relative, root, $"{at} is a file");
        }

        return new OutputFolder(root, relative, full);
    }

    /// <summary>Makes the folder, and the one for staged files in it.</summary>
    /// <exception cref="EngineException">It can't be made or written to.</exception>
    public void Create()
    {
        try
        {
            // Each level by itself: the mode of a call is that of the last level only.
            string at = root;
            foreach (string part in System.IO.Path.GetRelativePath(root, StagingPath).Split(System.IO.Path.DirectorySeparatorChar))
            {
                string above = at;
                at = System.IO.Path.Combine(at, part);
                if (OperatingSystem.IsWindows()) Directory.CreateDirectory(at);
                else Directory.CreateDirectory(at, FolderMode);
                FileSystem.SyncFolder(above);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileSystem.WriteFailed(Path, e);
        }
    }

    private static EngineException Outside(string relative, string root, string why) => new(
        ErrorDomain.User, $"files can't be written to '{BadRecordException.Shown(relative)}' in data directory {root}: {why}", "Give a folder below the data directory, such as out or out/daily.");
}
