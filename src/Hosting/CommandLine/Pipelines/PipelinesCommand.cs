using System.CommandLine;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine.Pipelines;

/// <summary><c>pipelines</c>: what a data directory holds of pipelines, and what can be done with them while none runs.</summary>
internal static class PipelinesCommand
{
    public static Command Create(IPipelineProgram? own) => new("pipelines", "Look at the pipelines of a data directory; pause, resume, reset and delete them.")
    {
        ListPipelines.Create(),
        DescribePipeline.Create(own),
        PausePipeline.Pause(),
        PausePipeline.Resume(),
        RemovePipeline.Reset(own),
        RemovePipeline.Delete(own),
    };

    /// <summary>The argument that names a pipeline.</summary>
    internal static Argument<string> Name(Option<string> data)
    {
        var name = new Argument<string>("NAME") { Description = "The pipeline." };
        name.AddPipelines(data);
        return name;
    }

    /// <summary>Where a pipeline is defined, for what its data directory doesn't know.</summary>
    internal static Option<string?> Definition(string why) => new("--pipelines") { Description = $"Where it is defined; {why}.", HelpName = "PATH" };

    /// <summary>A name as it was given.</summary>
    /// <exception cref="EngineException">No pipeline can be called so.</exception>
    internal static PipelineName NameOf(string given) => NameRule.IsValid(given)
        ? new PipelineName(given)
        : throw new EngineException(ErrorDomain.User, $"'{given}' is no name of a pipeline", "pipelines list shows those there are.");

    /// <summary>The program that defines a pipeline; null when none is at hand.</summary>
    internal static IPipelineProgram? ProgramOf(string? path, IPipelineProgram? own) => path is null ? own : SharedOptions.ProgramAt(path, own);

    /// <summary>The plan of a pipeline; null when no definition is at hand.</summary>
    /// <exception cref="EngineException">What was named for its definition doesn't define it.</exception>
    internal static PipelinePlan? PlanOf(PipelineName name, IPipelineProgram? program, string? path, EngineSettings settings)
    {
        if (program is null) return null;
        IReadOnlyList<PipelineDefinition> defined = program.Load(settings);
        if (defined.FirstOrDefault(pipeline => pipeline.Name == name) is { } found) return settings.Plan(found).Plan;

        // A program of pipelines that isn't asked for them by name may well be without this one, which it had once.
        return path is null
            ? null
            : throw new EngineException(ErrorDomain.User, $"{path} defines no pipeline {name}", $"It defines {string.Join(", ", defined.Select(pipeline => pipeline.Name))}.");
    }
}
