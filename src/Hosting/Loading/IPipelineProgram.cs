using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.Loading;

/// <summary>A program of pipelines, wherever it comes from.</summary>
internal interface IPipelineProgram
{
    /// <summary>The folder that relative paths of its sources count from.</summary>
    string Folder { get; }

    /// <summary>Files of settings that it brings along; those that are given otherwise come over them.</summary>
    IReadOnlyList<string> SettingsFiles => [];

    /// <summary>Finds what is wrong with pipelines that are part of the settings, so that it is said together with what is wrong there.</summary>
    void FindProblems(EngineSettings settings, ProblemList problems)
    {
    }

    /// <summary>Builds it if need be, and asks it for its pipelines. May take seconds.</summary>
    /// <param name="settings">The settings, in which pipelines without code are written.</param>
    /// <exception cref="EngineException">It can't be built, or its definitions are wrong.</exception>
    IReadOnlyList<PipelineDefinition> Load(EngineSettings settings);
}

/// <summary>What there is to loading besides the program itself.</summary>
internal static class PipelinePrograms
{
    /// <summary>Loads a program's pipelines, and checks that what is set for single pipelines is set for them.</summary>
    /// <param name="program">The program.</param>
    /// <param name="settings">What its pipelines are set to.</param>
    /// <param name="warn">Takes what is no error.</param>
    /// <exception cref="EngineException">They can't be loaded.</exception>
    /// <exception cref="ProblemException">Settings are given for a pipeline whose name is misspelt.</exception>
    public static IReadOnlyList<PipelineDefinition> Load(this IPipelineProgram program, EngineSettings settings, Action<Problem> warn)
    {
        IReadOnlyList<PipelineDefinition> pipelines = program.Load(settings);
        foreach (Problem warning in settings.CheckNames([.. pipelines.Select(pipeline => pipeline.Name.Value)])) warn(warning);
        return pipelines;
    }
}

/// <summary>The program that this process is.</summary>
internal sealed class OwnProgram(Action<StreamAppBuilder> define, string folder) : IPipelineProgram
{
    public string Folder => folder;

    public IReadOnlyList<PipelineDefinition> Load(EngineSettings settings) => Definitions.Of([define], folder, "the program");
}

/// <summary>Turns what programs define into definitions.</summary>
internal static class Definitions
{
    public static IReadOnlyList<PipelineDefinition> Of(IReadOnlyList<Action<StreamAppBuilder>> defines, string folder, string program)
    {
        var builder = new StreamAppBuilder();
        IReadOnlyList<PipelineDefinition> pipelines;
        try
        {
            foreach (Action<StreamAppBuilder> define in defines) define(builder);
            pipelines = builder.Build(folder);
        }
        catch (Exception e) when (e is not EngineException)
        {
            throw new EngineException(
                ErrorDomain.User, $"{program}: a pipeline can't be defined{UserCode.PlaceOf(e)}: {UserCode.Describe(e)}", "Mend its definition; nothing was started.", e);
        }

        return pipelines.Count > 0
            ? pipelines
            : throw new EngineException(ErrorDomain.User, $"{program} defines no pipeline", "Call app.Pipeline(\"name\", p => ...) within StreamApp.Run.");
    }
}
