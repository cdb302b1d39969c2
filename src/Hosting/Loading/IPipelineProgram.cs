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

    /// <summary>Finds what is wrong with pipelines that the settings themselves hold.</summary>
    /// <param name="settings">The settings, of which some may be wrong too.</param>
    /// <param name="problems">Takes what is found.</param>
    void Check(EngineSettings settings, ProblemList problems)
    {
    }

    /// <summary>Builds it if need be, and asks it for its pipelines. May take seconds.</summary>
    /// <param name="settings">The settings, in which pipelines without code are written.</param>
    /// <exception cref="EngineException">It can't be built, or its definitions are wrong.</exception>
    IReadOnlyList<PipelineDefinition> Load(EngineSettings settings);
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
