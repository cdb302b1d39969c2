using System.Reflection;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.Loading;

/// <summary>What a program is built from, and how.</summary>
internal interface IProgramBuild
{
    /// <summary>Where the stamp of its last build is kept.</summary>
    string StampFile { get; }

    /// <summary>What goes into it: files whose content decides whether it has to be built anew.</summary>
    IEnumerable<string> Inputs();

    /// <summary>Builds it.</summary>
    /// <returns>The assembly.</returns>
    /// <exception cref="EngineException">It can't be built, with the compiler's errors.</exception>
    string Build();
}

/// <summary>A program that is built when something it is made of has changed, and loaded beside the host.</summary>
/// <param name="build">How it is built.</param>
/// <param name="name">What the user called it.</param>
/// <param name="folder">Where it lies.</param>
/// <param name="say">Takes what the user should know while waiting.</param>
internal sealed class BuiltProgram(IProgramBuild build, string name, string folder, Action<string> say) : IPipelineProgram
{
    public string Folder => folder;

    public IReadOnlyList<PipelineDefinition> Load(EngineSettings settings)
    {
        string hash = BuildStamp.HashOf(build.Inputs());
        string? assembly = BuildStamp.Read(build.StampFile) is { } stamp && stamp.Hash == hash && File.Exists(stamp.Assembly) ? stamp.Assembly : null;
        if (assembly is null)
        {
            say($"building {name}");
            assembly = build.Build();

            // A build writes what counts as input too: the lock file of packages, say.
            BuildStamp.Write(build.StampFile, new BuildStamp(BuildStamp.HashOf(build.Inputs()), assembly));
        }

        return Definitions.Of(Collect(assembly).Definitions, folder, name);
    }

    private PipelineCollector Collect(string path)
    {
        MethodInfo entry = new PipelineLoadContext(path).LoadFromAssemblyPath(path).EntryPoint
            ?? throw new EngineException(ErrorDomain.User, $"{name} has no entry point", "A program of pipelines begins with: return await StreamApp.Run(args, app => ...);");
        PipelineCollector collector;
        try
        {
            collector = PipelineCollector.During(() => entry.Invoke(null, entry.GetParameters().Length == 0 ? [] : [Array.Empty<string>()]));
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw new EngineException(ErrorDomain.User, $"{name}: its entry point failed{UserCode.PlaceOf(inner)}: {UserCode.Describe(inner)}", "Mend it; nothing was started.", inner);
        }

        return collector.Definitions.Count > 0
            ? collector
            : throw new EngineException(ErrorDomain.User, $"{name} never calls StreamApp.Run", "A program of pipelines begins with: return await StreamApp.Run(args, app => ...);");
    }
}
