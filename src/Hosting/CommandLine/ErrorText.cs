using StreamEngine.Diagnostics;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>How an error is shown: what and where, then what to do. Its label is red on a terminal.</summary>
internal static class ErrorText
{
    private static readonly TextStyle Style = new(Console.Error);

    /// <summary>Shows an error.</summary>
    /// <returns>The exit code of a process that it ends before anything was started.</returns>
    public static int Print(EngineException error)
    {
        if (error is not ProblemException wrong)
        {
            Print(error.Message, error.Remedy);
            return ExitCode.Refused;
        }

        foreach (Problem problem in wrong.Problems) Print(problem);
        Console.Error.WriteLine(wrong.Remedy);
        return ExitCode.WrongSettings;
    }

    /// <summary>Shows what is wrong, and what to do.</summary>
    public static void Print(string text, string remedy) => Console.Error.WriteLine($"{Style.Red("error:")} {text}\n  {remedy}");

    /// <summary>Shows a problem, or a warning.</summary>
    public static void Print(Problem problem) => Console.Error.WriteLine(Of(problem, Style));

    public static string Of(EngineException error) => $"error: {error.Message}\n  {error.Remedy}";

    /// <summary>A problem with its label coloured.</summary>
    public static string Of(Problem problem, TextStyle style)
    {
        string text = problem.ToString(), label = $"{(problem.IsError ? "error" : "warning")} {problem.Code}:";
        int at = text.IndexOf(label, problem.Place.ToString().Length, StringComparison.Ordinal);
        return $"{text[..at]}{(problem.IsError ? style.Red(label) : style.Yellow(label))}{text[(at + label.Length)..]}";
    }
}
