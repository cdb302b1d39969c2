using System.ComponentModel;
using System.Diagnostics;

namespace StreamEngine.Repo.Tests;

/// <summary>The files that the rules are about. Paths are relative to the root, with slashes.</summary>
internal static class Repository
{
    /// <summary>Folders that builds and tools fill, where git can't say which files are the repository's.</summary>
    private static readonly string[] Made = [".git", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts", "artifacts"];

    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file of the repository: those that git tracks; in a copy without git, all but what is made.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. (Tracked() ?? Found()).Where(Exists).Order(StringComparer.Ordinal)];

    /// <summary>The files below a folder, by the end of their names.</summary>
    public static IEnumerable<string> Below(string folder, string ending = ".cs") =>
        Files.Where(file => file.StartsWith($"{folder}/", StringComparison.Ordinal) && file.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>The files with one of these endings.</summary>
    public static IEnumerable<string> Ending(params string[] endings) => Files.Where(file => endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)));

    /// <summary>The lines of a file, each with its number, from 1; none for a file that isn't text.</summary>
    public static IEnumerable<(int Number, string Text)> Lines(string file)
    {
        string text = Text(file);
        return text.Contains('\0', StringComparison.Ordinal) ? [] : text.Split('\n').Select((line, index) => (index + 1, line));
    }

    /// <summary>What a file says.</summary>
    public static string Text(string file) => File.ReadAllText(PathOf(file));

    /// <summary>Whether there is a file or a folder.</summary>
    public static bool Exists(string path) => Path.Exists(PathOf(path));

    /// <summary>A path on this machine.</summary>
    public static string PathOf(string path) => Path.GetFullPath(Path.Combine(Root, path));

    /// <summary>Fails with all places that break a rule, and what to do about them.</summary>
    public static void Holds(string rule, IEnumerable<string> breaches)
    {
        string[] found = [.. breaches];
        Assert.True(found.Length == 0, $"{rule}{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", found)}");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StreamEngine.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"no StreamEngine.sln above {AppContext.BaseDirectory}");
    }

    private static string[]? Tracked()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z"]) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            string files = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? files.Split('\0', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static IEnumerable<string> Found() => Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace(Path.DirectorySeparatorChar, '/'))
        .Where(file => !file.Split('/').Any(Made.Contains));
}
