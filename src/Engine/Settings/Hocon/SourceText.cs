using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <summary>A text that settings are read from, and where its lines are.</summary>
/// <param name="origin">The file as it was named, or what else it comes from.</param>
/// <param name="text">The text, without a byte order mark.</param>
internal sealed class SourceText(string origin, string text)
{
    private const int ShownMax = 200;

    /// <summary>What a line names that may hold a secret. Problems end up in logs, so such a line is told by its place alone.</summary>
    private static readonly string[] Secrets = ["password", "passwd", "pwd", "secret", "token", "credential", "apikey", "api-key", "private-key", "access-key", "connection", "salt", ".pem"];

    private int[]? lineStarts;

    /// <summary>The file as it was named, or what else it comes from.</summary>
    public string Origin { get; } = origin;

    /// <summary>The text.</summary>
    public string Text { get; } = text;

    /// <summary>Line and column of an index into the text.</summary>
    public SourcePlace PlaceOf(int index)
    {
        int line = LineIndexOf(index);
        return new SourcePlace(Origin, line + 1, index - LineStarts[line] + 1);
    }

    /// <summary>The line that an index lies in, from 0.</summary>
    public int LineIndexOf(int index)
    {
        int found = Array.BinarySearch(LineStarts, index);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The line of a place as it is written, cut where it is very long; null when the place would not be seen in it, or a secret perhaps would.</summary>
    public string? LineAt(SourcePlace place)
    {
        if (place.Line < 1 || place.Line > LineStarts.Length || place.Column > ShownMax) return null;
        int start = LineStarts[place.Line - 1];
        int end = place.Line < LineStarts.Length ? LineStarts[place.Line] - 1 : Text.Length;
        string line = Text[start..Math.Min(end, start + ShownMax + 1)].TrimEnd('\r');
        string before = place.Line > 1 ? Text[LineStarts[place.Line - 2]..(start - 1)].TrimEnd() : "";
        if (NamesSecret(line) || (before.Length > 0 && before[^1] is '=' or ':' or '[' or '{' or '"' && NamesSecret(before))) return null;
        return line.Length > ShownMax ? line[..ShownMax] + "…" : line;
    }

    /// <summary>Whether a line names a secret. The line behind one that ends with what begins a value has that value.</summary>
    public static bool NamesSecret(string line) => Array.Exists(Secrets, secret => line.Contains(secret, StringComparison.OrdinalIgnoreCase));

    /// <summary>A problem at an index into the text, with the line it is in.</summary>
    public Problem Problem(string code, int index, string what, string remedy)
    {
        SourcePlace place = PlaceOf(index);
        return new Problem(code, place, what, remedy) { SourceLine = LineAt(place) };
    }

    private int[] LineStarts => lineStarts ??= FindLines(Text);

    private static int[] FindLines(string text)
    {
        var starts = new List<int>(Math.Max(16, text.Length / 32)) { 0 };
        for (int at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = text.IndexOf('\n', at + 1)) starts.Add(at + 1);
        return [.. starts];
    }
}
