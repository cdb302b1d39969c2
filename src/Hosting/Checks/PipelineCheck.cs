using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;
using StreamEngine.Planning;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Hosting.Checks;

/// <summary>Finds all that is wrong with the pipelines of a program, and what needs care, without starting or opening anything.</summary>
internal sealed class PipelineCheck
{
    private readonly List<Problem> problems = [];
    private readonly List<PipelinePlan> plans = [];

    /// <summary>What is wrong, and what needs care.</summary>
    public IReadOnlyList<Problem> Problems => problems;

    /// <summary>Whether what the code of a pipeline sets is among what is wrong.</summary>
    public bool HasWrongSettings { get; private set; }

    /// <summary>The pipelines that can run.</summary>
    public IReadOnlyList<PipelinePlan> Plans => plans;

    /// <summary>Loads and plans all pipelines of a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="name">What its user calls it.</param>
    /// <param name="settings">What they are set to.</param>
    /// <exception cref="ProblemException">They are written without code, and wrong.</exception>
    public static PipelineCheck Of(IPipelineProgram program, string name, EngineSettings settings)
    {
        var check = new PipelineCheck();
        IReadOnlyList<PipelineDefinition> pipelines;
        try
        {
            pipelines = program.Load(settings, check.problems.Add);
        }
        catch (EngineException e) when (e is not ProblemException)
        {
            check.problems.Add(new Problem(ProblemCodes.NotLoaded, new SourcePlace(name, 0, 0), e.Message, e.Remedy));
            return check;
        }

        foreach (PipelineDefinition pipeline in pipelines) check.Plan(pipeline, name, settings);
        return check;
    }

    private void Plan(PipelineDefinition pipeline, string program, EngineSettings settings)
    {
        try
        {
            PipelinePlan plan = settings.Plan(pipeline).Plan;
            plans.Add(plan);
            problems.AddRange(plan.Definition.Stages.OfType<IStatefulNode>().Where(node => node.State.IsNameDerived).Select(node => StagePlace.Warning(
                ProblemCodes.StateNameDerived,
                (StageNode)node,
                $"pipeline {plan.Name}: nobody named the keyed state {node.State.Name}, and an edit of the graph may lose it",
                "Give it a name that stays: name: \"...\" in code, stage = NAME in a block.")));
        }
        catch (PlanException e)
        {
            problems.AddRange(e.Problems.Select(problem => new Problem(ProblemCodes.NotPlanned, new SourcePlace(program, 0, 0), $"pipeline {pipeline.Name}: {problem.Text}", problem.Remedy)));
        }
        catch (ProblemException e)
        {
            problems.AddRange(e.Problems);
            HasWrongSettings = true;
        }
        catch (EngineException e)
        {
            problems.Add(new Problem(ProblemCodes.NotPlanned, new SourcePlace(program, 0, 0), e.Message, e.Remedy));
        }
    }
}
