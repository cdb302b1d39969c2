using StreamEngine.Settings.Hocon;

namespace StreamEngine.Diagnostics;

/// <summary>Collects problems, so that all of them are said in one pass. Used by one thread.</summary>
/// <param name="lineAt">Gives the line of a place as it is written, or null.</param>
internal sealed class ProblemList(Func<SourcePlace, string?>? lineAt = null)
{
    private readonly List<Problem> problems = [];

    /// <summary>The problems found so far.</summary>
    public IReadOnlyList<Problem> All => problems;

    /// <summary>How many errors were added, those among them that were there already too: whoever reads something twice finds it wrong twice.</summary>
    public int Errors { get; private set; }

    /// <summary>Whether something was found that nothing can be started with.</summary>
    public bool HasErrors => problems.Exists(problem => problem.IsError);

    /// <summary>What is no error: it is said, and things go on.</summary>
    public IEnumerable<Problem> Warnings => problems.Where(problem => !problem.IsError);

    /// <summary>The line of a place as it is written; null when it isn't known.</summary>
    public string? LineAt(SourcePlace place) => lineAt?.Invoke(place);

    /// <summary>Adds an error.</summary>
    public void Add(string code, SourcePlace place, string text, string remedy) => Add(new Problem(code, place, text, remedy));

    /// <summary>Adds a warning.</summary>
    public void Warn(string code, SourcePlace place, string text, string remedy) => Add(new Problem(code, place, text, remedy) { IsError = false });

    /// <summary>Adds a problem; the same one is added once.</summary>
    public void Add(Problem problem)
    {
        if (problem.IsError) Errors++;
        if (problem.SourceLine is null && !problem.HidesLine) problem = problem with { SourceLine = LineAt(problem.Place) };
        if (!problems.Contains(problem)) problems.Add(problem);
    }

    /// <summary>Ends what can't go on with errors.</summary>
    /// <exception cref="ProblemException">There are some.</exception>
    public void ThrowIfErrors()
    {
        if (!HasErrors) return;
        throw new ProblemException([.. problems.OrderBy(p => p.Place.Origin, StringComparer.Ordinal).ThenBy(p => p.Place.Line).ThenBy(p => p.Place.Column)]);
    }
}
