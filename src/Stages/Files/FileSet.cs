using System.IO.Enumeration;
using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>
/// The files that a path stands for: a file, the files of a folder, or those that match a pattern (<c>*</c> and <c>?</c> within a name,
/// <c>**</c> for any folders between). Names that begin with a dot are left out unless the pattern begins with one.
/// </summary>
/// <param name="path">The path.</param>
/// <param name="folder">The folder that a relative one counts from.</param>
internal sealed class FileSet(string path, string folder)
{
    /// <summary>The most files that one source reads.</summary>
    public const int FilesMax = 100_000;

    // What may not be entered is an error: passed over, its files would be missing without a word.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, MatchType = MatchType.Simple, IgnoreInaccessible = false };

    private readonly string folder = Path.GetFullPath(folder);
    private readonly string full = Path.GetFullPath(path, Path.GetFullPath(folder));

    /// <summary>Whether more files may come to it later.</summary>
    public bool IsWatched => IsPattern(path) || Path.EndsInDirectorySeparator(path) || Directory.Exists(full);

    /// <summary>Where a file of it lies.</summary>
    /// <param name="name">Its name, as <see cref="Find"/> gives it.</param>
    public string PathOf(string name) => Path.GetFullPath(name, folder);

    /// <summary>The names of the files there are now, relative to the folder with forward slashes, in order.</summary>
    /// <exception cref="EngineException">A folder can't be read, or there are too many files.</exception>
    public IReadOnlyList<string> Find()
    {
        var found = new List<string>();
        try
        {
            if (IsPattern(path)) Expand(found);
            else if (IsWatched) Add(found, Visible(new DirectoryInfo(full), "*").OfType<FileInfo>());
            else if (File.Exists(full)) found.Add(NameOf(full));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Explain(path, e);
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Tests that there is something to read.</summary>
    /// <param name="mayBeEmpty">Whether files may come later.</param>
    /// <exception cref="EngineException">There isn't.</exception>
    public void Check(bool mayBeEmpty)
    {
        if (!IsWatched)
        {
            if (!File.Exists(full)) throw Missing(full, new FileNotFoundException());
            return;
        }

        string root = Root();
        if (!Directory.Exists(root)) throw Missing(root, new DirectoryNotFoundException());
        if (Find().Count > 0 || mayBeEmpty) return;
        throw new EngineException(
            ErrorDomain.User, $"no file matches {path} in {folder}", "Mend the path, or put the files there; a pipeline that is to wait for files runs with --follow.");
    }

    private static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    private static EngineException Missing(string path, Exception cause) => (EngineException)FileErrors.Explain(path, cause);

    private static IEnumerable<FileSystemInfo> Visible(DirectoryInfo directory, string pattern) => directory.EnumerateFileSystemInfos("*", Everything)
        .Where(entry => (entry.Name[0] != '.' || pattern[0] == '.') && FileSystemName.MatchesSimpleExpression(pattern, entry.Name, ignoreCase: false));

    /// <summary>The folder above the first part of the path that is a pattern.</summary>
    private string Root()
    {
        string root = full;
        while (IsPattern(root)) root = Path.GetDirectoryName(root)!;
        return root;
    }

    private void Expand(List<string> found)
    {
        string root = Root();
        string[] parts = Path.GetRelativePath(root, full).Split(Path.DirectorySeparatorChar);
        var seen = new HashSet<string>();
        Expand(new DirectoryInfo(root), parts, seen);
        Add(found, seen.Select(file => new FileInfo(file)));
    }

    private static void Expand(DirectoryInfo directory, ReadOnlySpan<string> parts, HashSet<string> seen)
    {
        if (!directory.Exists) return;
        if (parts[0] == "**")
        {
            if (parts.Length > 1) Expand(directory, parts[1..], seen);

            // A link to a folder above it would never end.
            foreach (DirectoryInfo below in Visible(directory, "*").OfType<DirectoryInfo>().Where(below => below.LinkTarget is null)) Expand(below, parts, seen);
            if (parts.Length > 1) return;
        }

        string pattern = parts[0] == "**" ? "*" : parts[0];
        foreach (FileSystemInfo entry in Visible(directory, pattern))
        {
            if (entry is DirectoryInfo below && parts.Length > 1) Expand(below, parts[1..], seen);
            else if (entry is FileInfo && parts.Length == 1) seen.Add(entry.FullName);
        }
    }

    private void Add(List<string> found, IEnumerable<FileInfo> files)
    {
        foreach (FileInfo file in files)
        {
            if (found.Count == FilesMax) throw new EngineException(ErrorDomain.User, $"more than {FilesMax} files match {path}", "Narrow the path down, or use several sources.");
            found.Add(NameOf(file.FullName));
        }
    }

    private string NameOf(string file)
    {
        string relative = Path.GetRelativePath(folder, file);
        return Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/');
    }
}
