using System.Diagnostics;

namespace StreamEngine.Conformance.Kafka;

/// <summary>Runs a program that ends by itself, within a deadline.</summary>
internal static class KafkaProgram
{
    private const int ShownMax = 4000;

    /// <summary>Runs it to its end.</summary>
    /// <param name="program">Its path, or a name on PATH.</param>
    /// <param name="arguments">What it is called with.</param>
    /// <param name="deadline">When it is killed.</param>
    /// <param name="input">What it reads; nothing if not given.</param>
    /// <returns>What it has written to its standard output.</returns>
    /// <exception cref="InvalidOperationException">It ended with an error, or not in time; the message has what it wrote.</exception>
    public static string Run(string program, IEnumerable<string> arguments, TimeSpan deadline, string input = "")
    {
        string[] given = [.. arguments];
        string name = $"{Path.GetFileName(program)} {given.FirstOrDefault()}";
        var start = new ProcessStartInfo(program, given) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        KafkaHome.Prepare(start, "-Xmx256m", Path.GetTempPath());
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        Task written = WriteAsync(process, input);
        bool ended = process.WaitForExit(deadline);
        if (!ended) process.Kill(entireProcessTree: true);
        Task.WaitAll(output, errors, written);
        if (!ended) throw new InvalidOperationException($"{name} did not end within {deadline.TotalSeconds:0} s:\n{Shown(output.Result)}{Shown(errors.Result)}");
        if (process.ExitCode != 0) throw new InvalidOperationException($"{name} ended with exit code {process.ExitCode}:\n{Shown(output.Result)}{Shown(errors.Result)}");
        return output.Result;
    }

    /// <summary>The beginning and the end of what a program wrote, for an error: all of it may be more than anybody reads.</summary>
    public static string Shown(string output) =>
        output.Length <= 2 * ShownMax ? output : $"{output[..ShownMax]}\n[{output.Length - (2 * ShownMax)} characters]\n{output[^ShownMax..]}";

    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading all of it; its exit code says whether that is a failure.
        }
    }
}
