using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamEngine.Hosting.Loading;

/// <summary>What a failed build printed, for people: each error once, with the line it is about and a caret below its column.</summary>
internal static partial class CompilerErrors
{
    private const int Most = 20;
    private const int LineLengthMax = 200;

    /// <summary>The errors in what a build printed; all of it where there are none to be found.</summary>
    /// <param name="output">What it printed.</param>
    /// <param name="project">The project, which the build names behind each error.</param>
    public static string Of(string output, string project)
    {
        string[] errors = [.. output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))
            .Select(line => line.Replace($" [{project}]", "", StringComparison.Ordinal))
            .Distinct()
            .Take(Most)];
        return errors.Length == 0 ? output.Trim() : string.Join('\n', errors.Select(error => error + Excerpt(error)));
    }

    /// <summary>The line that an error is about with a caret, each on a line of its own; empty when it isn't known.</summary>
    private static string Excerpt(string error)
    {
        if (Place().Match(error) is not { Success: true } place) return "";
        int line = int.Parse(place.Groups["line"].Value, CultureInfo.InvariantCulture), column = int.Parse(place.Groups["column"].Value, CultureInfo.InvariantCulture);
        string? text = LineOf(place.Groups["file"].Value, line);
        if (text is null || column > text.Length + 1 || text.Length > LineLengthMax) return "";

        // Tabs stay tabs, so that the caret stands below what it means however wide they are.
        return $"\n    {text}\n    {string.Concat(text.Take(column - 1).Select(c => c == '\t' ? '\t' : ' '))}^";
    }

    private static string? LineOf(string file, int line)
    {
        try
        {
            return File.ReadLines(file).ElementAtOrDefault(line - 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?<file>[^(]+)\((?<line>[1-9][0-9]{0,7}),(?<column>[1-9][0-9]{0,7})\): ")]
    private static partial Regex Place();
}
