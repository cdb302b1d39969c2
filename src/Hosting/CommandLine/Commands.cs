using System.CommandLine;
using System.CommandLine.Help;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.CommandLine.Checkpoints;
using StreamEngine.Hosting.CommandLine.Config;
using StreamEngine.Hosting.CommandLine.DeadLetters;
using StreamEngine.Hosting.CommandLine.Pipelines;
using StreamEngine.Hosting.CommandLine.Topics;
using StreamEngine.Hosting.Loading;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>The command line: which commands there are, and what comes of errors.</summary>
internal static class Commands
{
    /// <summary>The commands.</summary>
    /// <param name="own">The program of pipelines that this process is; null for the standalone host.</param>
    public static RootCommand Create(IPipelineProgram? own)
    {
        var root = new RootCommand("StreamEngine: keeps systems in step and computes on streams, exactly-once.")
        {
            NewCommand.Create(),
            RunCommand.Create(own),
            CheckCommand.Create(own),
            PlanCommand.Create(own),
            TopicsCommand.Create(),
            PipelinesCommand.Create(own),
            DeadLettersCommand.Create(),
            CheckpointsCommand.Create(),
            ConnectorsCommand.Create(),
            ConfigCommand.Create(own),
            DoctorCommand.Create(),
            CompletionCommand.Create(),
        };
        root.Options.Clear();
        root.Directives.Clear();
        root.Add(new HelpOption("--help", "-h", "-?") { Description = "Show what a command does and takes, with examples.", Action = new HelpPage() });
        root.Add(new VersionOption { Description = "Show the version.", Action = new VersionText() });
        return root;
    }

    /// <summary>Does what a command line says.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="own">The program of pipelines that this process is; null for the standalone host.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, IPipelineProgram? own)
    {
        if (own is not null && args.Length == 0) args = ["run"];
        if (args is [Completions.Directive, .. string[] words])
        {
            foreach (string name in Completions.Of(Create(own), words)) Console.Out.WriteLine(name);
            return ExitCode.Success;
        }

        // A path may begin with an @, which would be taken for a file of arguments.
        ParseResult parsed = Create(own).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is not (HelpPage or VersionText) && CommandLineErrors.Of(parsed) is { Count: > 0 } errors)
        {
            foreach (CommandLineError error in errors) ErrorText.Print(error.Text, error.Remedy);
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
            return ErrorText.Print(e);
        }
        catch (Exception e)
        {
            ErrorText.Print($"{e.GetType().Name}: {e.Message}", $"This should not happen. Where it did:\n{e}");
            return ExitCode.Failed;
        }
    }
}
