using System.Globalization;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Diagnostics;

/// <summary>Something that is wrong in what a user wrote: where, what, and what to do.</summary>
/// <param name="Code">Its code, like <c>SE1101</c>; <see cref="ProblemCodes"/> has all of them.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Text">What is wrong, in one line without a full stop.</param>
/// <param name="Remedy">What to do; a sentence, or several.</param>
internal sealed record Problem(string Code, SourcePlace Place, string Text, string Remedy)
{
    /// <summary>Whether nothing can be started with it; a warning otherwise.</summary>
    public bool IsError { get; init; } = true;

    /// <summary>The line it is in, as it is written; null when there is none.</summary>
    public string? SourceLine { get; init; }

    /// <summary>Whether that line isn't shown: what is misspelt in it may be a secret.</summary>
    public bool HidesLine { get; init; }

    /// <summary>The problem as it is shown: place, code and text, the line with a caret below, the remedy.</summary>
    public override string ToString()
    {
        string caret = "";
        if (SourceLine is { } line && Place.Column > 0)
        {
            caret = string.Create(CultureInfo.InvariantCulture, $"    {line}\n    {TextWidth.Blank(line.AsSpan(0, Math.Min(line.Length, Place.Column - 1)))}^\n");
        }

        return Visible($"{Place} {(IsError ? "error" : "warning")} {Code}: {Text}\n{caret}  {Remedy}");
    }

    /// <summary>Files may hold what would steer the terminal that a problem is shown on.</summary>
    private static string Visible(string text) =>
        text.Any(Steers) ? string.Concat(text.Select(c => Steers(c) ? '\uFFFD' : c)) : text;

    private static bool Steers(char c) => char.IsControl(c) && c is not ('\n' or '\t');
}

/// <summary>What a user wrote is wrong; nothing is started. All there is to say is said at once.</summary>
internal sealed class ProblemException(IReadOnlyList<Problem> problems)
    : EngineException(ErrorDomain.User, string.Join('\n', problems), $"{Counted.Of(problems.Count, "problem")}; nothing was started.")
{
    /// <summary>The problems, in the order of their places.</summary>
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
