using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using StreamEngine.Hosting.CommandLine;
using StreamEngine.Hosting.Loading;
using StreamEngine.Log.Rocks;

namespace StreamEngine.Hosting.Doctor;

/// <summary>Looks at what the engine needs of a machine. Starts nothing but <c>dotnet --list-sdks</c>, and leaves nothing behind.</summary>
internal static class MachineChecks
{
    private const long MemoryLeast = 512L << 20;
    private const long FilesLeast = 4096;
    private const long FilesFew = 256;

    private static readonly TimeSpan SdkPatience = TimeSpan.FromSeconds(20);

    /// <summary>All of it, in the order in which it is shown.</summary>
    public static IEnumerable<Finding> All() => [Runtime(), Sdk(), Rocks(), Memory(), OpenFiles(), Terminal()];

    /// <summary>What the SDKs that <c>dotnet --list-sdks</c> prints are good for.</summary>
    public static Finding Sdk(string listed)
    {
        int[] majors = [.. listed.Split('\n').Select(line => int.TryParse(line.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : 0)];
        string[] versions = [.. listed.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
        int needed = Environment.Version.Major;
        return majors.Any(major => major >= needed)
            ? new("SDK", Health.Ok, $".NET SDK {versions[^1]}")
            : new("SDK", Health.Warn, versions.Length == 0 ? "there is no .NET SDK, so pipelines in C# can't be built" : $".NET SDK {versions[^1]} is too old to build pipelines in C#", $"Install the .NET {needed} SDK; pipelines without code need none.");
    }

    /// <summary>What a limit on open files means; null for none.</summary>
    public static Finding OpenFiles(long? limit) => limit switch
    {
        null => new("Open files", Health.Ok, "not limited"),
        < FilesFew => new("Open files", Health.Fail, Invariant($"{limit} files may be open at once, which a log and its connections can't do with"), Raise),
        < FilesLeast => new("Open files", Health.Warn, Invariant($"{limit} files may be open at once, which is little for a log of many gigabytes"), Raise),
        _ => new("Open files", Health.Ok, Invariant($"{limit} may be open at once")),
    };

    /// <summary>What the memory that may be used means.</summary>
    public static Finding Memory(long bytes) => bytes < MemoryLeast
        ? new(nameof(Memory), Health.Warn, $"{Sizes.Of(bytes)} may be used, and an engine takes up to {Sizes.Of(MemoryLeast)}", "Give it more, or set log.embedded.cache and log.embedded.write-buffers lower.")
        : new(nameof(Memory), Health.Ok, $"{Sizes.Of(bytes)} may be used");

    private static string Raise => Invariant($"Raise the limit: ulimit -n {FilesLeast * 4}, or LimitNOFILE of the service.");

    private static Finding Runtime() => new(".NET", Health.Ok, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");

    private static Finding Memory() => Memory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private static Finding Sdk()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(DotnetBuild.Dotnet, "--list-sdks") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> listed = process.StandardOutput.ReadToEndAsync();
            if (process.WaitForExit(SdkPatience)) return Sdk(listed.Result);
            process.Kill();
            return new("SDK", Health.Warn, $"dotnet --list-sdks gave no answer within {SdkPatience.TotalSeconds:0} s", "See whether dotnet answers on this machine at all.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return Sdk("");
        }
    }

    private static Finding Rocks()
    {
        try
        {
            RocksNative.rocksdb_options_destroy(RocksNative.rocksdb_options_create());
            return new("RocksDB", Health.Ok, "its native library loads");
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            return new("RocksDB", Health.Fail, $"its native library doesn't load on {RuntimeInformation.RuntimeIdentifier}: {(e.InnerException ?? e).Message.Split('\n')[0]}", "Install the C++ runtime library (libstdc++), or a host for this platform.");
        }
    }

    private static Finding OpenFiles()
    {
        const string limits = "/proc/self/limits";
        if (!File.Exists(limits)) return new("Open files", Health.Ok, "no limit is known on this system");
        string? line = File.ReadLines(limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string[] words = (line ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // The runtime has raised the soft limit to the hard one.
        return OpenFiles(words.Length > 4 && long.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out long hard) ? hard : null);
    }

    private static Finding Terminal()
    {
        if (Console.IsOutputRedirected) return new(nameof(Terminal), Health.Ok, "none: output goes elsewhere, and is plain");
        string size = Invariant($"{Console.WindowWidth} x {Console.WindowHeight} characters");
        return TextStyle.CanSteer
            ? new(nameof(Terminal), Health.Ok, size)
            : new(nameof(Terminal), Health.Ok, $"{size}, TERM=dumb: a run shows lines rather than a table");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
