using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Hosting.Checks;

/// <summary>Finds where in its author's source a stage stands, for problems that are about it.</summary>
internal static class StagePlace
{
    /// <summary>A problem with a stage.</summary>
    public static Problem Error(string code, StageNode stage, string text, string remedy) => At(code, stage.Label, text, remedy);

    /// <summary>Something about a stage that needs care.</summary>
    public static Problem Warning(string code, StageNode stage, string text, string remedy) => At(code, stage.Label, text, remedy) with { IsError = false };

    private static Problem At(string code, SourceLabel label, string text, string remedy)
    {
        string? line = LineOf(label);

        // The label's text may go over several lines, the first of which is the one it is on.
        string first = label.Text.Split('\n')[0].Trim();
        int column = line is null ? -1 : line.IndexOf(first, StringComparison.Ordinal);
        if (line is not null && column < 0) column = line.Length - line.TrimStart().Length;
        return new Problem(code, new SourcePlace(Path.GetFileName(label.File), label.Line, column + 1), text, remedy) { SourceLine = line };
    }

    /// <summary>The line as it is now; null when the source isn't there, as with a program that was built elsewhere, or when it may hold a secret.</summary>
    private static string? LineOf(SourceLabel label)
    {
        try
        {
            string? line = File.Exists(label.File) ? File.ReadLines(label.File).ElementAtOrDefault(label.Line - 1) : null;
            return line is null || SourceText.NamesSecret(line) ? null : line;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
