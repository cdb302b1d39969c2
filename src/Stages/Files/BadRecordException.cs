using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>A record of a file can't be read. It concerns that record alone: what follows is read on.</summary>
/// <param name="place">The file and the line.</param>
/// <param name="what">What is wrong with it.</param>
/// <param name="inner">The error it came from.</param>
internal sealed class BadRecordException(string place, string what, Exception? inner = null) : EngineException(
    ErrorDomain.User,
    $"{place}: {what}",
    "Mend the line in a copy of the file that keeps the lines before it, and start again; or set errors.tolerance = all to keep such records as dead letters and go on.",
    inner)
{
    private const int ShownMax = 60;

    /// <summary>Text of a file as errors show it: cut, and without control characters.</summary>
    public static string Shown(string text)
    {
        string cut = text.Length <= ShownMax ? text : string.Concat(text.AsSpan(0, ShownMax), "…");
        return string.Concat(cut.Select(c => char.IsControl(c) ? '�' : c));
    }
}
