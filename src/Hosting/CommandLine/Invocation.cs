namespace StreamEngine.Hosting.CommandLine;

/// <summary>How this process was started, so that what it prints for its user can be typed as it stands.</summary>
internal static class Invocation
{
    private const string Host = "streamengine";

    /// <summary>The program's name, for help and errors.</summary>
    public static string Name => Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]) is { Length: > 0 } name ? name : Host;

    /// <summary>What a shell is given to start the program again.</summary>
    public static string Command { get; } = Find();

    /// <summary>An argument as a POSIX shell takes it for one.</summary>
    public static string Quote(string argument) => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%".Contains(c, StringComparison.Ordinal))
        ? argument
        : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string Find()
    {
        string program = Environment.ProcessPath ?? Host;

        // A program that is started by dotnet is its first argument.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") return $"dotnet {Quote(Path.GetFullPath(Environment.GetCommandLineArgs()[0]))}";
        string name = Path.GetFileName(program);
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Any(folder => Path.Combine(Path.GetFullPath(folder), name) == program) ? name : Quote(program);
    }
}
