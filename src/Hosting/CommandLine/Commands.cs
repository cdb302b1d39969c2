using System.CommandLine;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.CommandLine.Checkpoints;
using StreamEngine.Hosting.CommandLine.DeadLetters;
using StreamEngine.Hosting.CommandLine.Pipelines;
using StreamEngine.Hosting.CommandLine.Topics;
using StreamEngine.Hosting.Loading;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>The command line: which commands there are, and what an error looks like.</summary>
internal static class Commands
{
    /// <summary>Does what a command line says.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="own">The program of pipelines that this process is; null for the standalone host.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, IPipelineProgram? own)
    {
        var root = new RootCommand("StreamEngine: keeps systems in step and computes on streams, exactly-once.")
        {
            RunCommand.Create(own),
            PlanCommand.Create(own),
            TopicsCommand.Create(),
            PipelinesCommand.Create(own),
            DeadLettersCommand.Create(),
            CheckpointsCommand.Create(),
        };
        if (own is not null && args.Length == 0) args = ["run"];
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
            await Console.Error.WriteLineAsync("  --help lists commands and options.").ConfigureAwait(false);
            return ExitCode.Refused;
        }

        // A run drains when it is interrupted, and has its own say in how long that takes.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            ErrorText.Print(e);
            return ExitCode.Refused;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"error: {e.GetType().Name}: {e.Message}\n  This should not happen. Where it did:\n{e}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }
}
