using System.Buffers;
using System.Globalization;
using System.Text;

namespace StreamEngine.Settings.Hocon;

/// <summary>What characters mean in HOCON.</summary>
internal static class HoconText
{
    /// <summary>What a name without quotes is written in, after its first letter.</summary>
    public static readonly SearchValues<char> PlainChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <summary>White space that doesn't end a line.</summary>
    public static bool IsSpace(char c) => c switch
    {
        ' ' or '\t' or '\r' or '\v' or '\f' or '\uFEFF' => true,
        >= '\x1C' and <= '\x1F' => true,
        < '\x80' => false,
        _ => char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
    };

    /// <summary>Whether a character can't stand in a text without quotes.</summary>
    public static bool IsForbidden(char c) =>
        c is '$' or '"' or '{' or '}' or '[' or ']' or ':' or '=' or ',' or '+' or '#' or '`' or '^' or '?' or '!' or '@' or '*' or '&' or '\\';

    /// <summary>Whether a text is a number as JSON writes it.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text)
    {
        int at = text.StartsWith('-') ? 1 : 0;
        int digits = Digits(text[at..]);
        if (digits == 0 || (digits > 1 && text[at] == '0')) return false;
        at += digits;
        if (at < text.Length && text[at] == '.')
        {
            digits = Digits(text[(at + 1)..]);
            if (digits == 0) return false;
            at += 1 + digits;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            if (at < text.Length && text[at] is '+' or '-') at++;
            digits = Digits(text[at..]);
            if (digits == 0) return false;
            at += digits;
        }

        return at == text.Length;
    }

    /// <summary>What a text without quotes is.</summary>
    public static HoconKind KindOf(ReadOnlySpan<char> text) => text switch
    {
        "true" or "false" => HoconKind.Boolean,
        "null" => HoconKind.Null,
        _ => text.Length > 0 && (text[0] == '-' || char.IsAsciiDigit(text[0])) && IsNumber(text) ? HoconKind.Number : HoconKind.Text,
    };

    /// <summary>Writes a text in quotes, as JSON has it; a half of a surrogate pair is escaped, for UTF-8 can't hold it.</summary>
    public static void AppendQuoted(StringBuilder to, string text)
    {
        to.Append('"');
        for (int n = 0; n < text.Length; n++)
        {
            char c = text[n];
            switch (c)
            {
                case '"' or '\\': to.Append('\\').Append(c); break;
                case '\n': to.Append("\\n"); break;
                case '\r': to.Append("\\r"); break;
                case '\t': to.Append("\\t"); break;
                case < ' ' or '\x7F' or '\u2028' or '\u2029' or '\uFEFF': AppendEscaped(to, c); break;
                case var _ when char.IsHighSurrogate(c) && n + 1 < text.Length && char.IsLowSurrogate(text[n + 1]):
                    to.Append(c).Append(text[++n]);
                    break;
                case var _ when char.IsSurrogate(c): AppendEscaped(to, c); break;
                default: to.Append(c); break;
            }
        }

        to.Append('"');
    }

    private static void AppendEscaped(StringBuilder to, char c) => to.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));

    private static int Digits(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
