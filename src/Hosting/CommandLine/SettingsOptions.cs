using System.CommandLine;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>Where a command takes its settings from: the options that all commands with settings have.</summary>
internal sealed class SettingsOptions
{
    private readonly Option<string[]> config = new("--config")
    {
        Description = "A HOCON file of settings over the defaults; several are laid over each other, the last one wins. config reference explains each setting.",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> set = new("--set")
    {
        Description = "A setting over all files and the environment: stream-engine.pipelines.orders.tasks.max=4. May be given several times.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Gives a command the options.</summary>
    public static SettingsOptions AddTo(Command command)
    {
        var options = new SettingsOptions();
        command.Add(options.config);
        command.Add(options.set);
        return options;
    }

    /// <summary>Where settings come from.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="files">Files that the options come over.</param>
    /// <exception cref="EngineException">An option is no setting.</exception>
    public SettingsSources Sources(ParseResult parsed, IReadOnlyList<string>? files = null)
    {
        string[] assignments = parsed.GetValue(set)!;
        foreach (string assignment in assignments.Where(assignment => assignment.IndexOfAny(['=', ':', '{']) <= 0))
        {
            throw new EngineException(ErrorDomain.User, $"--set {assignment} gives no value", "Write --set KEY=VALUE.");
        }

        return new SettingsSources { Files = [.. files ?? [], .. parsed.GetValue(config)!], Environment = SettingsSources.OfProcess(), Assignments = assignments };
    }

    /// <summary>Reads the settings, and says what is no error but should be known.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="program">The program that is worked on; what it brings along lies below what the options say.</param>
    /// <exception cref="ProblemException">Something in them is wrong.</exception>
    public EngineSettings Read(ParseResult parsed, IPipelineProgram? program = null)
    {
        var settings = EngineSettings.Load(Sources(parsed, program?.SettingsFiles), program is null ? null : program.FindProblems);
        foreach (Problem warning in settings.Warnings) ErrorText.Print(warning);
        return settings;
    }
}
