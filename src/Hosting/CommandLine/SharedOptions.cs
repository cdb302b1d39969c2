using System.CommandLine;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;
using StreamEngine.Log;

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

    /// <summary>Prints JSON in place of text.</summary>
    public static Option<bool> Json(string what) => new("--json") { Description = what };

    /// <summary>The most records to print.</summary>
    public static Option<long?> Limit() => new("--limit") { Description = "At most this many records.", HelpName = "N" };

    /// <summary>How many records may be printed.</summary>
    /// <exception cref="EngineException">It is no number of records.</exception>
    public static long LimitOf(long? given) => given is <= 0
        ? throw new EngineException(ErrorDomain.User, $"--limit {given} is no number of records", "Give a number from 1 on.")
        : given ?? long.MaxValue;

    /// <summary>A data directory that is there, for this process alone.</summary>
    /// <exception cref="EngineException">There is none, or an engine runs in it.</exception>
    public static DataDirectory OpenExisting(string path) => Directory.Exists(DataDirectory.EnginePathOf(path))
        ? DataDirectory.Open(path)
        : throw NoDataDirectory(path);

    /// <summary>There is no data directory at a path.</summary>
    public static EngineException NoDataDirectory(string path) => new(ErrorDomain.User, $"{path} is no data directory", "Give one with --data DIR.");
}
