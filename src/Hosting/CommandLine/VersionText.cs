using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>What <c>--version</c> prints: a line with the engine's version and the commit it was built from, and what it runs on.</summary>
internal sealed class VersionText : SynchronousCommandLineAction
{
    private const int CommitLength = 10;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Console.Out.WriteLine($"streamengine {Version}, {RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
        return ExitCode.Success;
    }

    /// <summary>The engine's version: <c>0.1.0 (1a2b3c4d5e)</c>.</summary>
    public static string Version { get; } = Describe(typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    private static string Describe(string version) => version.Split('+', 2) is [{ } number, { } commit]
        ? $"{number} ({(commit.Length > CommitLength ? commit[..CommitLength] : commit)})"
        : version;
}
