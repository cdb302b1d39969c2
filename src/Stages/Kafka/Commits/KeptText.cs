using System.Buffers;
using System.Globalization;
using System.Text;

namespace StreamEngine.Kafka.Commits;

/// <summary>
/// Texts of sources as JSON keeps them. Names of partitions and positions are whatever a source makes them, and JSON in UTF-8 has no halves of surrogate pairs: two names
/// that differ in one would become the same. They are kept as <c>\XXXX</c>, and <c>\</c> as <c>\\</c>.
/// </summary>
internal static class KeptText
{
    private const int HexDigits = 4;

    /// <summary>As it is kept; no two texts are kept alike.</summary>
    public static string Escape(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (ReadOnlySpan<char> rest = text; rest.Length > 0;)
        {
            bool isWhole = Rune.DecodeFromUtf16(rest, out _, out int length) == OperationStatus.Done;
            if (rest[0] == '\\') kept.Append("\\\\");
            else if (isWhole) kept.Append(rest[..length]);
            else kept.Append(CultureInfo.InvariantCulture, $"\\{(int)rest[0]:x4}");
            rest = rest[length..];
        }

        return kept.ToString();
    }

    /// <summary>What <see cref="Escape"/> was given.</summary>
    /// <exception cref="InvalidDataException">It isn't what <see cref="Escape"/> makes.</exception>
    public static string Unescape(string kept)
    {
        var text = new StringBuilder(kept.Length);
        for (int at = 0; at < kept.Length; at++)
        {
            if (kept[at] != '\\')
            {
                text.Append(kept[at]);
            }
            else if (at + 1 < kept.Length && kept[at + 1] == '\\')
            {
                text.Append('\\');
                at++;
            }
            else if (at + HexDigits < kept.Length && ushort.TryParse(kept.AsSpan(at + 1, HexDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort half))
            {
                text.Append((char)half);
                at += HexDigits;
            }
            else
            {
                throw new InvalidDataException($"a text of the positions topic can't be read: '\\' at {at} stands for nothing");
            }
        }

        return text.ToString();
    }
}
