using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <summary>Collects the problems of a document. Beyond a hundred nothing more is learnt from them, so they are only counted.</summary>
internal sealed class HoconProblems
{
    private const int KeptMax = 100;

    private readonly List<Problem> problems = [];
    private readonly HashSet<(string Code, SourcePlace Place)> seen = [];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => problems.Count == 0;

    /// <summary>Whether no more are kept.</summary>
    public bool IsFull => problems.Count >= KeptMax;

    /// <summary>Adds a problem, once for each place.</summary>
    public void Add(Problem problem)
    {
        if (!IsFull && seen.Add((problem.Code, problem.Place))) problems.Add(problem);
    }

    /// <summary>Throws what was collected, if anything was.</summary>
    public void ThrowIfAny()
    {
        if (!IsEmpty) throw new ProblemException([.. InOrder()]);
    }

    /// <summary>The problems by file in the order in which the files came, then by place.</summary>
    private IEnumerable<Problem> InOrder()
    {
        List<string> origins = [.. problems.Select(problem => problem.Place.Origin).Distinct()];
        return problems.OrderBy(problem => origins.IndexOf(problem.Place.Origin)).ThenBy(problem => problem.Place.Line).ThenBy(problem => problem.Place.Column);
    }
}
