using System.CommandLine;

namespace StreamEngine.Hosting.CommandLine;

/// <summary><c>completion SHELL</c>: what a shell needs to complete commands, options, and names of topics and pipelines.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "pwsh"];

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = $"The shell: {string.Join(", ", Shells)}." };
        shell.CompletionSources.Add(_ => Shells.Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        var command = new Command("completion", "Print a script that makes a shell complete commands, options and names.") { shell };
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(shell)!;
            if (!Shells.Contains(name)) throw new Diagnostics.EngineException(Diagnostics.ErrorDomain.User, $"there is no completion for '{name}'", $"There is one for {string.Join(", ", Shells)}.");
            Console.Out.Write(Templates.Resource.Read($"Completion/{name}").Replace("{name}", Invocation.Name, StringComparison.Ordinal));
            return ExitCode.Success;
        });
        return command;
    }
}
