using StreamEngine.Diagnostics;

namespace StreamEngine.Planning;

/// <summary>A pipeline can't run as it is defined. All that is wrong with it, not only the first.</summary>
internal sealed class PlanException(string pipeline, IReadOnlyList<PlanProblem> problems) : EngineException(
    ErrorDomain.User,
    $"pipeline {pipeline} can't be planned:\n{string.Join('\n', problems.Select(problem => $"  {problem.Text}"))}",
    string.Join('\n', problems.Select(problem => problem.Remedy).Distinct()))
{
    public IReadOnlyList<PlanProblem> Problems { get; } = problems;
}

/// <summary>Something wrong with a plan.</summary>
/// <param name="Text">Where and what.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record PlanProblem(string Text, string Remedy);
