using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace StreamEngine.Sql.Commits;

/// <summary>
/// Texts as the engine's tables keep them. Positions and names of partitions are whatever a source makes them, and a text column can't hold
/// every text: a character 0 and halves of surrogate pairs are kept as <c>\uXXXX</c>, and <c>\</c> as <c>\\</c>.
/// </summary>
internal static partial class StoredText
{
    /// <summary>As it is kept; no two texts are kept alike.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny('\\', '\0') < 0 && Columns.TextCheck.IsUnicode(text)) return text;
        var kept = new StringBuilder(text.Length + 16);
        for (int n = 0; n < text.Length; n++)
        {
            char c = text[n];
            bool isPair = char.IsHighSurrogate(c) && n + 1 < text.Length && char.IsLowSurrogate(text[n + 1]);
            if (c == '\\') kept.Append("\\\\");
            else if (isPair) kept.Append(c).Append(text[++n]);
            else if (c == '\0' || char.IsSurrogate(c)) kept.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else kept.Append(c);
        }

        return kept.ToString();
    }

    /// <summary>What <see cref="Escape"/> was given.</summary>
    public static string Unescape(string kept) => !kept.Contains('\\', StringComparison.Ordinal)
        ? kept
        : Escapes().Replace(kept, match => match.Length == 2 ? "\\" : ((char)int.Parse(match.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    /// <summary>A text for people: what can't be kept is replaced by a sign that says so.</summary>
    public static string ForPeople(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\u2400');

    [GeneratedRegex(@"\\\\|\\u[0-9a-f]{4}")]
    private static partial Regex Escapes();
}
