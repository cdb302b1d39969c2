using System.Runtime.CompilerServices;
using StreamEngine.Hosting.CommandLine;
using StreamEngine.Hosting.Loading;

namespace StreamEngine.Hosting;

/// <summary>
/// The entry point of a program of pipelines. Started by itself, the program is a host with the host's commands; loaded by a host
/// (<c>streamengine run PATH</c>), it hands its pipelines over instead of running them.
/// </summary>
/// <example>
/// <code>
/// return await StreamApp.Run(args, app => app.Pipeline("copy", p =>
///     p.From(Topic.Of&lt;string, string&gt;("in")).Where(line => line.Length > 0).To(Topic.Of&lt;string, string&gt;("out"))));
/// </code>
/// </example>
public static class StreamApp
{
    private const string ReflectionJson = "System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault";

    /// <summary>Defines pipelines, and does what the command line says with them.</summary>
    /// <param name="args">The command line: <c>run</c> when empty, else <c>run</c>, <c>plan</c>, <c>topics</c> and so on; <c>--help</c> lists them.</param>
    /// <param name="define">Defines the pipelines. It is called once, and opens nothing.</param>
    /// <param name="file">Filled in by the compiler: relative paths of sources count from its folder.</param>
    /// <returns>The exit code: 0 when all went well, 1 when a pipeline failed, 2 when the command line or a definition is wrong.</returns>
    public static async Task<int> Run(string[] args, Action<StreamAppBuilder> define, [CallerFilePath] string file = "")
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(define);

        // A program built as a file of its own has it switched off, and its records are plain types all the same.
        AppContext.SetSwitch(ReflectionJson, true);
        if (PipelineCollector.Current is { } collector)
        {
            collector.Add(define);
            return ExitCode.Success;
        }

        string? folder = Path.GetDirectoryName(file);
        return await Commands.RunAsync(args, new OwnProgram(define, Directory.Exists(folder) ? folder : AppContext.BaseDirectory)).ConfigureAwait(false);
    }
}
