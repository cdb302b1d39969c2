using System.CommandLine;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<string> Data() => new("--data")
    {
        Description = "The data directory: the log, state, journal, and what file and SQLite sinks write.",
        DefaultValueFactory = _ => "data",
        HelpName = "DIR",
    };

    /// <summary>The path of a program of pipelines; a program that is one itself has no need of it.</summary>
    public static Argument<string?> PathOfPipelines(IPipelineProgram? own) => new("PATH")
    {
        Description = "The pipelines: the folder of a project, a .csproj, a lone .cs file, or a .conf file." + (own is null ? "" : " This program's own when left out."),
        Arity = own is null ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
    };

    /// <summary>The program that a command is to work on.</summary>
    public static IPipelineProgram ProgramAt(string? path, IPipelineProgram? own) => path is not null
        ? PipelineLoader.At(path, message => Console.Error.WriteLine(message))
        : own ?? throw new EngineException(ErrorDomain.User, "no pipelines were given", "Give the folder of a project, a .csproj, a .cs file, or a .conf file of pipelines.");
}
