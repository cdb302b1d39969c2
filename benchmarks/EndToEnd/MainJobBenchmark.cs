using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamEngine.Benchmarks;

/// <summary>The flights example as a process, by the host as it is built and as it is published.</summary>
internal static partial class MainJobBenchmark
{
    public static void Run(ResultTable results, int repeats)
    {
        string root = Repository.Root ?? throw new InvalidOperationException("the main job is run from the repository's folder");
        using var published = new BenchmarkFolder();
        Dotnet(root, "build", "-c", "Release", "src/Host", "--nologo", "-v", "q");
        Dotnet(root, "publish", "-c", "Release", "src/Host", "-o", published.Path, "--nologo", "-v", "q");
        foreach ((string kind, string host, double least) in ((string, string, double)[])
            [("built", Path.Combine(root, "src/Host/bin/Release/net10.0/streamengine"), 2.0), ("published", Path.Combine(published.Path, "streamengine"), 1.2)])
        {
            var first = new List<double>();
            var commits = new List<double>();
            var whole = new List<double>();
            var again = new List<double>();
            for (int i = -1; i < repeats; i++)
            {
                using var data = new BenchmarkFolder();
                (string output, double seconds) = Host(root, host, data.Path);
                (string second, double secondSeconds) = Host(root, host, data.Path);
                if (!second.Contains("nothing to do", StringComparison.Ordinal)) throw new InvalidOperationException($"a finished job ran again:\n{second}");
                if (i < 0) continue;
                first.Add(Figure(FirstRecord(), output));
                commits.Add(Figure(FirstToLast(), output));
                whole.Add(seconds);
                again.Add(secondSeconds);
            }

            results.Add($"main job, {kind}: start to first record", "s", first, $"aim: less than {least:0.0}");
            results.Add($"main job, {kind}: first to last commit", "s", commits, "aim: less than 2.5");
            results.Add($"main job, {kind}: whole process", "s", whole, "508,239 flights, three pipelines");
            results.Add($"main job, {kind}: run again when all is done", "s", again, "aim: less than 1.5");
        }
    }

    private static (string Output, double Seconds) Host(string root, string host, string data)
    {
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = root };
        foreach (string argument in (string[])["run", "examples/flights", "--data", data]) start.ArgumentList.Add(argument);
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return process.ExitCode == 0 ? (output, seconds) : throw new InvalidOperationException($"the host failed:\n{output}\n{errors.Result}");
    }

    private static void Dotnet(string root, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = root };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed");
    }

    private static double Figure(Regex pattern, string output) => pattern.Match(output) is { Success: true } match
        ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"the summary says nothing of {pattern}:\n{output}");

    [GeneratedRegex(@"first record after ([0-9.]+) s")]
    private static partial Regex FirstRecord();

    [GeneratedRegex(@"first to last commit ([0-9.]+) s")]
    private static partial Regex FirstToLast();
}
